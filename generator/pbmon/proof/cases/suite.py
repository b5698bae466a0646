"""Every proof of a plan, arranged in files of promtool's rule tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from pbmon import durations
from pbmon.cache import Cache
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.plan.paths import RULE_TESTS
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord, whole
from pbmon.plan.scope import Scope
from pbmon.proof.cases.deriving import Report, derive
from pbmon.proof.cases.proofs import History, Proof, RecordProof, Verdict
from pbmon.proof.cases.task import Task
from pbmon.proof.promql.samples import Clock
from pbmon.proof.world.clock import clock_for

if TYPE_CHECKING:
    from pbmon.proof.cases.by_hand import HandProof


@dataclass(frozen=True)
class TestFile:
    """Tests of one rule file with one clock. path: of the artifact. rule_files, groups: in the
    order of their evaluation.
    """

    path: str
    tested: str
    clock: Clock
    rule_files: tuple[str, ...]
    groups: tuple[str, ...]
    alerts: tuple[Proof, ...] = ()
    records: tuple[RecordProof, ...] = ()
    by_hand: tuple[HandProof, ...] = ()


Proofs = Callable[[], Sequence[TestFile]]
"""The derived tests of a plan, worked out when they are first asked for."""


BY_HAND = "-by-hand-"
"""In the path of a file of tests that somebody wrote, before their interval."""


def suite(
    plan: Plan,
    cache: Cache | None = None,
    report: Report | None = None,
    workers: int = 0,
) -> tuple[TestFile, ...]:
    """A file for each rule file, and for each step and set of recording rules that its rules need;
    sorted by path.

    promtool evaluates every rule of every file it is given at every step, so a file names only what
    its rules read. cache, report, workers: see derive().
    """
    groups_of: dict[str, list[PlannedGroup]] = {}
    for group in plan.recording:
        for name in dict.fromkeys(rule.name for rule in group.rules):
            groups_of.setdefault(name, []).append(group)
    test_files: list[TestFile] = []
    tasks: list[list[Task]] = []
    scope = Scope(plan.catalog)
    for group in (*plan.recording, *plan.alerting):
        shared: dict[tuple[Clock, tuple[str, ...]], list[Task]] = {}
        for rule in group.rules:
            clock, below = _clock(rule, group, plan, groups_of, scope)
            shared.setdefault((clock, below), []).append(_task(rule, group, clock))
        clocks: dict[tuple[str, ...], list[Clock]] = {}
        for clock, below in shared:
            clocks.setdefault(below, []).append(clock)
        for (clock, needed), of_file in shared.items():
            groups = _evaluated(plan, needed, group)
            path = f"{RULE_TESTS}/{_name(group, clock, needed, clocks)}.yml"
            files, names = (tuple(other.file for other in groups), tuple(g.name for g in groups))
            test_files.append(TestFile(path, group.file, clock, files, names))
            tasks.append(of_file)
    proofs = iter(derive([*chain.from_iterable(tasks)], plan, cache or Cache(), report, workers))
    proven = [
        _with_proofs(file, [*islice(proofs, len(of_file))])
        for file, of_file in zip(test_files, tasks, strict=True)
    ]
    by_hand = chain.from_iterable(
        _by_hand(plan, group, groups_of) for group in (*plan.recording, *plan.alerting)
    )
    return tuple(sorted([*proven, *by_hand], key=lambda file: file.path))


def _clock(
    rule: PlannedAlert | PlannedRecord,
    group: PlannedGroup,
    plan: Plan,
    groups_of: Mapping[str, Sequence[PlannedGroup]],
    scope: Scope,
) -> tuple[Clock, tuple[str, ...]]:
    """The clock of a rule's proof, and the other groups that it needs, sorted."""
    evaluated = [whole(rule, plan.lineage), *(each.expr for each in group.namesakes(rule))]
    names = {name for node in evaluated for name in plan.lineage.records(node)} | {rule.name}
    read = [group, *(writer for name in names for writer in groups_of.get(name, ()))]
    clock = clock_for(
        rule.expr,
        plan.lineage,
        rule.for_ if isinstance(rule, PlannedAlert) else "0s",
        scraped=_slowest_job(rule, plan, scope),
        run=max((durations.seconds(each.interval) for each in read if each.interval), default=0.0),
        counted=_runs_every(group, plan) if isinstance(rule, PlannedAlert) else 0.0,
    )
    return clock, tuple(sorted({each.name for each in read} - {group.name}))


def _runs_every(group: PlannedGroup, plan: Plan) -> float:
    """Seconds between two runs of the group."""
    return durations.seconds(group.interval or plan.settings.evaluation_interval)


def _task(rule: PlannedAlert | PlannedRecord, group: PlannedGroup, clock: Clock) -> Task:
    if isinstance(rule, PlannedRecord):
        return Task(clock, record=rule)
    return Task(clock, alert=rule, namesakes=group.namesakes(rule))


