"""What a target exposes does not arrive while it is down, and proofs count on that."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.plan.plan import Plan
from rule_tests import failures, reasons
from small_projects import plan_of

NEVER = {
    "lamps > 100 and on (instance, job) up == 0": "0s",
    "lamps * on (instance, job) group_left () (1 - up) > 10": "0s",
    "lamps > 10 unless on (instance, job) up == 1": "0s",
    "rate(visits_total[5m]) > 1 and on (instance) up == 0": "10m",
    "up unless on (instance, job) scrape_samples_scraped": "0s",
}
"""Conditions, and how long their alerts wait."""

FIRES = {
    "rate(visits_total[5m]) > 1 and on (instance) up == 0": "1m",
    "lamps > 100 and on (instance) min_over_time(up[5m]) == 0": "1m",
    "up == 0 unless on (instance) lamps": "1m",
    "up == 0 and on (instance) scrape_duration_seconds > 1": "1m",
}


def waiting(condition: str, for_: str) -> Plan:
    return plan_of(f"one = Alert('One', promql('{condition}'), for_='{for_}', **SAID)")


@pytest.mark.parametrize(("condition", "for_"), NEVER.items())
def test_a_condition_that_needs_both_is_not_proven(condition: str, for_: str) -> None:
    assert reasons(waiting(condition, for_))


@pytest.mark.parametrize(("condition", "for_"), FIRES.items())
def test_what_outlives_the_target_or_misses_it_is_proven(
    condition: str, for_: str, promtools: Path, tmp_path: Path
) -> None:
    plan = waiting(condition, for_)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""
