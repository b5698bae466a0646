"""Several rules may record one name, if static labels tell their series apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.checks.case import Case
from pbmon.checks.definitions.expressions import expression_reads_back
from pbmon.checks.programs.mutation import by_rule, judge
from pbmon.errors import DefinitionErrors
from pbmon.expr.text import promql
from pbmon.render.artifacts import render
from pbmon.render.mutation import trials
from rule_tests import failures, proofs, reasons
from small_projects import plan_of

RECORDS = """\
total = Record("job:lamps:use", lamps.sum(by=[job]), labels={"how": "sum", "of": "lamps"})
most = Record("job:lamps:use", lamps.max(by=[job]), labels={"how": "max", "of": "lamps"})
"""
ALERTS = """\
one = Alert("One", total > 100, for_="5m", **SAID)
two = Alert("Two", promql('job:lamps:use{how="max"}') > 50, for_="5m", **SAID)
any_ = Alert("Any", promql("job:lamps:use") > 70, for_="5m", **SAID)
"""
BOTH = """\
both = Alert(
    "Both", promql('job:lamps:use{how="max"} + ignoring (how) job:lamps:use{how="sum"}') > 9,
    for_="5m", **SAID
)
"""


def test_each_is_read_as_its_own_and_all_together(promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(RECORDS, ALERTS, BOTH)
    texts = {alert.name: promql(alert.expr) for alert in plan.alerts}
    assert texts["One"] == 'job:lamps:use{how="sum"} > 100'
    assert texts["Any"] == "job:lamps:use > 70"
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_a_panel_shows_what_it_names() -> None:
    panels = (
        'board = Dashboard("B", uid="b", file="b", rows=['
        'Row("R", Panel("One", total, unit="short"),'
        ' Panel("All", promql("job:lamps:use"), unit="short"))])'
    )
    plan = plan_of(RECORDS, panels)
    case = Case(plan, (), render(plan, "dashboards", ()))
    assert list(expression_reads_back(case)) == []
    [board] = plan.dashboards
    shown = [target.expr for row in board.rows for panel in row.panels for target in panel.targets]
    assert 'job:lamps:use{how="sum",job=~"$job"}' in shown
    assert 'job:lamps:use{job=~"$job"}' in shown


def test_their_faults_are_noticed(promtool: Path) -> None:
    plan = plan_of(RECORDS, ALERTS)
    verdicts = judge(promtool, list(trials(plan, proofs(plan))))
    survived = {name: faults for name, _, _, faults in by_rule(verdicts) if faults}
    assert survived == {}
    assert {"job:lamps:use{how=max, of=lamps}", "One"} <= {name for name, *_ in by_rule(verdicts)}


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("lamps.max(by=[job]), labels={'of': 'lamps'}", "is defined a second time"),
        ("lamps.max(by=[job]), labels={'how': 'sum', 'of': 'lamps'}", "is defined a second time"),
        ("lamps.max(by=[job])", "is defined a second time"),
        (
            "lamps.max(by=[job]), labels={'how': 'least'}",
            "finds series of two kinds",
        ),
    ],
)
def test_those_that_could_be_the_same_series_are_refused(second: str, why: str) -> None:
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(RECORDS, f"again = Record('job:lamps:use', {second})")
    assert any(why in error.problem for error in raised.value.errors)
