"""Every shape of alert that people write is proven, or has a finding that says why not."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest
from pbmon.checks.case import Case
from pbmon.checks.definitions.proofs import rule_is_proven
from pbmon.plan.plan import Plan
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.cases.suite import TestFile as File
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render
from small_projects import plan_of

from .usual_shapes import HEAD, PROVEN, alerts

pytestmark = pytest.mark.slow  # derives proofs

FACTS = {
    "at once": "for_='0s'",
    "after a second": "for_='1s'",
    "after long": "for_='2h'",
    "kept firing": "for_='5m', keep_firing_for='30m'",
    "kept firing at once": "for_='0s', keep_firing_for='10m'",
}
IMPOSSIBLE = {
    "ratio(visits.where(hall), visits, '5m') > 1": "can never fire: its value stays within 0 and 1",
    "ratio(stay.at_most(1), stay.observations, '5m') > 1": (
        "can never fire: its value stays within 0 and 1"
    ),
    "ratio(visits.where(hall), visits, '1h') > 1.44": "so `> 1.44` is never true",
    "1.1 * ratio(visits.where(hall), visits, '5m') > 1.2": (
        "can never fire: its value stays within 0 and 1.1"
    ),
    "stay.quantile(0.99, '5m', by=[job]) > 60": (
        "can never fire: its value stays within 0.495 and 60"
    ),
    "(lamps > 5).and_(lamps < 3)": (
        'never fire: no value of lamps{job=~"annex|shop"} passes its conditions: `> 5`, `< 3`'
    ),
    "(lamps > 5).and_(lamps < 5)": "passes its conditions: `> 5`, `< 5`",
    "(lamps > 5).and_(lamps.equals(3))": "passes its conditions: `> 5`, `== 3`",
    "lamps.equals(3).and_(lamps.equals(4))": "passes its conditions: `== 3`, `== 4`",
    "(lamps > 5).unless(lamps > 1)": "passes its conditions: `> 5`, unless `> 1`",
    "(lamps > 5).and_((ratio(visits.where(hall), visits, '5m') > 1).on(job))": (
        "stays within 0 and 1, so `> 1` is never true"
    ),
    "(ratio(visits.where(hall), visits, '5m') > 1)"
    ".or_(ratio(visits.where(hall), visits, '5m') < 0)": ("1, so `< 0` is never true"),
    "(ratio(visits.where(hall), visits, '5m') > 1).count() > 0": (
        "stays within 0 and 1, so `> 1` is never true"
    ),
    "-1 * ratio(visits.where(hall), visits, '5m') > 0": (
        "can never fire: its value stays within -1 and 0"
    ),
    "ratio(visits.where(hall), visits.where(room.is_in('hall', 'kitchen')), '5m') > 1": (
        "its value stays within 0 and 1"
    ),
    "up.equals(0).count(by=[job]) / up.count(by=[job]) > 1": (
        "can never fire: its value stays within 0.5 and 1"
    ),
    "lamps.equals(0).count(by=[job]) / lamps.count(by=[job]) > 1": (
        "can never fire: its value stays within 0 and 1"
    ),
    "per_room.where(hall).sum(by=[job]) / per_room.sum(by=[job]) > 5": (
        "can never fire: its value stays within 0 and 1"
    ),
    "visits.rate('5m') / (visits.rate('5m') + visits.rate('5m')).clamp_min(1) > 25": (
        "can never fire: its value stays within 0 and 1"
    ),
    "100 / lamps * lamps.where(hall) < 20": "stays within 100 and 100, so `< 20` is never true",
    "lamps.clamp(0, 10) > 10": "can never fire: its value stays within 0 and 10",
    "lamps.count(by=[job]) < 1": "can never fire: its value stays within 1 and inf",
    "up.where(job.is_('shop')).equals(2)": (
        "can never fire: its value stays within 0 and 1, so `== 2` is never true"
    ),
    "lamps.where(job.is_('shop')).absent() > 1": "can never fire: its value stays within 1 and 1",
    "visits.rate('5m').sum(by=[job]) < 0": "can never fire: its value stays within 0 and inf",
    "up.where(job.is_('shop')) > 1": "can never fire: its value stays within 0 and 1",
    "visits.rate('5m').sum(by=[job]) > -1": "always fires: its value stays within 0 and inf",
    "stay.quantile(0.99, '5m', by=[job]) > 0.2": (
        "always fires: its value stays within 0.495 and 60"
    ),
    "promql('lamps > 5 and on () year() < 1990')": (
        "never fire: year() stays within 2023 and 2099, so `< 1990` is never true"
    ),
    "promql('lamps > 5 and on () vector(time()) < 1e9')": "(the years 2023 to 2099), so",
    "promql('lamps > 5 and on () year(vector(time() - 86400 * 365)) > 2099')": (
        "year(vector(time() - (86400 * 365))) stays within 2022 and 2098"
    ),
    "promql('timestamp(lamps) < 1e9')": "can never fire: its value stays within 1.7e+09",
    "promql('time() - lamps') > 1e12": "can never fire: its value stays within -inf and 4.1e+09",
    "promql('lamps - time()') < -1e12": "can never fire: its value stays within -4.1e+09",
    "pulse < -1000": "can never fire: its value stays within 0 and inf",
    "promql('year() > 2020')": "always fires: its value stays within 2023 and 2099",
    "up.where(job.is_('shop')).differs(2)": (
        "always fires: its value stays within 0 and 1, so `!= 2` is true whenever it has one"
    ),
    "lamps.count(by=[job]) >= 1": "always fires: its value stays within 1 and inf",
    "ratio(visits.where(hall), visits, '5m') >= 0": "always fires: its value stays within 0 and 1",
    "(lamps > 5).or_(lamps <= 5)": "always fires: every value of lamps",
}
BEYOND = {
    "lamps.topk(1, by=[job]) > 9": "its `for` of 2m begins again",
    "lamps.topk(1, by=[job]).max(by=[room]) > 9": "its `for` of 2m begins again",
    "promql('count_values(\"lit\", lamps)') > 1": "makes each value a label, 'lit'",
    "promql('max by (lit) (count_values by (room) (\"lit\", lamps))') > 1": (
        "each time its `for` of 2m begins again"
    ),
    "visits.rate('5m').sum(by=[job]) > 0.0001": "the first event of a new kind is not seen",
    "visits.rate('5m') - visits.rate('5m') > 1": "no series were found",
}


def proofs(files: Sequence[File]) -> list[Proof]:
    """In the order of their definitions."""
    return sorted(
        (proof for file in files for proof in file.alerts),
        key=lambda proof: int(proof.alert.name[1:]),
    )


@pytest.fixture(scope="module")
def proven(usual_shapes: tuple[Plan, Sequence[File]]) -> list[tuple[Plan, Sequence[File]]]:
    """Plans with their proofs: of every usual shape, then of a few with each of FACTS."""
    common = [
        "lamps > 7",
        "share > 0.03",
        "visits.rate('5m').sum(by=[job]) < 0.25",
        "disk.absent().equals(1)",
    ]
    others = [alerts(common, facts) for facts in FACTS.values()]
    return [usual_shapes, *((plan, suite(plan)) for plan in others)]


@pytest.fixture(scope="module")
def all_proofs(proven: list[tuple[Plan, Sequence[File]]]) -> list[list[Proof]]:
    """Those of each plan."""
    return [proofs(files) for _, files in proven]


def test_every_usual_shape_has_a_proof(all_proofs: list[list[Proof]]) -> None:
    unproven = [
        (name, proof.reason)
        for name, proof in zip(PROVEN, all_proofs[0], strict=True)
        if not proof.cases
    ]
    assert unproven == []
    assert [proof.reason for proof in chain(*all_proofs[1:]) if not proof.cases] == []


def test_every_proof_shows_the_alert_firing_and_silent(all_proofs: list[list[Proof]]) -> None:
    for proof in chain(*all_proofs):
        moments = [moment for case in proof.cases for moment in case.moments]
        assert any(moment.firing for moment in moments), proof.alert.name
        assert any(not moment.firing for moment in moments), proof.alert.name


def test_every_proof_shows_the_alert_resolving(all_proofs: list[list[Proof]]) -> None:
    for proof in chain(*all_proofs):
        fires, last = proof.cases[0].moments[-2:]
        assert fires.firing and not last.firing, proof.alert.expr


def test_prometheus_agrees_with_the_proof_of_every_shape(
    proven: list[tuple[Plan, Sequence[File]]], promtools: Path, tmp_path: Path
) -> None:
    for number, (plan, made) in enumerate(proven):
        for artifact in (*render(plan, "rules"), *render(plan, "proofs", made)):
            path = tmp_path / str(number) / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(artifact.text, "utf-8")
    files = sorted(tmp_path.glob("*/monitoring/rule-tests/*.yml"))
    ran = subprocess.run(
        [promtools, "test", "rules", *files],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-6000:]
    assert (ran.stdout + ran.stderr).count("SUCCESS") == len(files) >= len(proven)


@pytest.mark.parametrize(("expression", "reason"), IMPOSSIBLE.items())
def test_an_alert_that_cannot_change_says_within_what_its_value_stays(
    expression: str, reason: str
) -> None:
    (proof,) = proofs(suite(alerts([expression])))
    assert proof.cases == ()
    assert reason in proof.reason


@pytest.mark.parametrize(("expression", "reason"), BEYOND.items())
def test_an_alert_without_a_proof_is_a_finding_at_its_definition(
    expression: str, reason: str
) -> None:
    plan = alerts([expression])
    (alert,) = plan.alerts
    (finding,) = rule_is_proven(Case(plan, suite(plan)))
    assert finding.check == "rule-is-proven"
    assert finding.source == alert.source
    assert finding.problem.startswith("alert A0 has no proof: ")
    assert reason in finding.problem


def test_the_last_digit_of_a_mean_is_not_promised() -> None:
    """Prometheus 2 and 3 add up the samples in different ways."""
    text = "a = Alert('A0', lamps.avg_over_time('15m') < 2, summary='It is {{ $value }}.', **SAID)"
    (proof,) = proofs(suite(plan_of(text, head=HEAD)))
    assert proof.reason.startswith("its text shows every digit of a mean over time")
