"""Prometheus 2 counts a sample at the left end of a range, Prometheus 3 does not: proofs hold for
both.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import plan_of

CONDITIONS = [
    "avg_over_time(lamps[11m]) > 30",
    "rate(visits_total[55m]) > 3",
    "delta(lamps[11m] offset 22m) > 5",
    "increase(sum(visits_total)[15m:1m]) >= 4",
    "max_over_time(sum(lamps)[11m:55s]) >= 4",
    "changes(lamps[11m]) > 2",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_ranges_that_end_at_samples_are_proven_for_both(
    condition: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(f"one = Alert('One', promql('{condition}'), for_='5m', **SAID)")
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""
