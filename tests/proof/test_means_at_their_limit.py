"""No proof hangs on the last digit of a mean, which differs from Prometheus 2 to 3."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import plan_of


@pytest.mark.parametrize(
    ("condition", "for_"),
    [
        ("abs(lamps - avg_over_time(lamps[1h])) > 10", "0s"),
        ("abs(lamps - avg_over_time(lamps[1h])) > 10", "5m"),
        ("lamps - avg_over_time(lamps[30m]) > 3", "2m"),
        ("lamps / avg_over_time(lamps[1h]) > 2", "5m"),
    ],
)
def test_a_mean_that_passes_its_limit_does_so_between_two_evaluations(
    condition: str, for_: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(f"one = Alert('One', promql('{condition}'), for_='{for_}', **SAID)")
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""
