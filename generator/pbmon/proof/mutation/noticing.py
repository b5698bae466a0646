"""Which case of a rule notices a mutant of it, worked out without promtool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.cases.case import Case, Expected
from pbmon.proof.cases.namesakes import firing
from pbmon.proof.cases.record import RecordCase, accepted
from pbmon.proof.mutation.mutants import Mutant
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Clock
from pbmon.proof.promql.vectors import UnknownSemantics
from pbmon.proof.texts.values import FailedTemplate, UnknownTemplate
from pbmon.proof.world.samples_of import series, store


class Undecided(Exception):
    """Only promtool can tell."""


def noticing(
    mutant: Mutant, cases: Sequence[Case | RecordCase], lineage: Lineage, clock: Clock
) -> int | None:
    """The number of the first case that fails for the mutant; None where none does. Raises
    Undecided.

    lineage, clock: those that the cases were derived with.
    """
    rule = mutant.rule
    below = {*lineage.records(rule.expr), rule.name}
    if any(reader in below or record in below for reader, record in lineage.late):
        raise Undecided  # the mutant is tried in one group, where nothing is late
    if isinstance(rule, PlannedRecord):
        if rule.name in lineage.records(rule.expr) or rule.shares_name:
            raise Undecided  # it reads itself, or others record its name, too
        lineage = Lineage({**lineage.recorded, rule.name: rule.recorded})
    for number, case in enumerate(cases):
        try:
            if _fails(case, rule, lineage, clock):
                return number
        except (UnknownSemantics, UnknownTemplate, FailedTemplate):
            raise Undecided from None
    return None


def _fails(
    case: Case | RecordCase, rule: PlannedAlert | PlannedRecord, lineage: Lineage, clock: Clock
) -> bool:
    if isinstance(case, RecordCase):
        engine = Engine(store(series(case.atoms, case.phases, clock), clock), lineage)
        vector = engine.record(rule.name, case.index * clock.evaluation)
        return vector.keys() != dict(case.values).keys() or not all(
            low < vector[labels] < high
            for labels, value in case.values
            for low, high in [accepted(value)]
        )
    assert isinstance(rule, PlannedAlert)
    run = replace(case.run, alert=rule)
    return any(
        sorted(firing(run, moment.index), key=_order) != sorted(moment.firing, key=_order)
        for moment in case.moments
    )


def _order(alert: Expected) -> tuple[object, ...]:
    return alert.labels, alert.annotations
