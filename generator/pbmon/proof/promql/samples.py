"""Samples on a grid of equal steps: what promtool's rule tests feed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, nan
from typing import overload

from pbmon.proof.promql.progressions import Progression, progressions

Labels = tuple[tuple[str, str], ...]
"""Label pairs sorted by name, without `__name__`."""

LOOKBACK = 300
"""Seconds that a sample stays valid for an instant selector (Prometheus's default)."""


@dataclass(frozen=True)
class Clock:
    """sample: seconds between samples. evaluation: seconds between evaluations of the rules, a
    multiple of `sample`.

    Both are multiples of 11, which divides no usual window. So no sample lies on a window's edge,
    where Prometheus 2 counts it and 3 does not.
    """

    sample: int
    evaluation: int


@dataclass(frozen=True)
class Segment:
    """Samples of one series in a phase: first, first + growth, …; first None for no samples."""

    first: float | None
    growth: float
    count: int


_FAR = 1 << 60
"""No sample has this number."""


class Line:
    """One scraped series, as the progressions that its samples make up: samples exist only where
    they are read.

    Where samples end, Prometheus has marked the series as stale.
    """

    __slots__ = ("_count", "_progressions", "_stale", "_starts", "labels")

    def __init__(self, labels: Labels, segments: Sequence[Segment]) -> None:
        self.labels = labels
        self._progressions: list[Progression] = []
        self._stale: set[int] = set()
        at, present = 0, False
        for segment in segments:
            if segment.first is not None:
                self._progressions += progressions(at, segment.first, segment.growth, segment.count)
            elif present:
                self._stale.add(at)
            present = segment.first is not None if segment.count else present
            at += segment.count
        self._count = at
        self._starts = [each.start for each in self._progressions]

    def values(self, indexes: range) -> Sequence[float | None]:
        """The samples of these numbers, as far as there are any; none is below 0."""
        return [self.value(index) for index in indexes if index < self._count]

    def value(self, index: int) -> float | None:
        """The sample of that number, None where there is none."""
        place = bisect_right(self._starts, index) - 1
        if place < 0 or index >= self._progressions[place].stop:
            return None
        return self._progressions[place].value(index)

    def newest(self, indexes: range) -> tuple[int, float] | None:
        """The last sample of these numbers and its number; None where there is none, or where the
        series is marked as gone since.
        """
        last = indexes.stop - 1
        place = bisect_right(self._starts, last) - 1
        if place < 0:
            return None
        progression = self._progressions[place]
        if last >= progression.stop:
            if progression.stop in self._stale:
                return None
            last = progression.stop - 1
        return (last, progression.value(last)) if last >= indexes.start else None

    def only(self, start: int, stop: int) -> Progression | None:
        """The progression that all samples of these numbers belong to, one of NaN where there are
        none; None where they belong to several.
        """
        place = bisect_right(self._starts, start) - 1
        if place >= 0 and self._progressions[place].stop > start:
            return self._progressions[place] if self._progressions[place].stop >= stop else None
        following = place + 1
        end = self._starts[following] if following < len(self._starts) else _FAR
        return Progression(0, end, nan, 0.0) if end >= stop else None

    def inside(self, indexes: range) -> list[Progression]:
        """The samples of these numbers."""
        start, stop = indexes.start, indexes.stop
        place = max(0, bisect_right(self._starts, start) - 1)
        parts: list[Progression] = []
        for each in self._progressions[place:]:
            if each.start >= stop:
                break
            if each.stop > start:
                parts.append(each.clipped(start, stop))
        return parts


class Window(Sequence[tuple[float, float]]):
    """(time in seconds, value) of the samples of a scraped series in a range, oldest first; never
    empty. parts: by numbers of samples. step: seconds between two.
    """

    __slots__ = ("_parts", "_step")

    def __init__(self, parts: Sequence[Progression], step: int) -> None:
        self._parts = parts
        self._step = step

    def __len__(self) -> int:
        return sum(part.stop - part.start for part in self._parts)

    @overload
    def __getitem__(self, place: int) -> tuple[float, float]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[float, float]]: ...
    def __getitem__(
        self, place: int | slice
    ) -> tuple[float, float] | Sequence[tuple[float, float]]:
        if place == 0:
            part = self._parts[0]
            return float(part.start * self._step), part.first
        if place == -1:
            part = self._parts[-1]
            return float((part.stop - 1) * self._step), part.value(part.stop - 1)
        return list(self)[place]

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return (
            (float(number * self._step), part.value(number))
            for part in self._parts
            for number in range(part.start, part.stop)
        )

    @property
    def values(self) -> list[float]:
        """The values alone."""
        values: list[float] = []
        for part in self._parts:
            count = part.stop - part.start
            values += (
                [part.first + number * part.growth for number in range(count)]
                if part.growth
                else [part.first] * count
            )
        return values

    @property
    def resets(self) -> list[float]:
        """The values before those that are lower."""
        if any(part.growth < 0 for part in self._parts):
            return [before for before, after in pairwise(self.values) if after < before]
        return [
            before
            for part, following in pairwise(self._parts)
            if following.first < (before := part.value(part.stop - 1))
        ]


@dataclass
class Store:
    """Scraped series by name. left_open: whether a range excludes its left end, as Prometheus 3
    does and 2 does not.
    """

    clock: Clock
    left_open: bool = False
    lines: dict[str, list[Line]] = field(default_factory=dict)

    def add(self, name: str, lines: Iterable[Line]) -> None:
        """Series under a name."""
        self.lines.setdefault(name, []).extend(lines)

    def indexes(self, time: float, seconds: float, now: float) -> range:
        """Numbers of the samples in a range that ends at `time`, none after `now`."""
        inner = inside(time, seconds, self.clock.sample, left_open=self.left_open, now=now)
        return range(max(0, inner.start), max(0, inner.stop))


def inside(time: float, seconds: float, step: float, *, left_open: bool, now: float = inf) -> range:
    """Numbers of the steps inside a range that ends at `time`, oldest first, none after `now`;
    those before 0 too.

    left_open: whether the range excludes its left end.
    """
    first = -((seconds - time) // step)  # the smallest number at or after the range's left end
    if left_open and first * step == time - seconds:
        first += 1
    return range(int(first), int(min(time, now) // step) + 1)
