"""Derived cases as plain data: what is remembered between runs, and what worker processes answer.

Read back they are equal, to the last digit and in the same order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.alert import Proof
from pbmon.proof.cases.case import Case, Expected, Moment
from pbmon.proof.cases.history import Course, History
from pbmon.proof.cases.record import RecordCase, RecordProof
from pbmon.proof.cases.task import Task
from pbmon.proof.promql.samples import Labels
from pbmon.proof.world.atoms import Atom
from pbmon.proof.world.levels import Phase
from pbmon.proof.world.run import Run


class _Atoms:
    """Each atom once, by its number: a case says it for every phase."""

    def __init__(self) -> None:
        self.numbers: dict[Atom, int] = {}

    def __call__(self, atom: Atom) -> int:
        return self.numbers.setdefault(atom, len(self.numbers))


def text(proof: Proof | RecordProof) -> str:
    """The proof as JSON, without its rule."""
    number = _Atoms()
    cases: list[list[Any]]
    match proof:
        case Proof():
            said: list[Any] = [proof.reason, proof.verdict, proof.help, _shown(proof.history)]
            cases = [
                [
                    case.name,
                    [number(atom) for atom in case.run.atoms],
                    _phases(case.run.phases, number),
                    [
                        [moment.index, _expected(moment.firing), _expected(moment.namesakes)]
                        for moment in case.moments
                    ],
                ]
                for case in proof.cases
            ]
        case RecordProof():
            said = [proof.reason]
            cases = [
                [
                    case.name,
                    [number(atom) for atom in case.atoms],
                    _phases(case.phases, number),
                    case.index,
                    case.values,
                ]
                for case in proof.cases
            ]
        case _:
            assert_never(proof)
    atoms = [
        [
            atom.metric,
            atom.kind,
            atom.labels,
            atom.bounds,
            sorted(atom.read),
            atom.usual,
            atom.binary,
            atom.lowest,
        ]
        for atom in number.numbers
    ]
    return json.dumps([said, atoms, cases], separators=(",", ":"))


def _phases(phases: Iterable[Phase], number: _Atoms) -> list[Any]:
    return [
        [
            phase.steps,
            phase.reset,
            [[number(atom), position, level] for (atom, position), level in phase.point.items()],
        ]
        for phase in phases
    ]


def _expected(alerts: Iterable[Expected]) -> list[Any]:
    return [[alert.labels, alert.annotations] for alert in alerts]


def proof_of(task: Task, lineage: Lineage, text: str) -> Proof | RecordProof:
    """The proof of the task's rule that the text was made of."""
    said, atom_rows, cases = json.loads(text)
    atoms = [
        Atom(metric, kind, _labels(labels), tuple(bounds), frozenset(read), usual, binary, lowest)
        for metric, kind, labels, bounds, read, usual, binary, lowest in atom_rows
    ]
    if task.record is not None:
        recorded = (
            RecordCase(
                name,
                tuple(atoms[number] for number in numbers),
                tuple(_read_phases(phases, atoms)),
                index,
                tuple((_labels(labels), value) for labels, value in values),
            )
            for name, numbers, phases, index, values in cases
        )
        return RecordProof(task.record, tuple(recorded), *said)
    assert task.alert is not None
    reason, verdict, help, shown = said
    proven = (
        Case(
            name,
            Run(
                task.alert,
                lineage,
                [atoms[number] for number in numbers],
                _read_phases(phases, atoms),
                task.clock,
            ),
            tuple(
                Moment(index, _read_expected(firing), _read_expected(namesakes))
                for index, firing, namesakes in moments
            ),
        )
        for name, numbers, phases, moments in cases
    )
    return Proof(task.alert, tuple(proven), reason, verdict, help, _history(task.alert, shown))


def _labels(pairs: Iterable[Sequence[str]]) -> Labels:
    return tuple((name, value) for name, value in pairs)


def _read_phases(phases: Iterable[Any], atoms: Sequence[Atom]) -> list[Phase]:
    return [
        Phase({(atoms[number], position): level for number, position, level in point}, steps, reset)
        for steps, reset, point in phases
    ]


def _read_expected(alerts: Iterable[Any]) -> tuple[Expected, ...]:
    return tuple(Expected(_labels(labels), _labels(annotations)) for labels, annotations in alerts)


def _shown(history: History | None) -> list[Any] | None:
    """Without the alert, and what is written of it."""
    return (
        history
        if history is None
        else [
            history.times,
            [[course.text, course.values] for course in history.courses],
            history.operator,
            [history.limit.text, history.limit.values],
            history.pending,
            history.firing,
            history.resolved,
        ]
    )


def _history(alert: PlannedAlert, shown: list[Any] | None) -> History | None:
    if shown is None:
        return None
    times, courses, operator, limit, pending, firing, resolved = shown
    return History(
        alert,
        tuple(times),
        tuple(_course(course) for course in courses),
        operator,
        _course(limit),
        pending,
        firing,
        resolved,
    )


def _course(shown: Sequence[Any]) -> Course:
    text, values = shown
    return Course(text, tuple(values))
