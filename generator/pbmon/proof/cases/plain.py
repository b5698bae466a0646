"""Derived cases as plain data: what is remembered between runs, and what worker processes answer.

Read back they are equal, to the last digit and in the same order. A line says the verdict, another
one the cases, which are read when they are first looked at: most commands only count them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar, assert_never, overload

from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.alert import Proof
from pbmon.proof.cases.case import Case, Expected, Moment
from pbmon.proof.cases.history import Course, History
from pbmon.proof.cases.record import RecordCase, RecordProof
from pbmon.proof.cases.task import Task
from pbmon.proof.promql.samples import Clock, Labels
from pbmon.proof.world.atoms import Atom
from pbmon.proof.world.levels import Phase
from pbmon.proof.world.run import Run

_T = TypeVar("_T")


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
    parts: tuple[list[Any], ...] = ([len(cases), *said], [atoms, cases])
    return "\n".join(json.dumps(part, separators=(",", ":")) for part in parts)


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


class Unread(Sequence[_T]):
    """So many cases, read when they are first looked at."""

    def __init__(self, count: int, read: Callable[[], Iterable[_T]]) -> None:
        self._count = count
        self._read = read

    @cached_property
    def _all(self) -> tuple[_T, ...]:
        return tuple(self._read())

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[_T]: ...
    def __getitem__(self, index: int | slice) -> _T | Sequence[_T]:
        return self._all[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all)


def proof_of(task: Task, lineage: Lineage, text: str) -> Proof | RecordProof:
    """The proof of the task's rule that the text was made of."""
    head, _, body = text.partition("\n")
    count, *said = json.loads(head)
    if task.record is not None:
        return RecordProof(task.record, Unread(count, lambda: _record_cases(body)), *said)
    alert, clock = task.alert, task.clock
    assert alert is not None
    reason, verdict, help, shown = said
    cases = Unread(count, lambda: _alert_cases(alert, lineage, clock, body))
    return Proof(alert, cases, reason, verdict, help, _history(alert, shown))


def _alert_cases(alert: PlannedAlert, lineage: Lineage, clock: Clock, body: str) -> Iterator[Case]:
    atoms, cases = _read(body)
    for name, numbers, phases, moments in cases:
        of_case = [atoms[number] for number in numbers]
        yield Case(
            name,
            Run(alert, lineage, of_case, _read_phases(phases, atoms), clock),
            tuple(
                Moment(index, _read_expected(firing), _read_expected(namesakes))
                for index, firing, namesakes in moments
            ),
        )


def _record_cases(body: str) -> Iterator[RecordCase]:
    atoms, cases = _read(body)
    for name, numbers, phases, index, values in cases:
        yield RecordCase(
            name,
            tuple(atoms[number] for number in numbers),
            tuple(_read_phases(phases, atoms)),
            index,
            tuple((_labels(labels), value) for labels, value in values),
        )


def _read(body: str) -> tuple[list[Atom], list[Any]]:
    rows, cases = json.loads(body)
    atoms = [
        Atom(metric, kind, _labels(labels), tuple(bounds), frozenset(read), usual, binary, lowest)
        for metric, kind, labels, bounds, read, usual, binary, lowest in rows
    ]
    return atoms, cases


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