def _with_proofs(file: TestFile, proofs: Sequence[Proof | RecordProof]) -> TestFile:
    return replace(
        file,
        alerts=tuple(proof for proof in proofs if isinstance(proof, Proof)),
        records=tuple(proof for proof in proofs if isinstance(proof, RecordProof)),
    )


def _evaluated(
    plan: Plan, needed: Collection[str], group: PlannedGroup
) -> tuple[PlannedGroup, ...]:
    """The groups that a test of the group evaluates, in order; alerts come last."""
    places = plan.place_of_group
    read = {*needed, group.name} & places.keys()
    recording = tuple(plan.evaluated[place] for place in sorted(places[name] for name in read))
    return recording if group in recording else (*recording, group)


def _slowest_job(rule: PlannedAlert | PlannedRecord, plan: Plan, scope: Scope) -> float:
    """Seconds between two scrapes of the slowest job that the rule reads, through records too."""
    read = {name for selector in plan.lineage.raw(rule.expr) for name in scope.jobs(selector)}
    jobs = (plan.jobs[plan.place_of_job[name]] for name in read)
    return max((durations.seconds(job.interval) for job in jobs), default=0.0)


def _by_hand(
    plan: Plan,
    group: PlannedGroup,
    groups_of: Mapping[str, Sequence[PlannedGroup]],
) -> Iterator[TestFile]:
    """One file for each interval of the hand-written tests of a group's rules. Raises
    DefinitionErrors for tests that do not say what they expect.
    """
    if not plan.catalog.rule_tests:
        return
    from pbmon.proof.cases.by_hand import HandProof, expected

    rules = {rule.definition: rule for rule in group.rules}
    by_interval: dict[str, list[HandProof]] = {}
    errors: list[DefinitionError] = []
    for test in plan.catalog.rule_tests:
        if rule := rules.get(test.rule):
            try:
                proof = HandProof(rule, test, expected(rule, test))
            except DefinitionError as error:
                errors.append(error)
            else:
                by_interval.setdefault(test.interval, []).append(proof)
    if errors:
        raise DefinitionErrors(errors)
    for interval, proofs in sorted(by_interval.items()):
        nodes = [whole(proof.rule, plan.lineage) for proof in proofs]
        read = {name for node in nodes for name in plan.lineage.records(node)}
        read |= {proof.rule.name for proof in proofs}
        writers = {writer.name for name in read for writer in groups_of.get(name, ())}
        needed = writers - {group.name}
        evaluated = _evaluated(plan, needed, group)
        seconds = round(durations.seconds(interval))
        path = f"{RULE_TESTS}/{_base(group)}{BY_HAND}{interval}.yml"
        files = tuple(other.file for other in evaluated)
        names = tuple(other.name for other in evaluated)
        yield TestFile(
            path, group.file, Clock(seconds, seconds), files, names, by_hand=tuple(proofs)
        )


def _base(group: PlannedGroup) -> str:
    """The rule file's name; alerts and records of one name are told apart."""
    name = group.file.rpartition("/")[2].removesuffix(".yml")
    return f"{name}-records" if "/recording/" in group.file else name


def _name(
    group: PlannedGroup,
    clock: Clock,
    needed: tuple[str, ...],
    clocks: Mapping[tuple[str, ...], Collection[Clock]],
) -> str:
    """The rule file's name, and what sets this file apart from its siblings. clocks: of all files
    of the group, by the groups that they need.
    """
    parts = [_base(group)]
    if len(clocks) > 1:
        parts += [name.removesuffix("-recording") for name in needed]
    if len(clocks[needed]) > 1:
        parts.append(
            f"{clock.sample}s"
            + (f"-{clock.evaluation}s" if clock.evaluation != clock.sample else "")
        )
    return "-".join(parts)


class Unproven(NamedTuple):
    """A rule without a proof, and why it has none. help: what to do, where the verdict alone does
    not say it.
    """

    rule: PlannedAlert | PlannedRecord
    reason: str
    verdict: Verdict
    help: str = ""


def unproven(files: Sequence[TestFile]) -> list[Unproven]:
    """Every rule without a proof, and why. A test written by hand replaces a proof, except for an
    alert that cannot change.
    """
    proven_by_hand = {proof.test.rule for file in files for proof in file.by_hand}
    alerts = [
        Unproven(proof.alert, proof.reason, proof.verdict, proof.help)
        for file in files
        for proof in file.alerts
        if proof.reason
        and (proof.verdict != "not proven" or proof.alert.definition not in proven_by_hand)
    ]
    return alerts + [
        Unproven(proof.record, proof.reason, "not proven")
        for file in files
        for proof in file.records
        if proof.reason and proof.record.definition not in proven_by_hand
    ]


def histories(files: Iterable[TestFile]) -> dict[str, History]:
    """The history of every alert's first case, by the alert's title; alerts without a derived proof
    have none, and those that always fire.
    """
    return {
        proof.alert.title: proof.history
        for file in files
        for proof in file.alerts
        if proof.history is not None
    }
