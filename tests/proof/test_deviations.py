"""A proof of a deviation rests on values that differ, not on what rounding leaves of equal ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import plan_of

SCORES = {
    "product": "abs(lamps - avg_over_time(lamps[1h])) > 3 * stddev_over_time(lamps[1h])",
    "quotient": "(lamps - avg_over_time(lamps[1h])) / stddev_over_time(lamps[1h]) > 3",
    "below": "lamps < avg_over_time(lamps[1h]) - 2.5 * stddev_over_time(lamps[1h])",
}


@pytest.mark.parametrize("condition", SCORES.values(), ids=SCORES)
def test_a_value_far_from_its_mean_is_proven_by_a_jump(
    condition: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(f"one = Alert('One', promql('{condition}'), for_='2m', **SAID)")
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize("condition", SCORES.values(), ids=SCORES)
def test_a_jump_does_not_stay_far_from_the_mean(condition: str) -> None:
    plan = plan_of(f"one = Alert('One', promql('{condition}'), for_='30m', **SAID)")
    (reason,) = reasons(plan)
    assert "has no proof: no series were found" in reason


def test_how_far_values_lie_apart_is_proven(promtools: Path, tmp_path: Path) -> None:
    plan = plan_of("one = Alert('One', promql('stddev_over_time(lamps[1h])') > 5, **SAID)")
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""
