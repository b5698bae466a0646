"""What pbmon renders is monitoring, too: an audit finds nothing in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.audit.auditing import audit
from pbmon.cache import Cache

ROOT = Path(__file__).parents[2]
TREES = [ROOT / "build", *sorted((ROOT / "tests/golden").iterdir())]


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.name)
def test_nothing_is_found_in_what_pbmon_renders(tree: Path) -> None:
    report = audit([tree], lambda _: None, Cache())
    assert [finding for finding in report.findings if finding.level == "error"] == []
    assert report.total.firing == report.total.alerts
    assert report.total.answered == report.total.queries
