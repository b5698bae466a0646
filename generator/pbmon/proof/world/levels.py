"""Levels that series keep for a while: points, and phases one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pbmon.proof.world.atoms import Key

Point = Mapping[Key, float | None]
"""A level for every key; None for series that do not exist."""


@dataclass(frozen=True)
class Phase:
    """A point that holds for some evaluations. reset: counters begin again from zero with it."""

    point: Point
    steps: int
    reset: bool = False


def between(before: Point, after: Point, share: float) -> Point:
    """The point that far on the way from one to the other, 1 being all of it."""
    found: dict[Key, float | None] = {}
    for key, level in after.items():
        start = before[key]
        found[key] = level if level is None or start is None else start + (level - start) * share
    return found


def unique(points: Iterable[Point]) -> list[Point]:
    """Each point once, in order."""
    found: list[Point] = []
    for point in points:
        if point not in found:
            found.append(point)
    return found
