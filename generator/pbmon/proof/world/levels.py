"""The levels of series over time: points, and phases in which a point holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pbmon.proof.world.atoms import Atom, Key

Point = Mapping[Key, float | None]
"""A level for every key; None for series that do not exist."""


@dataclass(frozen=True)
class Phase:
    """A point that holds for some evaluations. reset: counters begin again from zero with it."""

    point: Point
    steps: int
    reset: bool = False


def between(before: Point, after: Point, share: float) -> Point:
    """The point at this share of the way from one to the other; 1 gives `after`."""
    point: dict[Key, float | None] = {}
    for key, level in after.items():
        start = before[key]
        point[key] = level if level is None or start is None else start + (level - start) * share
    return point


def with_copies(point: Point, copies: Mapping[Atom, Atom], levels: Point) -> Point:
    """The point, with copies of atoms beside them. copies: by the atom that each is like; it has
    the level that the atom has in `levels`.
    """
    more = {
        (copies[atom], place): level for (atom, place), level in levels.items() if atom in copies
    }
    return {**point, **more}


def unique(points: Iterable[Point]) -> list[Point]:
    """Each point once, in order."""
    distinct: list[Point] = []
    for point in points:
        if point not in distinct:
            distinct.append(point)
    return distinct
