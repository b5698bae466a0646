"""PyBase's definitions, read and resolved once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.plan.plan import Plan, resolve


@pytest.fixture(scope="session")
def pybase() -> Plan:
    """The plan of definitions/ in its default environment."""
    return resolve(load(Path(__file__).parents[2] / "definitions"))
