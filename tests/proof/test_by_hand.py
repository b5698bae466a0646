"""What pbmon cannot solve is shown by hand: a RuleTest is a proof that promtool runs, of alerts and
of records.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pbmon.checks.case import Case
from pbmon.checks.definitions.proofs import rule_is_proven
from pbmon.checks.programs.mutation import by_rule, judge
from pbmon.errors import DefinitionErrors
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render
from pbmon.render.mutation import trials
from rule_tests import proofs
from small_projects import plan_of

RECORD = (
    "odd = Record('job:lamps:odd', promql('sum by (job) (lamps) % 2', labels=[job], uses=[lamps]))"
)
ALERT = (
    "dark = Alert('Dark', promql('sum by (job) (lamps) % 2', labels=[job], uses=[lamps]) > 0,"
    " for_='2m', **SAID)"
)
GIVEN = "given={'lamps{job=\"shop\",room=\"hall\"}': '2x10 3x20'}, labels={'job': 'shop'}"
TESTED = f"test = RuleTest(odd, {GIVEN}, fires_at='15m', value=1)"
FIRES = f"fires = RuleTest(dark, {GIVEN}, fires_at='14m', silent_at='11m', value=1)"
HOT = "hot = Alert('Hot', lamps > 5, for_='5m', **dict(SAID, summary={text!r}))"
SHOWN = (
    "shown = RuleTest(hot, given={{'lamps{{job=\"shop\",room=\"hall\"}}': '1x3 9x20'}},"
    " labels={{'job': 'shop', 'room': 'hall'}}, fires_at='10m', value=9{more})"
)
LOST = "{{ printf `%p` $value }}"
"""What pbmon cannot expand."""


def found(*lines: str) -> list[str]:
    plan = plan_of(*lines)
    return [finding.problem for finding in rule_is_proven(Case(plan, proofs(plan)))]


def run(plan: Plan, promtool: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    for artifact in (*render(plan, "rules"), *render(plan, "proofs", proofs(plan))):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artifact.text, "utf-8")
    files = sorted(folder.glob("monitoring/rule-tests/*by-hand*.yml"))
    assert files
    return subprocess.run(
        [promtool, "test", "rules", *files], check=False, capture_output=True, text=True, timeout=60
    )


def test_a_rule_is_unproven_until_it_is_shown_by_hand() -> None:
    hot = HOT.format(text=LOST)
    assert found(hot) == [
        "alert Hot has no proof: what its text reads is not known: %p prints an address in memory"
    ]
    assert found(hot, SHOWN.format(more=", annotations={'summary': 'x'}")) == []


def test_prometheus_agrees_with_what_is_shown(promtools: Path, tmp_path: Path) -> None:
    ran = run(plan_of(RECORD, ALERT, TESTED, FIRES), promtools, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        TESTED.replace("value=1", "value=2"),
        TESTED.replace("'15m'", "'5m'"),
        TESTED.replace("'job': 'shop'", "'job': 'other'"),
        TESTED.replace("fires_at='15m'", "fires_at='15m', silent_at='12m'"),
        FIRES.replace("'14m'", "'11m'").replace("'11m', value", "'13m', value"),
    ],
)
def test_what_is_shown_wrongly_fails(wrong: str, promtool: Path, tmp_path: Path) -> None:
    assert run(plan_of(RECORD, ALERT, wrong), promtool, tmp_path).returncode == 1


def test_nothing_shown_makes_up_for_an_alert_that_always_fires() -> None:
    always = "rain = Alert('Rain', visits.rate('5m').sum(by=[job]) > -1, **SAID)"
    shown = (
        "shown = RuleTest(rain, given={'visits_total{job=\"shop\"}': '0+1x20'}, fires_at='10m',"
        " labels={'job': 'shop'})"
    )
    assert len(found(always, shown)) == 1 and "always fires" in found(always, shown)[0]


def test_what_is_no_rule_cannot_be_shown() -> None:
    with pytest.raises(DefinitionErrors, match=r"rule of RuleTest is a Gauge"):
        plan_of(f"test = RuleTest(lamps, {GIVEN}, fires_at='15m')")


def test_faults_in_what_is_shown_by_hand_are_tried_too(promtool: Path) -> None:
    plan = plan_of(RECORD, ALERT, TESTED, FIRES)
    by_hand = [replace(file, alerts=(), records=()) for file in suite(plan)]
    verdicts = judge(promtool, list(trials(plan, by_hand)))
    assert {name: survivors for name, _, _, survivors in by_rule(verdicts)} == {
        "Dark": ["number 0 → 0.1", "for 2m → 1m"],
        "job:lamps:odd": ["sum → count"],
    }


@pytest.mark.parametrize("text", ["{{ $value | printf `%.2f` }}", "{{ $labels }} {{ $value }}"])
def test_what_is_shown_reads_as_in_prometheus(text: str, promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(HOT.format(text=text), SHOWN.format(more=""))
    ran = run(plan, promtools, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_text_that_pbmon_does_not_know_has_to_be_shown() -> None:
    unsaid = plan_of(HOT.format(text=LOST), SHOWN.format(more=""))
    with pytest.raises(
        DefinitionErrors, match="the test of Hot does not say what description reads"
    ):
        suite(unsaid)
    said = plan_of(HOT.format(text=LOST), SHOWN.format(more=", annotations={'summary': 'x'}"))
    [file] = [file for file in suite(said) if file.by_hand]
    texts = dict(file.by_hand[0].expected.annotations)
    assert texts["summary"] == texts["description"] == "x"


def test_a_text_that_the_alert_does_not_have_cannot_be_shown() -> None:
    plan = plan_of(HOT.format(text="x"), SHOWN.format(more=", annotations={'sumary': 'x'}"))
    with pytest.raises(DefinitionErrors, match="expects annotation 'sumary', which the alert"):
        suite(plan)


def test_an_alert_and_a_record_of_one_service_are_shown_in_files_of_their_own() -> None:
    plan = plan_of(RECORD, ALERT, TESTED, FIRES)
    paths = [file.path for file in suite(plan) if file.by_hand]
    assert len(set(paths)) == 2
    assert {artifact.path for artifact in render(plan, "proofs")} >= set(paths)
