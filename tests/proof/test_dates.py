"""Conditions on the hour and the day are proven where a test reaches them, whose clock begins in
1970.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import plan_of

REACHED = {
    "hours of business": "lamps > 9 and on () (hour() >= 8 and hour() < 18)",
    "days of work": (
        "lamps > 9 and on () (day_of_week() > 0 and day_of_week() < 6) and on () hour() > 12"
    ),
    "not while backups run": "lamps > 9 unless on () hour() < 5",
    "a day of the month": "lamps > 9 and on () day_of_month() == 4",
    "a rate in the second half of each hour": (
        "rate(visits_total[5m]) > 9 and on () minute() >= 30"
    ),
}


@pytest.mark.parametrize("condition", REACHED.values(), ids=REACHED)
def test_a_condition_on_the_date_is_proven_at_a_time_when_it_holds(
    condition: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(f"one = Alert('One', promql('{condition}'), for_='10m', **SAID)")
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize("date", ["year() > 2025", "day_of_month() > 20", "month() == 12"])
def test_a_date_that_no_test_reaches_is_the_reason(date: str) -> None:
    plan = plan_of(f"one = Alert('One', promql('lamps > 9 and on () {date}'), **SAID)")
    (reason,) = reasons(plan)
    assert f"begins in 1970 and goes on for 13 days, so {date} never holds there" in reason
