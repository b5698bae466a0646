"""Mutants as rule files, each with the tests of the rule it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedGroup
from pbmon.proof.cases.case import Case
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
    """A rule and its tests, one file a case."""

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
    in_order = [
        record for record in plan.records if record.name in needed and record.name != rule.name
    ]
    rules_of_group = (*in_order, mutant.rule, *namesakes)
    group = PlannedGroup("mutant", _RULES, "", "", rules_of_group, rule.source)
    return next(rules.render([group]))


def _namesakes(plan: Plan, rule: Rule) -> tuple[PlannedAlert, ...]:
    return next((group.namesakes(rule) for group in plan.alerting if rule in group.rules), ())


def _tested(files: Sequence[TestFile]) -> Iterator[_Tested]:
    for file in files:
        alone = replace(
            file, rule_files=(_RULES,), groups=("mutant",), alerts=(), records=(), by_hand=()
        )
        for rule in dict.fromkeys(proof.rule for proof in file.by_hand):
            selected_file = replace(
                alone, by_hand=tuple(proof for proof in file.by_hand if proof.rule is rule)
            )
            yield _Tested(rule, tuple(rule_tests.render([selected_file])), file.clock)
        for proof in file.alerts:
            cases_of = tuple(proof.cases)
            cases = [
                replace(
                    alone,
                    alerts=(replace(proof, cases=(case,)),),
                    path=f"monitoring/rule-tests/{n}.yml",
                )
                for n, case in enumerate(cases_of)
            ]
            if cases:
                tests = tuple(rule_tests.render(cases))
                yield _Tested(proof.alert, tests, file.clock, cases_of)
        for recorded in file.records:
            cases_of_record = tuple(recorded.cases)
            cases = [
                replace(
                    alone,
                    records=(replace(recorded, cases=(case,)),),
                    path=f"monitoring/rule-tests/{number}.yml",
                )
                for number, case in enumerate(cases_of_record)
            ]
            if cases:
                tests = tuple(rule_tests.render(cases))
                yield _Tested(recorded.record, tests, file.clock, cases_of_record)
