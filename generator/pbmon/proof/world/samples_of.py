"""The samples of atoms whose levels go through phases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pbmon.expr.buckets import bucket_text
from pbmon.model.builtin import ALERT_SERIES
from pbmon.plan.supply import OF_SCRAPES
from pbmon.proof.promql.addition import total
from pbmon.proof.promql.samples import Clock, Labels, Line, Segment, Store
from pbmon.proof.world.atoms import Atom, Key
from pbmon.proof.world.levels import Phase, Point

BASE = 1_000_000.0
"""Where counters begin: so high that Prometheus's correction of rates near zero never applies."""


def series(
    atom_list: Sequence[Atom], phases: Sequence[Phase], clock: Clock
) -> Iterator[tuple[str, Labels, list[Segment]]]:
    """(name, labels, segments) of every series of the atoms through the phases. While a target is
    down, or is none, what it exposes does not arrive: Prometheus marks it as stale at once.
    """
    phases = [replace(phase, point=_arriving(atom_list, phase.point)) for phase in phases]
    for atom in atom_list:
        if atom.kind in {"age", "slope", "turns"}:
            yield atom.metric, atom.labels, list(_restless(atom, phases, clock))
            continue
        if atom.kind != "histogram":
            levels = [phase.point.get(atom.keys[0]) for phase in phases]
            yield (
                atom.metric,
                atom.labels,
                _segments(levels, phases, clock, grows=atom.kind == "counter"),
            )
            continue
        rates = [[phase.point.get(key) for key in atom.keys] for phase in phases]
        sums = [None if any(level is None for level in row) else row for row in rates]
        for position, bound in enumerate(map(bucket_text, (*atom.bounds, float("inf")))):
            if bound in atom.read:
                cumulated = [
                    None if row is None else total([level or 0.0 for level in row[: position + 1]])
                    for row in sums
                ]
                labels = tuple(sorted((*atom.labels, ("le", bound))))
                yield (
                    f"{atom.metric}_bucket",
                    labels,
                    _segments(cumulated, phases, clock, grows=True),
                )
        if "_count" in atom.read:
            totals = [
                None if row is None else total([level or 0.0 for level in row]) for row in sums
            ]
            yield f"{atom.metric}_count", atom.labels, _segments(totals, phases, clock, grows=True)
        if "_sum" in atom.read:
            uppers = [*atom.bounds, atom.bounds[-1] * 2]
            seconds = [
                (
                    None
                    if row is None
                    else total(
                        [(level or 0.0) * upper for level, upper in zip(row, uppers, strict=True)]
                    )
                )
                for row in sums
            ]
            yield f"{atom.metric}_sum", atom.labels, _segments(seconds, phases, clock, grows=True)


def _arriving(atom_list: Sequence[Atom], point: Point) -> Point:
    """Levels that the atoms can have: without what targets expose whose `up` is not 1, and with
    what Prometheus writes beside each `up`.
    """
    arriving: dict[Key, float | None] = {}
    for atom in atom_list:
        for key in atom.keys:
            level = point.get(key)
            arriving[key] = None if level is None else atom.possible(level, key[1])
    ups = {_target(atom): arriving[atom.keys[0]] for atom in atom_list if atom.metric == "up"}
    ups.pop(None, None)
    for atom in (atom for atom in atom_list if ups and _target(atom) in ups):
        up = ups[_target(atom)]
        if atom.metric in OF_SCRAPES and up is not None and arriving[atom.keys[0]] is None:
            arriving[atom.keys[0]] = atom.usual
        elif atom.metric not in OF_SCRAPES | ALERT_SERIES and not up:
            arriving |= dict.fromkeys(atom.keys)
    return arriving


def _target(atom: Atom) -> tuple[str, str] | None:
    labels = dict(atom.labels)
    return (labels["job"], labels["instance"]) if {"job", "instance"} <= labels.keys() else None


def _segments(
    levels: Sequence[float | None], phases: Sequence[Phase], clock: Clock, *, grows: bool
) -> list[Segment]:
    segments: list[Segment] = []
    value = BASE
    for level, phase in zip(levels, phases, strict=True):
        count = phase.steps * (clock.evaluation // clock.sample)
        if level is None:
            segments.append(Segment(None, 0.0, count))
        elif grows:
            growth = rounded(level * clock.sample)
            first = growth if phase.reset else value + growth
            segments.append(Segment(first, growth, count))
            value = first + growth * (count - 1)
        else:
            segments.append(Segment(level, 0.0, count))
    return segments


def _restless(atom: Atom, phases: Sequence[Phase], clock: Clock) -> Iterator[Segment]:
    """The samples of a gauge that never rests."""
    time = 0.0
    for phase in phases:
        count = phase.steps * (clock.evaluation // clock.sample)
        levels = [phase.point.get(key) for key in atom.keys]
        if levels[0] is None:
            yield Segment(None, 0.0, count)
        elif atom.kind == "age":
            yield Segment(rounded(time - levels[0]), float(clock.sample), count)
        elif atom.kind == "slope":
            growth = rounded((levels[1] or 0.0) * clock.sample)
            # what is never negative falls to its level and no further
            above = count * min(growth, 0.0) if atom.lowest == 0 else 0.0
            yield Segment(levels[0] - above, growth, count)
        else:
            yield from _turning(levels[0], levels[1] or 0.0, count)
        time += float(count * clock.sample)


def _turning(value: float, share: float, count: int) -> Iterator[Segment]:
    """Falls by 1 at this share of the samples, to the value."""
    left = [int((count - 1 - number) * share) for number in range(count)]
    for above, run in groupby(left):
        yield Segment(value + above, 0.0, len(list(run)))


def rounded(value: float) -> float:
    """Nine significant digits: what is written into the test is what the engine computes with."""
    return float(f"{value:.9g}")


def store(
    all_series: Iterable[tuple[str, Labels, list[Segment]]],
    clock: Clock,
    *,
    left_open: bool = False,
) -> Store:
    """The series as the engine reads them. left_open: as that of Prometheus 3 does."""
    filled = Store(clock, left_open=left_open)
    for name, labels, segments in all_series:
        filled.add(name, [Line(labels, segments)])
    return filled
