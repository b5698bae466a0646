"""A rule about the number of samples is proven with as many as its job brings."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import SHOP, plan_of

HEAD = SHOP.replace('["shop:80"]', '["shop:80"], interval="15s"')


@pytest.mark.parametrize(
    "condition",
    ["sum_over_time(up[5m]) > 15", "sum_over_time(up[5m]) < 10", "changes(lamps[5m]) > 2"],
)
def test_what_fits_into_the_window_is_proven(
    condition: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(f"one = Alert('One', promql('{condition}'), for_='2m', **SAID)", head=HEAD)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize(
    "condition", ["count_over_time(up[5m]) < 15", "count_over_time(lamps[5m]) > 25"]
)
def test_fewer_or_more_than_the_job_brings_are_never_made_up(condition: str) -> None:
    assert reasons(
        plan_of(f"one = Alert('One', promql('{condition}'), for_='10m', **SAID)", head=HEAD)
    )
