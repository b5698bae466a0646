"""Looks for levels at which a condition holds without knowing its form: tries levels that its
numbers suggest, and keeps what brings it nearer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from pbmon.proof.promql.vectors import Unsteady
from pbmon.proof.search.constants import levels, seconds
from pbmon.proof.search.distance import missing
from pbmon.proof.search.solve import ROUNDS
from pbmon.proof.search.stage import Stage
from pbmon.proof.world.atoms import Atom, Key
from pbmon.proof.world.levels import Point

_REFUSED = 1000.0
"""How far a point is at which Prometheus refuses to evaluate."""

_ROUNDS = 6
"""Times that every level is tried, from one beginning."""

_BEGINNINGS = 6
"""Random points to begin from, besides the usual ones."""

_FACTORS = (0.5, 2.0, 0.9, 1.1, 0.1, 10.0, 0.99, 1.01, 1000.0, 0.001)


@dataclass(frozen=True)
class Explorer:
    """The search for a stage."""

    stage: Stage

    @cached_property
    def handles(self) -> Sequence[tuple[Key, ...]]:
        """Levels that are moved together: each alone, and those of all series of a metric."""
        single = [(key,) for key in self.stage.keys]
        groups: dict[tuple[str, int], list[Key]] = {}
        for key in self.stage.keys:
            groups.setdefault((key[0].metric, key[1]), []).append(key)
        several = [tuple(group) for group in groups.values() if len(group) > 1]
        return [*several, *single]

    @cached_property
    def _levels(self) -> tuple[float, ...]:
        return levels(self.stage.alert.expr, self.stage.lineage)

    @cached_property
    def _seconds(self) -> tuple[float, ...]:
        return seconds(self.stage.alert.expr, self.stage.lineage)

    def loud(self) -> Point | None:
        """A point at which the condition holds; None where none was found."""
        for begin in self._begins():
            point, apart = self._nearest(begin)
            if not apart:
                return point
        return None

    def apart(self, point: Point) -> float:
        """How far the condition is from holding."""
        engine, end = self.stage.moment(point)
        try:
            times = self.stage.times(end)
            apart = max(missing(self.stage.alert.expr, engine, time) for time in times)
            return apart or (0.0 if self.stage.holds(point) else _REFUSED)
        except Unsteady:
            return _REFUSED

    def targets(self, loud: Point, handle: tuple[Key, ...]) -> Iterator[float | None]:
        """Levels at which it may no longer hold: the usual one, lower and higher ones."""
        key, level = handle[0], loud[handle[0]]
        usual = self.stage.usual[key]
        if level is None or usual is None:
            yield usual
            return
        far = [usual, 0.0, level * 0.5, level * 0.9, level * 1.1, level * 2, level * 1000, -level]
        tried = self._tried(key)
        far += [2 * min(tried), 2 * max(tried)]
        yield from dict.fromkeys(
            key[0].possible(other, key[1])
            for other in far
            if other >= 0 or key[0].kind in {"gauge", "age"} or key[1]
        )

    def _begins(self) -> Iterator[Point]:
        usual = self.stage.usual
        yield usual
        yield {key: key[0].possible(1.0) if not key[1] else level for key, level in usual.items()}
        # levels that differ, so that no two series are equal
        yield {
            key: key[0].possible((level or 0.0) * (1 + number / 7), key[1])
            for number, (key, level) in enumerate(usual.items())
        }
        random = Random(0)  # noqa: S311 - the same points in every run
        for _ in range(_BEGINNINGS):
            yield {key: random.choice([*self._tried(key), usual[key]]) for key in self.stage.keys}

    def _nearest(self, begin: Point) -> tuple[Point, float]:
        """The nearest point that single steps from here lead to."""
        point, apart = dict(begin), self.apart(begin)
        for _ in range(_ROUNDS):
            before = apart
            for handle in self.handles:
                if not apart:
                    return point, apart
                point, apart = self._moved(point, apart, handle)
            if apart >= before * 0.999:
                break
        return point, apart

    def _moved(
        self, point: dict[Key, float | None], apart: float, handle: tuple[Key, ...]
    ) -> tuple[dict[Key, float | None], float]:
        """The best level of a handle, the others staying."""
        best, least = point, apart
        for level in self._choices(point, handle):
            other = {**point, **dict.fromkeys(handle, level)}
            away = self.apart(other)
            if away < least:
                best, least = other, away
                if not away:
                    break
        while least < apart and least:  # go on in the direction that helped
            point, apart = best, least
            for factor in _FACTORS:
                other = {**best, **_scaled(best, handle, factor)}
                away = self.apart(other)
                if away < least:
                    best, least = other, away
                    break
        return best, least

    def _choices(self, point: Point, handle: tuple[Key, ...]) -> Iterator[float | None]:
        key = handle[0]
        now = point[key]
        tried: list[float | None] = list(self._tried(key))
        if now and not key[0].binary:
            tried += [now * factor for factor in _FACTORS]
        if not key[1] and self.stage.happens(dict.fromkeys(handle)):
            tried.append(None)
        yield from (level for level in dict.fromkeys(tried) if level != now)

    def _tried(self, key: Key) -> list[float]:
        atom, position = key
        levels = (atom.possible(level, position) for level in self._tried_of(atom, position))
        return list(dict.fromkeys(levels))

    def _tried_of(self, atom: Atom, position: int) -> Sequence[float]:
        if atom.binary:
            return 0.0, 1.0
        if atom.kind == "histogram":
            return 0.0, 1.0, 0.01, 100.0
        if atom.kind == "turns" and position:
            return 0.0, 1.0, 0.5, 0.2, 0.05, 0.02
        per_second = [
            level / length * factor
            for length in self._seconds
            for level in (*self._levels[:6], atom.usual)
            for factor in (1.02, 1.0)
        ]
        if atom.kind == "slope" and position:
            rising = [*self._levels, *per_second]
            return [0.0, *rising, *(-level for level in rising)]
        if atom.kind == "counter":
            return [level for level in (*self._levels, *per_second) if level >= 0]
        if atom.kind == "age":
            ages = [*self._levels, *self._seconds, *(length * 1.02 for length in self._seconds)]
            return [*ages, *(-age for age in ages)]
        return self._levels


def _scaled(point: Point, handle: tuple[Key, ...], factor: float) -> Point:
    scaled: dict[Key, float | None] = {}
    for key in handle:
        level = point[key]
        scaled[key] = level if level is None else key[0].possible(level * factor, key[1])
    return scaled


def edges(explorer: Explorer, loud: Point) -> Iterator[tuple[Point, Point]]:
    """(silent, firing) points that differ in one level, or in one of all series of a metric, where
    the condition just stops to hold; those nearest to their limit first.
    """
    found: list[tuple[float, Point, Point]] = []
    for handle in explorer.handles:
        for target in (*explorer.targets(loud, handle), None):
            quiet = {**loud, **dict.fromkeys(handle, target)}
            if quiet == loud or not explorer.stage.happens(quiet):
                continue
            if not explorer.stage.holds(quiet):
                found.append(_edge(explorer.stage, quiet, loud, handle))
    yield from ((quiet, near) for _, quiet, near in sorted(found, key=lambda edge: edge[0]))


def _edge(
    stage: Stage, quiet: Point, loud: Point, handle: tuple[Key, ...]
) -> tuple[float, Point, Point]:
    """The two points, moved towards each other until each is one percent from the limit, and how
    far they are apart.
    """
    key = handle[0]
    low, high = quiet[key], loud[key]
    if low is None or high is None or key[0].binary:
        return 2.0, quiet, loud
    if any(loud[other] != high for other in handle):
        return 1.5, quiet, loud
    short, enough = low, high
    for _ in range(ROUNDS):
        if abs(short - enough) <= max(abs(short), abs(enough)) * 1e-5:
            break
        middle = (short + enough) / 2
        if stage.holds({**loud, **dict.fromkeys(handle, middle)}):
            enough = middle
        else:
            short = middle
    margin = max(abs(enough), abs(short)) * 0.01 * (1 if high > low else -1)
    near = {**loud, **dict.fromkeys(handle, key[0].possible(enough + margin, key[1]))}
    if not stage.holds(near):
        near = {**loud, **dict.fromkeys(handle, enough)}
    far = {**loud, **dict.fromkeys(handle, key[0].possible(short - margin, key[1]))}
    if stage.holds(far) or (short - margin - low) * (1 if high > low else -1) < 0:
        far = {**loud, **dict.fromkeys(handle, short)}
    a, b = near[key] or 0.0, far[key] or 0.0
    return abs(a - b) / (max(abs(a), abs(b)) or 1.0), far, near
