"""A running rule is compared with the alert of its name and severity."""

from __future__ import annotations

from dataclasses import replace

from pbmon.live.checks import alerts, rules
from pbmon.live.checks.case import Case
from pbmon.live.seen import ActiveAlert, LoadedGroup, LoadedRule, Seen, SeenPrometheus
from pbmon.plan.rules import PlannedAlert, text
from small_projects import plan_of

PLAN = plan_of(
    'warm = Alert("Heat", lamps > 5, **SAID)',
    'hot = Alert("Heat", lamps > 9, **dict(SAID, severity="critical"))',
)


def running(rule: PlannedAlert) -> LoadedRule:
    labels, annotations = dict(rule.labels), dict(rule.annotations)
    return LoadedRule("alert", rule.name, text(rule), labels, annotations, 0, 0, "ok", "")


def problems(*loaded: LoadedRule) -> list[str]:
    group = LoadedGroup("shop", "alerts/shop.yml", 15.0, 3.0, 0.01, loaded)
    case = Case(PLAN, {}, Seen(SeenPrometheus((), {}, {}, (group,), (), (), ())))
    checks = (rules.rule_is_loaded, rules.rule_is_as_rendered, rules.rule_is_evaluated)
    return [finding.problem for check in checks for finding in check(case)]


WARM, HOT = map(running, PLAN.alerts)


def test_both_as_they_were_rendered_have_no_finding() -> None:
    assert problems(WARM, HOT) == []


def test_one_that_is_not_there_is_found() -> None:
    assert problems(WARM) == ["Prometheus has no Heat/critical in group shop"]


def test_one_that_differs_or_fails_is_named_with_its_severity() -> None:
    changed = replace(HOT, expr='lamps{job="shop"} > 8', health="err", error="many-to-many")
    assert problems(WARM, changed) == [
        'Heat/critical runs with the expression lamps{job="shop"} > 8, not lamps{job="shop"} > 9',
        "Heat/critical cannot be evaluated: many-to-many",
    ]


def test_one_that_fires_is_told_with_its_severity() -> None:
    firing = ActiveAlert({"alertname": "Heat", "severity": "critical"}, "firing", "2026-01-01T0")
    group = LoadedGroup(
        "shop", "alerts/shop.yml", 15.0, 3.0, 0.01, (WARM, replace(HOT, alerts=(firing,)))
    )
    (line,) = alerts.active_alerts(PLAN, SeenPrometheus((), {}, {}, (group,), (), (), ()))
    assert line.startswith("Heat/critical is firing")
