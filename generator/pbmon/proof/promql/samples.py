"""Samples on a grid of equal steps: what promtool's rule tests feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, repeat
from math import inf

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


class Line:
    """One scraped series, as the segments that its samples make up.

    Each sample is the one before plus the growth, as promtool computes them: a product would differ
    in the last digits; without growth it adds nothing, so -0 stays -0. Where samples end,
    Prometheus has marked the series as stale.
    """

    def __init__(self, labels: Labels, segments: Sequence[Segment]) -> None:
        self.labels = labels
        self._values: list[float | None] = []
        self._stale: set[int] = set()
        for segment in segments:
            if segment.first is None:
                if self._values and self._values[-1] is not None:
                    self._stale.add(len(self._values))
                self._values += [None] * segment.count
            elif segment.count:
                same = repeat(segment.first, segment.count)
                growing = accumulate(
                    repeat(segment.growth, segment.count - 1), initial=segment.first
                )
                self._values += growing if segment.growth else same

    def values(self, indexes: range) -> Sequence[float | None]:
        """The samples of these numbers, as far as there are any; none is below 0."""
        return self._values[indexes.start : indexes.stop]

    def is_stale(self, index: int) -> bool:
        """Whether the series is marked as gone at that number."""
        return index in self._stale

    def value(self, index: int) -> float | None:
        """The sample of that number, None where there is none."""
        return self._values[index] if 0 <= index < len(self._values) else None


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

    def newest(self, line: Line, time: float, now: float) -> tuple[float, float] | None:
        """(time, value) of what an instant selector sees: the newest sample of the last LOOKBACK
        seconds. Samples after `now` are not there yet.
        """
        step = self.clock.sample
        for index in reversed(inside(time, LOOKBACK, step, left_open=self.left_open, now=now)):
            if (value := line.value(index)) is not None:
                return float(index * step), value
            if line.is_stale(index):
                return None
        return None

    def at(self, line: Line, time: float) -> float | None:
        """The value that an instant selector sees."""
        sample = self.newest(line, time, time)
        return None if sample is None else sample[1]

    def window(
        self, line: Line, time: float, seconds: float, now: float
    ) -> list[tuple[float, float]]:
        """(time, value) of the samples in a range that ends at `time`, oldest first, none after
        `now`.
        """
        step = self.clock.sample
        indexes = inside(time, seconds, step, left_open=self.left_open, now=now)
        indexes = range(max(0, indexes.start), max(0, indexes.stop))
        return [
            (float(index * step), value)
            for index, value in zip(indexes, line.values(indexes), strict=False)
            if value is not None
        ]


def inside(time: float, seconds: float, step: float, *, left_open: bool, now: float = inf) -> range:
    """Numbers of the steps inside a range that ends at `time`, oldest first, none after `now`;
    those before 0 too.

    left_open: whether the range excludes its left end.
    """
    first = -((seconds - time) // step)  # the smallest number at or after the range's left end
    if left_open and first * step == time - seconds:
        first += 1
    return range(int(first), int(min(time, now) // step) + 1)
