"""One gauge that is NaN hides no others: what is summed up are numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.expr.text import promql
from rule_tests import failures, proofs, reasons
from small_projects import SHOP, plan_of

HEAD = SHOP.replace('["shop:80"]', '["shop:80", "shop:81"]')
GUARDED = {
    "sum by (job) (lamps) > 100": "sum by (job) (lamps{} >= -Inf) > 100",
    "avg(lamps * 2) > 100": "avg((lamps{} * 2) >= -Inf) > 100",
    "stddev(lamps) > 5": "stddev(lamps{} >= -Inf) > 5",
    "sum(lamps) / count(lamps) > 5": "(sum(lamps{} >= -Inf) / count(lamps{})) > 5",
}
PLAIN = (
    "max(lamps) > 100",
    "sum(lamps > 5) > 100",
    "sum(rate(visits_total[5m])) > 100",
    "sum(up) < 1",
    "lamps > 100",
)


@pytest.mark.parametrize(("condition", "written"), GUARDED.items())
def test_a_sum_of_gauges_is_one_of_numbers(
    condition: str, written: str, promtools: Path, tmp_path: Path
) -> None:
    planned = plan_of(f"one = Alert('One', promql('{condition}'), for_='1m', **SAID)", head=HEAD)
    [alert] = planned.alerts
    assert promql(alert.expr) == written.replace("{}", '{job="shop"}')
    assert reasons(planned) == []
    assert failures(planned, promtools, tmp_path) == ""


def test_an_alert_is_shown_to_fire_beside_one() -> None:
    planned = plan_of(
        "one = Alert('One', promql('sum by (job) (lamps) > 100'), for_='1m', **SAID)", head=HEAD
    )
    [proof] = [proof for file in proofs(planned) for proof in file.alerts]
    [beside] = [case for case in proof.cases if case.name.endswith("second instance that is NaN")]
    assert beside.moments[0].firing


def test_a_record_has_its_value_beside_one(promtools: Path, tmp_path: Path) -> None:
    planned = plan_of("lit = Record('job:lamps:sum', lamps.sum(by=[job]))", head=HEAD)
    [proof] = [proof for file in proofs(planned) for proof in file.records]
    assert any(case.name == "while one lamps is NaN" for case in proof.cases)
    assert failures(planned, promtools, tmp_path) == ""


@pytest.mark.parametrize("condition", PLAIN)
def test_what_nan_does_not_hide_stays_as_it_is(condition: str) -> None:
    planned = plan_of(f"one = Alert('One', promql('{condition}'), for_='1m', **SAID)", head=HEAD)
    [alert] = planned.alerts
    assert "-Inf" not in promql(alert.expr)
