"""A plan's situations, worked out once for all tests of a worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.errors import UsageError
from pbmon.preview.pictures import find_chromium
from programs import missing


@pytest.fixture(scope="session")
def chromium() -> Path:
    """PBMON_CHROMIUM, else the one on PATH."""
    try:
        return find_chromium()
    except UsageError:
        missing("chromium", "apt-get install chromium")
