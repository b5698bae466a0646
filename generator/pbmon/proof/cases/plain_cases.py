"""Cases read back from plain data, as `plain` writes it."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from math import inf, nan
from typing import Any

from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.case import Case, Expected, Moment
from pbmon.proof.cases.record import RecordCase
from pbmon.proof.promql.samples import Clock, Labels
from pbmon.proof.world.atoms import Atom
from pbmon.proof.world.levels import Phase
from pbmon.proof.world.run import Run

_SPECIAL = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}
"""The same object for every NaN, so that points with one are equal."""


def alert_cases(alert: PlannedAlert, lineage: Lineage, clock: Clock, body: str) -> Iterator[Case]:
    """Of a proof of the alert with this clock."""
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


def record_cases(body: str) -> Iterator[RecordCase]:
    """Of a proof of a record."""
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
    rows, cases = json.loads(zlib.decompress(b64decode(body)), parse_constant=_SPECIAL.get)
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
