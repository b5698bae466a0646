"""What checks say about a Prometheus that cannot be had at will: late rules, NaN, warnings, too
many series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import prometheus_client
import pytest
from live import servers
from pbmon.finding import Finding
from pbmon.live.checks import alerts, panels, rules, series
from pbmon.live.checks.case import Case
from pbmon.live.seen import (
    ActiveAlert,
    AskedPanel,
    Exposure,
    LoadedGroup,
    LoadedRule,
    Result,
    Seen,
    SeenPrometheus,
)
from pbmon.live.servers.exposition import parse
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, text


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> servers.Project:
    return servers.project(tmp_path_factory.mktemp("checks"), shop="a:1", prometheus="b:1")


@pytest.fixture(scope="module")
def plan(project: servers.Project) -> Plan:
    return project.plan


@pytest.fixture(scope="module")
def seen(project: servers.Project) -> SeenPrometheus:
    """A Prometheus in which all is well; no panel has been asked."""
    module, registry = servers.metrics_of(project.rendered)
    module.shop_requests_total.labels("GET", "/").inc()
    module.shop_refunds_total.labels("late").inc()
    shop = parse(prometheus_client.generate_latest(registry).decode())
    recorded = {record.name: frozenset({"shop"}) for record in project.plan.records}
    exposures = {
        "shop": shop,
        "prometheus": Exposure("job prometheus", {}, {"prometheus_build_info": [{}]}),
    }
    return SeenPrometheus(
        (),
        exposures,
        recorded,
        tuple(_groups(project.plan)),
        ("http://am:9093/api/v2/alerts",),
        (),
        (),
    )


def _groups(plan: Plan) -> list[LoadedGroup]:
    return [
        LoadedGroup(
            group.name,
            f"/etc/prometheus/{group.file}",
            15.0,
            3.0,
            0.01,
            tuple(
                (
                    LoadedRule(
                        "alert",
                        rule.name,
                        text(rule),
                        dict(rule.labels),
                        dict(rule.annotations),
                        _for(rule),
                        0,
                        "ok",
                        "",
                    )
                    if isinstance(rule, PlannedAlert)
                    else LoadedRule("record", rule.name, text(rule), {}, {}, 0, 0, "ok", "")
                )
                for rule in group.rules
            ),
        )
        for group in (*plan.recording, *plan.alerting)
    ]


def _for(rule: PlannedAlert) -> float:
    return {"0s": 0.0, "5m": 300.0}[rule.for_]


def _problems(findings: Sequence[Finding]) -> list[str]:
    return [finding.problem for finding in findings]


def _rule_problems(plan: Plan, seen: SeenPrometheus) -> list[str]:
    checks = (rules.rule_is_loaded, rules.rule_is_as_rendered, rules.rule_is_evaluated)
    return _problems([finding for check in checks for finding in check(_case(plan, seen))])


def _case(plan: Plan, seen: SeenPrometheus) -> Case:
    return Case(plan, {}, Seen(seen))


def test_rules_as_rendered_and_evaluated_have_no_finding(plan: Plan, seen: SeenPrometheus) -> None:
    assert _rule_problems(plan, seen) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"age": None}, "group shop has not been evaluated yet, though its interval is 15s"),
        ({"age": 40.0}, "group shop was last evaluated 40 s ago, though its interval is 15s"),
        ({"took": 20.0}, "group shop takes 20.0 s, longer than its interval of 15s"),
    ],
)
def test_a_group_that_is_late_is_found(
    plan: Plan, seen: SeenPrometheus, change: dict[str, float | None], said: str
) -> None:
    groups = [replace(group, **change) if group.name == "shop" else group for group in seen.groups]  # type: ignore[arg-type]
    assert _rule_problems(plan, replace(seen, groups=groups)) == [said]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"health": "err", "error": "many-to-many"},
            "OrdersFail cannot be evaluated: many-to-many",
        ),
        ({"for_seconds": 60.0}, "OrdersFail runs with for: 1m, not 5m"),
        (
            {"labels": {"severity": "info"}},
            "OrdersFail runs with label severity 'info', not 'warning'",
        ),
    ],
)
def test_a_rule_that_runs_otherwise_is_found(
    plan: Plan, seen: SeenPrometheus, change: dict[str, object], said: str
) -> None:
    groups = [
        replace(
            group,
            rules=[
                replace(rule, **change) if rule.name == "OrdersFail" else rule
                for rule in group.rules
            ],
        )  # type: ignore[arg-type]
        for group in seen.groups
    ]
    assert said in _rule_problems(plan, replace(seen, groups=groups))


def test_a_group_in_another_order_and_one_that_is_not_loaded_are_found(
    plan: Plan, seen: SeenPrometheus
) -> None:
    first, second = seen.groups
    reversed_ = replace(first, rules=tuple(reversed(first.rules)))
    assert second.name == "shop"
    assert _rule_problems(plan, replace(seen, groups=[reversed_])) == [
        "Prometheus evaluates group shop-recording in another order: "
        + ", ".join(rule.name for rule in reversed_.rules),
        "Prometheus has no rule group shop, so none of its 3 rules is evaluated",
    ]


def test_a_group_of_the_same_name_in_a_file_of_others_is_not_ours(
    plan: Plan, seen: SeenPrometheus
) -> None:
    theirs = LoadedGroup("shop", "/etc/prometheus/theirs.yml", 15.0, 3.0, 0.0, ())
    assert _rule_problems(plan, replace(seen, groups=[theirs, *seen.groups])) == []


def _asked(plan: Plan, title: str, result: Result) -> AskedPanel:
    dashboard = plan.dashboards[0]
    panels = (panel for row in dashboard.rows for panel in row.panels)
    panel = next(panel for panel in panels if panel.title == title)
    return AskedPanel(dashboard, panel, panel.targets[0], "asked", result)


def _said(plan: Plan, seen: SeenPrometheus, title: str, result: Result) -> str:
    found = [
        *panels.panel_shows_data(_case(plan, replace(seen, panels=[_asked(plan, title, result)])))
    ]
    return found[0].problem.partition("query A, ")[2] if found else ""


def test_nothing_but_nan_is_found(plan: Plan, seen: SeenPrometheus) -> None:
    assert _said(plan, seen, "Baskets", Result(series=2, numbers=0)).startswith(
        "shows nothing: every value is NaN"
    )


def test_a_refused_query_is_found(plan: Plan, seen: SeenPrometheus) -> None:
    assert _said(plan, seen, "Baskets", Result(error="bad_data: no")) == "is refused: bad_data: no"


def test_an_empty_answer_is_right_only_where_the_query_has_a_condition(
    plan: Plan, seen: SeenPrometheus
) -> None:
    """A record's condition counts for what reads it: the ratio is absent without traffic."""
    assert _said(plan, seen, "Instances with too many baskets", Result()) == ""
    assert _said(plan, replace(seen, recorded={}), "Failing orders", Result()) == ""
    assert _said(plan, seen, "Baskets", Result()).startswith(
        "shows nothing, though all series that it reads exist"
    )


