"""Derived cases as plain data: what is remembered between runs, and what worker processes answer.

Read back they are equal, to the last digit and in the same order. A line says the verdict, another
one holds the cases, compressed: they are read when somebody looks at them, and most commands only
count them.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, assert_never, overload

from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.proofs import Course, History, Proof, RecordProof
from pbmon.proof.cases.task import Task
from pbmon.proof.promql.samples import Clock

if TYPE_CHECKING:
    from pbmon.proof.cases.case import Case, Expected
    from pbmon.proof.cases.record import RecordCase
    from pbmon.proof.world.atoms import Atom
    from pbmon.proof.world.levels import Phase

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
    head, body = _json([len(cases), *said]), _json([atoms, cases])
    return f"{head}\n{b64encode(zlib.compress(body.encode(), 1)).decode()}"


def _json(value: list[Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


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
    """So many cases, read whenever somebody looks at them: all of a large project do not fit into
    memory.
    """

    def __init__(self, count: int, read: Callable[[], Iterator[_T]]) -> None:
        self._count = count
        self._read = read

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[_T]:
        return self._read()

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[_T]: ...
    def __getitem__(self, index: int | slice) -> _T | Sequence[_T]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


def proof_of(task: Task, lineage: Lineage, text: str) -> Proof | RecordProof:
    """The proof of the task's rule that the text was made of."""
    head, _, body = text.partition("\n")
    count, *said = json.loads(head)
    if task.record is not None:
        return RecordProof(task.record, Unread(count, partial(_record_cases, body)), *said)
    assert task.alert is not None
    reason, verdict, help, shown = said
    cases = Unread(count, partial(_alert_cases, task.alert, lineage, task.clock, body))
    return Proof(task.alert, cases, reason, verdict, help, _history(task.alert, shown))


def _alert_cases(alert: PlannedAlert, lineage: Lineage, clock: Clock, body: str) -> Iterator[Case]:
    from pbmon.proof.cases.plain_cases import alert_cases

    return alert_cases(alert, lineage, clock, body)


def _record_cases(body: str) -> Iterator[RecordCase]:
    from pbmon.proof.cases.plain_cases import record_cases

    return record_cases(body)


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
