"""The proofs of every usual shape of alert, derived once a worker."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import TestFile as File
from pbmon.proof.cases.suite import suite

from .usual_shapes import PROVEN, alerts


@pytest.fixture(scope="session")
def usual_shapes() -> tuple[Plan, Sequence[File]]:
    """The plan of an alert of every usual shape, and the proofs of its rules."""
    plan = alerts(list(PROVEN.values()))
    return plan, suite(plan)