def test_a_group_that_waits_for_its_first_evaluation_is_found_once(
    plan: Plan, seen: SeenPrometheus
) -> None:
    """Not again with every panel and alert that reads its records."""
    waiting = replace(seen, recorded={}, groups=[replace(group, age=None) for group in seen.groups])
    assert _said(plan, waiting, "Failing orders", Result()) == ""
    assert [*alerts.alert_can_be_evaluated(_case(plan, waiting))] == []
    assert len(_rule_problems(plan, waiting)) == len(seen.groups)


def test_a_record_that_is_not_loaded_is_missing(plan: Plan, seen: SeenPrometheus) -> None:
    without = replace(seen, recorded={}, groups=())
    assert _said(plan, without, "Failing orders", Result()).endswith(
        "no series of job:shop_orders_failed:ratio_rate1m"
    )
    assert _problems([*alerts.alert_can_be_evaluated(_case(plan, without))]) == [
        "OrdersFail can never fire: there are no series of job:shop_orders_failed:ratio_rate1m"
    ]


def test_an_alert_about_absence_needs_no_series(plan: Plan, seen: SeenPrometheus) -> None:
    shop = seen.exposures["shop"]
    series = {name: found for name, found in shop.series.items() if name != "shop_staff"}
    without = replace(seen, exposures={**seen.exposures, "shop": replace(shop, series=series)})
    assert [*alerts.alert_can_be_evaluated(_case(plan, without))] == []
    assert alerts.evaluable(plan, without) == 3


def test_a_warning_is_found(plan: Plan, seen: SeenPrometheus) -> None:
    asked = _asked(plan, "Baskets", Result(1, 1, warnings=("partial",)))
    found = panels.query_has_no_warning(_case(plan, replace(seen, panels=[asked])))
    assert _problems([*found]) == ["panel 'Baskets' of 'Shop', query A, brings a warning: partial"]


def test_a_prometheus_that_tells_nobody_is_found(plan: Plan, seen: SeenPrometheus) -> None:
    found = alerts.alertmanager_is_told(_case(plan, replace(seen, alertmanagers=())))
    assert _problems([*found]) == ["Prometheus knows no Alertmanager, so it sends no alert"]


def test_alerts_of_others_are_not_ours(plan: Plan, seen: SeenPrometheus) -> None:
    firing = ActiveAlert({"alertname": "Theirs"}, "firing", "2026-01-01T00:00:00Z")
    theirs = LoadedRule("alert", "Theirs", "up == 0", {}, {}, 0, 0, "ok", "", [firing])
    group = LoadedGroup("theirs", "theirs.yml", 15.0, 3.0, 0.0, [theirs])
    assert alerts.active_alerts(plan, replace(seen, groups=[*seen.groups, group])) == []


def test_more_series_than_the_limits_are_found(plan: Plan, seen: SeenPrometheus) -> None:
    few = replace(plan.catalog.project, metric_cardinality_limit=3, total_cardinality_limit=10)
    small = replace(plan, catalog=replace(plan.catalog, project=few))
    found = series.series_fit_the_budget(_case(small, seen))
    assert _problems([*found]) == [
        "shop_latency_seconds has 18 series on the exposition, above the limit of 3",
        "all declared metrics have 25 series, above the limit of 10",
    ]
