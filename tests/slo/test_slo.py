"""An objective is refused where it contradicts itself, and becomes rules, alerts and a dashboard
that are like any others.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon.checks.case import Case
from pbmon.checks.validation import validate
from pbmon.expr.text import promql
from pbmon.plan.plan import Plan
from pbmon.plan.slo_burn import TABLES, burns
from pbmon.render.artifacts import render
from rule_tests import proofs
from slo.shop import PROJECT, RATIO, plan

FACTORS = {
    "30d": ("14.4", "6", "3", "1"),
    "28d": ("13.44", "5.6", "2.8", "0.933333"),
    "4w": ("13.44", "5.6", "2.8", "0.933333"),
    "7d": ("8.4", "2.8", "1.4"),
    "90d": ("21.6", "7.2", "4.5", "1.5"),
}


@pytest.mark.parametrize("window", FACTORS)
def test_factors_are_share_of_the_budget_times_window_through_long_window(window: str) -> None:
    assert [burn.factor for burn in burns(window, Decimal("0.001"))] == [
        Decimal(factor) for factor in FACTORS[window]
    ]


@pytest.mark.parametrize(
    ("objective", "printed"),
    [
        ("99.9", ["0.0144", "0.006", "0.003", "0.001"]),
        ("99.95", ["0.0072", "0.003", "0.0015", "0.0005"]),
        ("99.999", ["0.000144", "0.00006", "0.00003", "0.00001"]),
    ],
)
def test_thresholds_are_printed_exactly(tmp_path: Path, objective: str, printed: list[str]) -> None:
    made = plan(tmp_path, RATIO.format("").replace("99.9", objective))
    conditions = {
        windows.long: promql(alert.expr)
        for alert in made.alerts
        for windows in TABLES["28d"]
        if alert.name.endswith(windows.long)
    }
    assert [
        sorted({*re.findall(r"> ([0-9.]+)", conditions[long])}) for long in ("1h", "6h", "1d", "3d")
    ] == [[n] for n in printed]


@given(
    st.integers(7, 400).map(lambda days: f"{days}d"),
    st.decimals("1", "99.999", places=3).map(lambda percent: 1 - percent / 100),
)
def test_every_burn_alert_can_fire_and_has_windows_of_its_own_within_the_objective(
    window: str, budget: Decimal
) -> None:
    found = burns(window, budget)
    assert all(0 < burn.threshold < 1 for burn in found)
    assert len({burn.windows.long for burn in found}) == len(found)
    assert {burn.windows.severity for burn in found} == {"critical", "warning"}


def test_windows_that_cannot_fire_are_left_out_with_a_word(tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format("").replace("99.9", "90"))
    alert = next(alert for alert in made.alerts if alert.name == "SalesBudgetBurn2h")
    assert (
        promql(alert.expr)
        == "(job:slo_sales_errors:ratio_2h > 0.72) and (job:slo_sales_errors:ratio_10m > 0.72)"
    )
    assert (
        "(1h and 5m are left out: 144 % of events would have to fail.)"
        in alert.definition.description
    )
    assert not [alert.name for alert in made.alerts if alert.name == "SalesBudgetBurn1h"]


def test_a_page_silences_the_tickets_of_its_objective(tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(""))
    silenced = {inhibition.source.name: inhibition for inhibition in made.inhibitions}
    for page in ("SalesBudgetBurn1h", "SalesBudgetBurn6h"):
        assert {"SalesBudgetBurn1d", "SalesBudgetBurn3d"} <= {
            target.name for target in silenced[page].targets
        }
        assert silenced[page].equal == ("job",)


def test_without_alerts_only_the_absence_of_the_metric_is_told(tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(", alerts=False"))
    assert [alert.name for alert in made.alerts] == ["SalesMetricAbsent"]
    ratios = {record.name.rpartition("_")[2] for record in made.records if ":ratio_" in record.name}
    assert ratios == {"1h", "30d"}


TILLS = """\
from pbmon import Job, Service
tills = Service("tills", jobs=[Job("tills", ["tills:80"])], module="src/tills/metrics.py")
"""


@pytest.mark.parametrize(
    ("rest", "condition"),
    [
        ("good=up", '(absent(up{job="tills"}) or absent(up{job="web"})) == 1'),
        (
            'good=up.where(job.is_in("web", "tills"))',
            '(absent(up{job="tills"}) or absent(up{job="web"})) == 1',
        ),
        ('good=up.where(job.is_("tills"))', 'absent(up{job="tills"}) == 1'),
        ("good=up, by=[]", 'absent(up{job=~"tills|web"}) == 1'),
        ("bad=failed, total=requests, by=[path]", 'absent(requests_total{job="web"}) == 1'),
    ],
)
def test_the_absence_of_each_job_is_told_apart_where_it_has_a_budget(
    tmp_path: Path, rest: str, condition: str
) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions/tills.py").write_text(TILLS, "utf-8")
    made = plan(tmp_path, f'slo = Slo("health", {rest}, objective="99.9")\n')
    (alert,) = (alert for alert in made.alerts if alert.name == "HealthMetricAbsent")
    assert " ".join(promql(alert.expr).split()) == condition


@pytest.mark.parametrize(
    ("objective", "for_"),
    [("99.999", "2m"), ("99.9", "2m"), ("99", "9m"), ("95", "44m"), ("90", "1h27m")],
)
def test_absence_waits_as_long_as_two_per_cent_of_the_budget_last_in_an_outage(
    tmp_path: Path, objective: str, for_: str
) -> None:
    made = plan(tmp_path, RATIO.format("").replace("99.9", objective))
    assert [alert.for_ for alert in made.alerts if alert.name == "SalesMetricAbsent"] == [for_]


@pytest.mark.parametrize("by", ["[]", "[job]", "[instance, job]", "[job, path]"])
def test_a_budget_is_kept_for_each_of_its_labels(tmp_path: Path, by: str) -> None:
    made = plan(tmp_path, RATIO.format(f", by={by}"))
    wanted = tuple(sorted(by.strip("[]").split(", "))) if by != "[]" else ()
    level = "_".join(wanted)
    (total,) = (
        record for record in made.records if record.name == f"{level}:slo_sales_total:rate5m"
    )
    assert tuple(label.name for label in total.definition.expr.label_set) == wanted


def test_alerts_say_whose_objective_they_are_about(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        RATIO.format("")
        + RATIO.format(', owner="cash"').replace("sales", "tills").replace("slo =", "b ="),
    )
    owners = {dict(alert.labels)["slo"]: dict(alert.labels)["owner"] for alert in made.alerts}
    assert owners == {"sales": "sales", "tills": "cash"}


def test_everything_made_from_an_objective_points_to_its_line(tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(""))
    line = f"definitions/shop.py:{PROJECT.count(chr(10)) + 1}"
    assert {str(rule.source) for rule in (*made.records, *made.alerts)} == {line}
    assert {str(dashboard.source) for dashboard in made.dashboards} == {"definitions/shop.py"}


def _everything() -> str:
    slos = [
        RATIO.format(', minimum_traffic="0.5", by=[path]'),
        (
            'Slo("speed", "Customers need not wait.", good=latency.at_most(0.3), objective="90",'
            ' window="28d")\n'
        ),
        (
            'Slo("health", "The shop sells.", good=healthy, objective="99", window="7d",'
            " alerts=False)\n"
        ),
    ]
    return "".join(
        f"slo{number} = {text.removeprefix('slo = ')}" for number, text in enumerate(slos)
    )


def _findings(made: Plan, promtool: Path) -> list[str]:
    case = Case(made, proofs(made), render(made, proofs=proofs(made)), promtool=promtool)
    return [f"{finding.check}: {finding.problem}" for finding in validate(case)]


def test_validate_finds_nothing_in_what_objectives_become(promtool: Path, tmp_path: Path) -> None:
    assert _findings(plan(tmp_path, _everything()), promtool) == []


def test_a_record_of_a_slow_group_needs_windows_of_four_of_its_intervals(
    promtool: Path, tmp_path: Path
) -> None:
    text = """\
slow = RuleGroup("slow", "Seldom.", "5m")
rare = Record("job:failed:rate5m", failed.rate("5m").sum(by=[job]), group=slow)
short, enough = (
    Record(f"job:failed:max{window}", rare.max_over_time(window)) for window in ("15m", "20m")
)
"""
    found = [
        finding
        for finding in _findings(plan(tmp_path, text), promtool)
        if finding.startswith("window-spans")
    ]
    assert len(found) == 1
    assert "job:failed:max15m looks at 15m of job:failed:rate5m, which arrives every 5m" in found[0]


def test_objectives_give_the_same_files_every_time(tmp_path: Path) -> None:
    """But for their proofs, which test_determinism.py derives in processes of their own."""
    first, second = (render(plan(tmp_path, _everything()), proofs=()) for _ in range(2))
    assert first == second
