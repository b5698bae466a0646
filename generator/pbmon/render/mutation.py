"""Mutants as rule files, each with the tests of the rule it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pbmon.artifact import Artifact
from pbmon.plan.paths import RULE_TESTS
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord, whole
from pbmon.proof.cases.case import Case
from pbmon.proof.cases.proofs import Proof, RecordProof
from pbmon.proof.cases.record import RecordCase
from pbmon.proof.cases.suite import TestFile
from pbmon.proof.mutation.faults import Others
from pbmon.proof.mutation.mutants import Mutant, Rule, all_series, mutants
from pbmon.proof.mutation.trials import Trial
from pbmon.proof.promql.samples import Clock
from pbmon.render import rule_tests, rules

_RULES = "monitoring/rules.yml"


@dataclass(frozen=True)
class _Tested:
    """A rule and its tests: of each case a file, then those that somebody wrote."""

    rule: Rule
    tests: tuple[Artifact, ...]
    clock: Clock
    cases: Sequence[Case | RecordCase] = ()


def trials(plan: Plan, files: Sequence[TestFile]) -> Iterator[Trial]:
    """Every mutant of every proven rule. Its rule file holds the mutant, the other alerts of its
    name, and the records that these or its original read.
    """
    lineage = plan.lineage
    others = Others(
        all_series([*plan.alerts, *plan.records]), lineage, [job.name for job in plan.jobs]
    )
    for tested in _tested(files):
        render = partial(_rule_file, plan, tested.rule)
        for mutant in mutants(tested.rule, others):
            yield Trial(mutant, tested.tests, tested.cases, lineage, tested.clock, render)


def _rule_file(plan: Plan, rule: Rule, mutant: Mutant) -> Artifact:
    namesakes = _namesakes(plan, rule)
    rules_tested = (rule, mutant.rule, *namesakes)
    needed = {name for each in rules_tested for name in plan.lineage.records(each.expr)}
    if isinstance(rule, PlannedRecord) and rule.shares_name:
        needed |= {rule.name, *plan.lineage.records(whole(rule, plan.lineage))}
    in_order = [
        record for record in plan.records if record.name in needed and record.title != rule.title
    ]
    rules_of_group = (*in_order, mutant.rule, *namesakes)
    group = PlannedGroup("mutant", _RULES, "", "", rules_of_group, rule.source)
    return next(rules.render([group]))


def _namesakes(plan: Plan, rule: Rule) -> tuple[PlannedAlert, ...]:
    return next((group.namesakes(rule) for group in plan.alerting if rule in group.rules), ())


def _tested(files: Sequence[TestFile]) -> Iterator[_Tested]:
    """Every rule with its derived tests and those that somebody wrote."""
    written = {
        rule: (_written(file, rule), file.clock)
        for file in files
        for rule in dict.fromkeys(proof.rule for proof in file.by_hand)
    }
    for file in files:
        proofs: tuple[Proof | RecordProof, ...] = (*file.alerts, *file.records)
        for proof in proofs:
            rule: Rule = proof.alert if isinstance(proof, Proof) else proof.record
            cases: Sequence[Case | RecordCase] = tuple(proof.cases)  # each is read once
            if cases:
                tests = tuple(rule_tests.render(_one_by_one(file, proof, cases)))
                by_hand, _ = written.pop(rule, ((), None))
                yield _Tested(rule, (*tests, *by_hand), file.clock, cases)
    for rule, (tests, clock) in written.items():
        yield _Tested(rule, tests, clock)


def _written(file: TestFile, rule: Rule) -> tuple[Artifact, ...]:
    of_rule = tuple(proof for proof in file.by_hand if proof.rule is rule)
    return tuple(rule_tests.render([replace(_alone(file), by_hand=of_rule)]))


def _one_by_one(
    file: TestFile, proof: Proof | RecordProof, cases: Sequence[Case | RecordCase]
) -> Iterator[TestFile]:
    """A file for each case."""
    for number, case in enumerate(cases):
        path = f"{RULE_TESTS}/{number}.yml"
        if isinstance(proof, Proof):
            assert isinstance(case, Case)
            yield replace(
                _alone(file), alerts=(replace(proof, cases=(case,), digest=b""),), path=path
            )
        else:
            assert isinstance(case, RecordCase)
            yield replace(
                _alone(file), records=(replace(proof, cases=(case,), digest=b""),), path=path
            )


def _alone(file: TestFile) -> TestFile:
    """Without its tests, for the file of a mutant."""
    nothing = replace(file, alerts=(), records=(), by_hand=())
    return replace(nothing, rule_files=(_RULES,), groups=("mutant",))
