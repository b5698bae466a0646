"""Every proof of a plan, arranged in files of promtool's rule tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pbmon import durations
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.plan.paths import RULE_TESTS
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord
from pbmon.plan.scope import Scope
from pbmon.proof.cases.alert import Proof, Verdict, prove
from pbmon.proof.cases.by_hand import HandProof, expected
from pbmon.proof.cases.first_event import born_late
from pbmon.proof.cases.namesakes import beside
from pbmon.proof.cases.record import RecordProof, prove_records
from pbmon.proof.promql.samples import Clock
from pbmon.proof.world.clock import clock_for
from pbmon.proof.world.jobs import told_apart


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


def suite(plan: Plan) -> tuple[TestFile, ...]:
    """A file for each rule file, and for each step and set of recording rules that its rules need;
    sorted by path.

    promtool evaluates every rule of every file it is given at every step, so a file names only what
    its rules read.
    """
    lineage, late = plan.lineage, born_late(plan)
    group_of = {rule.name: group for group in plan.recording for rule in group.rules}
    scope = Scope(plan.catalog)
    test_files = []
    for group in (*plan.recording, *plan.alerting):
        shared: dict[tuple[Clock, tuple[str, ...]], list[PlannedAlert | PlannedRecord]] = {}
        for rule in group.rules:
            evaluated = [rule, *group.namesakes(rule)]
            names = {name for each in evaluated for name in lineage.records(each.expr)}
            below = {group_of[name].name for name in names} - {group.name}
            read = [group, *(group_of[name] for name in names)]
            clock = clock_for(
                rule.expr,
                lineage,
                rule.for_ if isinstance(rule, PlannedAlert) else "0s",
                scraped=_slowest_job(rule, plan, scope),
                run=max(durations.seconds(each.interval) for each in read if each.interval)
                if any(each.interval for each in read)
                else 0.0,
            )
            shared.setdefault((clock, tuple(sorted(below))), []).append(rule)
        for (clock, needed), rules in shared.items():
            groups = _evaluated(plan, needed, group)
            alerts = tuple(
                beside(
                    prove(rule, lineage, told_apart(lineage.raw(rule.expr), plan), clock, late),
                    group.namesakes(rule),
                )
                for rule in rules
                if isinstance(rule, PlannedAlert)
            )
            recorded = prove_records(
                [rule for rule in rules if isinstance(rule, PlannedRecord)], plan, clock
            )
            path = f"{RULE_TESTS}/{_name(group, clock, needed, list(shared))}.yml"
            test_files.append(
                TestFile(
                    path,
                    group.file,
                    clock,
                    tuple(other.file for other in groups),
                    tuple(other.name for other in groups),
                    alerts,
                    tuple(recorded),
                )
            )
        test_files += _by_hand(plan, group, group_of)
    return tuple(sorted(test_files, key=lambda file: file.path))


def _evaluated(
    plan: Plan, needed: Collection[str], group: PlannedGroup
) -> tuple[PlannedGroup, ...]:
    """The groups that a test of the group evaluates, in order; alerts come last."""
    recording = tuple(
        other for other in plan.evaluated if other.name in needed or other.name == group.name
    )
    return recording if group in recording else (*recording, group)


def _slowest_job(rule: PlannedAlert | PlannedRecord, plan: Plan, scope: Scope) -> float:
    """Seconds between two scrapes of the slowest job that the rule reads, through records too."""
    read = {name for selector in plan.lineage.raw(rule.expr) for name in scope.jobs(selector)}
    jobs = (plan.jobs[plan.place_of_job[name]] for name in read)
    return max((durations.seconds(job.interval) for job in jobs), default=0.0)


def _by_hand(
    plan: Plan,
    group: PlannedGroup,
    group_of: Mapping[str, PlannedGroup],
) -> Iterator[TestFile]:
    """One file for each interval of the hand-written tests of a group's rules. Raises
    DefinitionErrors for tests that do not say what they expect.
    """
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
        below = {name for proof in proofs for name in plan.lineage.records(proof.rule.expr)}
        needed = {group_of[name].name for name in below} - {group.name}
        evaluated = _evaluated(plan, needed, group)
        seconds = round(durations.seconds(interval))
        path = f"{RULE_TESTS}/{_base(group)}-by-hand-{interval}.yml"
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
    shared: list[tuple[Clock, tuple[str, ...]]],
) -> str:
    """The rule file's name, and what sets this file apart from its siblings."""
    parts = [_base(group)]
    if len({other for _, other in shared}) > 1:
        parts += [name.removesuffix("-recording") for name in needed]
    if len({other for other, names in shared if names == needed}) > 1:
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
