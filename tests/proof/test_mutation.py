"""The derived tests notice every fault that changes what a rule says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from drawn import drawn
from hypothesis import strategies as st
from pbmon.catalog.catalog import load
from pbmon.checks.programs.mutation import by_rule, judge
from pbmon.checks.programs.unit_tests import UnitTest, answers
from pbmon.errors import UsageError
from pbmon.plan.plan import Plan, resolve
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.suite import TestFile as File
from pbmon.proof.cases.suite import suite, unproven
from pbmon.proof.mutation.noticing import noticing
from pbmon.render.mutation import trials
from small_projects import plan_of

from .usual_shapes import PROVEN, alerts

pytestmark = pytest.mark.slow  # derives proofs and judges mutants

HEAD = """from pbmon import (
    Alert, Counter, Dashboard, Gauge, Histogram, Job, Label, Panel, Project, Record, Row, Service,
    instance, job, ratio, up,
)

project = Project(name="house", title="House", runbook_url="https://example.com/runbooks")
service = Service("house", jobs=[Job("house", ["house:80"])], module="house.py")
room = Label("room", "Room.", values=("kitchen", "hall", "attic"))
outcome = Label("outcome", "Outcome.", values=("ok", "refused", "failed"))
visits = Counter("visits_total", "Visits.", labels=[room, outcome])
calls = Counter("calls_total", "Calls.", labels=[room, outcome])
stay = Histogram("stay_seconds", "How long visits last.", labels=[room], buckets=[1, 5, 20, 60])
lamps = Gauge("lamps", "Lamps on.", labels=[room])
sockets = Gauge("sockets", "Sockets.", labels=[room])
TEXT = dict(
    severity="warning", summary="{{ $value | humanize }} is bad.", impact="It costs money.",
    action="Look there first."
)
"""
SHAPES = (
    (
        'failed_{n} = Record("job:visits_failed_{n}:ratio",'
        ' ratio(visits.where(outcome.is_("failed")), visits, "{window}"))\nalert_{n} ='
        ' Alert("Failing{n}", failed_{n} > {share}, for_="{wait}", **TEXT)\n'
    ),
    (
        'slow_{n} = Record("job_room:stay_{n}:p", stay.quantile({q}, "{window}", by=[job, room]))\n'
        'alert_{n} = Alert("Slow{n}", slow_{n} > {seconds}, for_="{wait}", **TEXT)\n'
    ),
    'alert_{n} = Alert("Dark{n}", lamps.sum(by=[job, room]) < {count}, for_="{wait}", **TEXT)\n',
    'alert_{n} = Alert("Full{n}", lamps / sockets > {share}, for_="{wait}", **TEXT)\n',
    (
        'alert_{n} = Alert("Busy{n}", visits.rate("{window}").sum(by=[job]) > {count},'
        ' for_="{wait}", **TEXT)\n'
    ),
    (
        'busy_{n} = visits.rate("{window}").sum(by=[job]) > {count}\nalert_{n} = Alert("Calm{n}",'
        ' busy_{n}.and_(calls.rate("{window}").sum(by=[job]) < {seconds}), for_="{wait}", **TEXT)\n'
    ),
    (
        'alert_{n} = Alert("Blind{n}", up.equals(1).unless(lamps.max(by=[job, instance])),'
        ' for_="{wait}", **TEXT)\n'
    ),
)


@st.composite
def shaped(draw: st.DrawFn) -> str:
    """A module with five alerts of different shapes and random limits."""
    text = HEAD
    for number, shape in enumerate(draw(st.permutations(SHAPES))[:5]):
        text += shape.format(
            n=number,
            window=draw(st.sampled_from(("2m", "5m", "10m", "30m"))),
            wait=draw(st.sampled_from(("0s", "2m", "10m", "1h"))),
            share=draw(st.sampled_from((0.01, 0.05, 0.3, 0.9))),
            q=draw(st.sampled_from((0.9, 0.95, 0.99))),
            seconds=draw(st.sampled_from((2, 5, 10, 45))),
            count=draw(st.integers(2, 500)),
        )
    return text


def projects_of(count: int) -> list[str]:
    """That many different modules, the same ones every time."""
    found = dict.fromkeys(drawn(shaped(), count * 5))
    return sorted(found, key=len)[-count:]


EXPLAINED = {
    "and with traffic": {"number 0 → 0.1"},  # the other side asks for more traffic
    "count": {"number 0 → 0.1"},  # numbers that decide nothing between whole numbers
    "topk": {"by (job) dropped", "number 1 → 1.1"},  # one job; whole numbers
    # bounds beyond the limit
    "clamp": {
        "number 0 → 0.1",
        "number 0 → -0.1",
        "number 10 → 11",
        "number 10 → 9",
    },
    "age": {"by (job) dropped"},  # what is summed up again
    # whole numbers, and seconds
    "few targets": {"number 1 → 0.9"},
    "resets": {"number 0 → 0.1"},
    "changes": {"number 2 → 2.2"},
    "between two limits": {"number 0 → 0.1"},
    "several targets down": {"number 1 → 0.9", "number 1 → 1.1"},
    "several kinds at once": {"number 1 → 1.1"},
    "ends soon, and has not ended": {"number 0 → 0.1", "number 0 → -0.1"},
    "old, and known at all": {"number 0 → 0.1"},
    "equal to one": {"sum → count"},  # of ones
}
"""Faults that survive in an alert of this shape, and why no situation shows them."""


def test_every_fault_in_an_alert_of_a_usual_shape_is_noticed(
    usual_shapes: tuple[Plan, Sequence[File]], promtool: Path
) -> None:
    plan, files = usual_shapes
    made = [trial for trial in trials(plan, files) if isinstance(trial.mutant.rule, PlannedAlert)]
    verdicts = judge(promtool, made)
    assert len(verdicts) > 800
    names = dict(
        zip(
            (alert.name for alert in sorted(plan.alerts, key=lambda a: int(a.name[1:]))),
            PROVEN,
            strict=True,
        )
    )
    survived = {names[name]: set(faults) for name, _, _, faults in by_rule(verdicts) if faults}
    assert survived == EXPLAINED


def test_a_promtool_that_gives_no_verdict_kills_no_mutant(tmp_path: Path) -> None:
    """It may have crashed, or been stopped."""
    program = tmp_path / "promtool"
    program.write_text("#!/bin/sh\nexit 137\n")
    program.chmod(0o755)
    plan = alerts(["lamps > 7"])
    with pytest.raises(UsageError, match="gives no verdict"):
        judge(program, list(trials(plan, suite(plan))))


@pytest.mark.parametrize(("answer", "code"), [("  SUCCESS", 0), ("  FAILED:", 1)])
def test_a_promtool_that_disagrees_with_the_engine_is_an_error(
    answer: str, code: int, tmp_path: Path
) -> None:
    """It says the same of every test."""
    program = tmp_path / "promtool"
    program.write_text(f"#!/bin/sh\nshift 2\nfor file; do echo '{answer}'; done\nexit {code}\n")
    program.chmod(0o755)
    plan = alerts([PROVEN["clamp"]])  # some of its mutants survive
    by_engine = "fails" if code == 0 else "passes"
    with pytest.raises(UsageError, match=f"a test {by_engine} by pbmon's own engine"):
        judge(program, list(trials(plan, suite(plan))))


def test_the_engine_and_promtool_kill_the_same_mutants(promtools: Path) -> None:
    """Of alerts and records, each test of each mutant."""
    plan = plan_of(
        "lit = Record('job:lamps:sum', lamps.sum(by=[job]))",
        "rate = Record('job:visits:rate5m', visits.rate('5m').sum(by=[job]))",
        "high = Alert('High', lit > 5, for_='5m', keep_firing_for='2m', **SAID)",
        "busy = Alert('Busy', rate > 2, for_='5m', **SAID)",
        "slow = Alert('Slow', stay.quantile(0.9, '5m', by=[job]) > 3, **SAID)",
    )
    tried = [trial for trial in trials(plan, suite(plan)) if trial.cases]
    pairs = [(trial, number) for trial in tried for number in range(len(trial.cases))]
    by_engine = [
        noticing(trial.mutant, trial.cases[number : number + 1], trial.lineage, trial.clock)
        is not None
        for trial, number in pairs
    ]
    files = [
        UnitTest(test.path, {trial.rules.path: trial.rules.text, test.path: test.text})
        for trial, number in pairs
        for test in [trial.tests[number]]
    ]
    by_promtool = [answer.verdict == "fails" for answer in answers(promtools, files)]
    differ = [
        f"{trial.mutant.rule.title}: {trial.mutant.fault}: {trial.cases[number].name}"
        for (trial, number), engine, other in zip(pairs, by_engine, by_promtool, strict=True)
        if engine != other
    ]
    assert differ == []
    assert by_engine.count(True) > 80 and by_engine.count(False) > 20


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_fault_in_a_made_up_project_is_noticed(
    number: int, promtool: Path, tmp_path: Path
) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions/house.py").write_text(projects_of(3)[number])
    plan = resolve(load(tmp_path / "definitions"))
    files = suite(plan)
    assert unproven(files) == []
    verdicts = judge(promtool, list(trials(plan, files)))
    assert len(verdicts) > 40
    assert {name: survivors for name, _, _, survivors in by_rule(verdicts) if survivors} == {}
