"""One alert name may have several severities: whatever is keyed by the name tells them apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.programs.mutation import by_rule, judge
from pbmon.checks.validation import validate
from pbmon.errors import DefinitionErrors
from pbmon.expr.text import promql
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert
from pbmon.render.artifacts import render
from pbmon.render.mutation import trials
from rule_tests import failures, proofs, reasons
from small_projects import plan_of

CRITICAL = 'critical = dict(SAID, severity="critical")'
WARM = 'warm = Alert("Heat", lamps > 5, for_="5m", **SAID)'
HOT = 'hot = Alert("Heat", lamps > 9, for_="1m", **critical)'
BOTH = (CRITICAL, WARM, HOT)
BOARD = """\
board = Dashboard("Shop", uid="shop", file="shop", description="Is it hot?", rows=[Row("Heat",
    Stat("Warm", lamps, alerts=[warm]), Stat("Hot", lamps, alerts=[hot]))])
"""
PAIRS = [
    ("lamps > 5", "lamps > 9", ""),
    ("lamps > 9", "lamps > 5", ', keep_firing_for="10m"'),
    ("lamps > 5", "lamps.absent()", ""),
    ("lamps.sum(by=[job]) > 5", "busy > 2", ', for_="10m"'),
    ('visits.rate("5m") > 1', 'visits.rate("30m") > 0.5', ', keep_firing_for="20m"'),
]


def alert(plan: Plan, title: str) -> PlannedAlert:
    return next(each for each in plan.alerts if each.title == title)


def text(artifacts: list[Artifact], path: str) -> str:
    return next(artifact.text for artifact in artifacts if artifact.path == path)


@pytest.mark.parametrize(("first", "second", "more"), PAIRS)
def test_a_test_of_one_says_what_the_others_of_its_name_do(
    first: str, second: str, more: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(
        CRITICAL,
        'busy = Record("job:visits:rate5m", visits.rate("5m").sum(by=[job]))',
        f'one = Alert("Heat", {first}, **SAID)',
        f'two = Alert("Heat", {second}{more}, **critical)',
    )
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_one_of_another_group_is_tested_by_itself(promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(
        CRITICAL,
        'urgent = RuleGroup("urgent", "What wakes somebody.")',
        WARM,
        HOT.replace("**critical", "group=urgent, **critical"),
    )
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_a_name_of_which_one_cannot_be_computed_is_not_proven() -> None:
    plan = plan_of(
        CRITICAL,
        WARM,
        'hot = Alert("Heat", lamps > 1, **dict(critical, summary="{{ printf `%p` 1 }}"))',
    )
    assert any("what Heat/critical, of the same name, does then" in why for why in reasons(plan))


def test_every_fault_in_one_of_them_is_noticed(promtool: Path) -> None:
    plan = plan_of(*BOTH)
    verdicts = judge(promtool, list(trials(plan, proofs(plan))))
    assert {name: survivors for name, _, _, survivors in by_rule(verdicts)} == {
        "Heat/warning": [],
        "Heat/critical": [],
    }


def test_a_test_by_hand_shows_one_of_them(promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(
        *BOTH,
        "by_hand = RuleTest(warm, given={'lamps{job=\"shop\",room=\"hall\"}': '1x3 10x20'},"
        " labels={'job': 'shop', 'room': 'hall'}, fires_at='10m', silent_at='3m', value=10)",
    )
    assert failures(plan, promtools, tmp_path) == ""
    wrong = replace(alert(plan, "Heat/warning"), for_="15m")
    group = plan.alerting[0]
    changed = replace(group, rules=(wrong, *group.rules[1:]))
    assert "FAILED" in failures(replace(plan, alerting=(changed,)), promtools, tmp_path)


def test_one_runbook_shows_each_with_its_limit_and_chart_the_most_urgent_first() -> None:
    artifacts = render(plan_of(*BOTH), "docs")
    runbook = text(artifacts, "docs/runbooks/Heat.md")
    critical, warning = runbook.split("## Severity critical")[1].split("## Severity warning")
    for part, limit, severity in ((critical, 9, "critical"), (warning, 5, "warning")):
        assert f'lamps{{job="shop"}} > {limit}' in part
        assert f"charts/Heat-{severity}.svg" in part
        assert text(artifacts, f"docs/runbooks/charts/Heat-{severity}.svg")


def test_each_links_to_the_panel_that_shows_it_which_draws_its_own_limit() -> None:
    plan = plan_of(*BOTH, BOARD)
    warm, hot = (panel for row in plan.dashboards[0].rows for panel in row.panels)
    assert alert(plan, "Heat/warning").panel == ("shop", warm.id)
    assert alert(plan, "Heat/critical").panel == ("shop", hot.id)
    assert [step.value for step in warm.thresholds] == [None, 5]
    assert [step.value for step in hot.thresholds] == [None, 9]


def test_what_silences_and_is_silenced_is_told_by_its_severity() -> None:
    plan = plan_of(
        CRITICAL,
        WARM,
        HOT.replace("**critical", "silences=[warm], **critical"),
        'down = Alert("Down", lamps.absent(), silences=[warm], **critical)',
    )
    rendered = yaml.safe_load(text(render(plan, "config"), "monitoring/alertmanager.yml"))
    assert [
        (rule["source_matchers"], rule["target_matchers"]) for rule in rendered["inhibit_rules"]
    ] == [
        (['alertname="Down"'], ['alertname=~"Heat"', 'severity="warning"']),
        (
            ['alertname="Heat"', 'severity="critical"'],
            ['alertname=~"Heat"', 'severity="warning"'],
        ),
    ]
    runbook = text(render(plan, "docs"), "docs/runbooks/Heat.md")
    assert "[Heat/critical](Heat.md)" in runbook.split("## Severity warning")[1]


def test_nothing_is_silenced_that_the_author_does_not_name() -> None:
    assert plan_of(*BOTH).inhibitions == ()


def test_an_environment_names_one_by_its_severity() -> None:
    plan = plan_of(*BOTH, environment="alerts: {Heat/critical: {threshold: 20, for: 2m}}")
    assert promql(alert(plan, "Heat/critical").expr).endswith("> 20")
    assert alert(plan, "Heat/critical").for_ == "2m"
    assert promql(alert(plan, "Heat/warning").expr).endswith("> 5")


def test_a_name_that_several_have_does_not_say_which_the_environment_means() -> None:
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(*BOTH, environment="alerts: {Heat: {threshold: 20}}")
    assert "alerts names 'Heat', which several have, so it is unclear which" in str(raised.value)
    assert "Heat/critical, Heat/warning" in str(raised.value)


def test_one_that_no_module_binds_cannot_be_silenced_by_the_name_of_another() -> None:
    lost = HOT.replace("**critical", f"silences=[{WARM.partition('= ')[2]}], **critical")
    with pytest.raises(DefinitionErrors, match="Heat silences Heat, which no module binds"):
        plan_of(CRITICAL, lost)


def test_an_objective_does_not_take_a_name_of_an_alert() -> None:
    with pytest.raises(DefinitionErrors, match="alert SalesMetricAbsent of this objective"):
        plan_of(
            'taken = Alert("SalesMetricAbsent", lamps > 1, **dict(SAID, severity="info"))',
            'sales = Slo("sales", bad=visits.where(room.is_("hall")), total=visits,'
            ' objective="99.9", window="30d")',
        )


def test_each_has_its_findings_at_its_own_line(promtool: Path) -> None:
    plan = plan_of(*BOTH, BOARD)
    artifacts = render(plan, proofs=proofs(plan))
    lines = {each.source for each in plan.catalog.alerts}
    found = validate(Case(plan, proofs(plan), artifacts, promtool=promtool))
    assert [finding for finding in found if finding.source in lines] == []
    broken = [
        replace(each, text=each.text.replace("> 9", "> 8")) if "/alerts/" in each.path else each
        for each in artifacts
    ]
    hot = next(each for each in plan.catalog.alerts if each.severity == "critical")
    findings = list(validate(Case(plan, proofs(plan), broken, promtool=promtool)))
    assert {finding.source for finding in findings if finding.check == "expression-reads-back"} == {
        hot.source
    }
