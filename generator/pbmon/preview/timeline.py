"""The time that a dashboard shows, and the moments at which levels of series are decided."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from pbmon.proof.promql.samples import Clock

END = 1_768_313_100
"""2026-01-13 14:05 UTC, a Tuesday: every page ends there, so that two of them are equal. Full hours
and their text stand beside it, not at the edge.
"""

HOUR, DAY = 3600, 86_400
LENGTHS = (HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY)
"""Seconds that a page may show."""

POINTS = 60
_GROWTH = 1.3
"""Each stretch before the shown time is by this factor longer than the one after it."""


@dataclass(frozen=True)
class Span:
    """Some moments, equally far apart. Seconds since 1970, and between two moments."""

    begin: int
    end: int
    step: int

    @property
    def moments(self) -> range:
        """The moments, the last one at the end."""
        count = (self.end - self.begin) // self.step
        return range(self.end - count * self.step, self.end + 1, self.step)

    @property
    def length(self) -> int:
        """Seconds from the first to the last."""
        return self.end - self.begin


@dataclass(frozen=True)
class Timeline:
    """length: seconds shown, up to END. reach: seconds before them that queries can see."""

    length: int
    reach: int = 40 * DAY

    @cached_property
    def clock(self) -> Clock:
        """Seconds between samples: few enough for windows of a minute, where those are shown."""
        every = 30 if self.length <= 6 * HOUR else 60 if self.length <= 2 * DAY else 300
        return Clock(every, every)

    @property
    def begin(self) -> int:
        """When the shown time begins."""
        return END - self.length

    @cached_property
    def step(self) -> int:
        """Seconds between two shown points."""
        return self.span(self.begin, END).step

    @property
    def shown(self) -> range:
        """The moments that are shown."""
        return self.span(self.begin, END).moments

    def span(self, begin: int, end: int) -> Span:
        """A part of the shown time, on the grid of samples."""
        sample = self.clock.sample
        end -= end % sample
        begin = min(begin - begin % sample, end - sample)
        return Span(begin, end, max(sample, (end - begin) // POINTS // sample * sample))

    @cached_property
    def moments(self) -> tuple[int, ...]:
        """All moments, the shown ones last: the further back, the wider apart."""
        sample = self.clock.sample
        before: list[int] = []
        distance = float(self.step)
        while distance < self.reach:
            before.append(self.shown.start - max(1, round(distance / sample)) * sample)
            distance = distance * _GROWTH + sample
        return (*reversed(before), *self.shown)

    def index(self, time: int) -> int:
        """Number of the first sample at or after the time."""
        return -(-time // self.clock.sample)

    def thinned(self, gap: float, reach: float) -> tuple[int, ...]:
        """The moments of which no two are nearer than the gap, the last kept, and no more than
        these seconds before what is shown.
        """
        first = next(n for n, at in enumerate(self.moments) if at >= self.begin - reach)
        kept = [self.moments[max(0, first - 1)]]
        for moment in self.moments[first:-1]:
            if moment - kept[-1] >= gap:
                kept.append(moment)
        return (*kept, self.moments[-1])

    def fitting(self, time: int) -> int:
        """The moment that is nearest after the time."""
        return self.moments[min(bisect_left(self.moments, time), len(self.moments) - 1)]


def fitting(seconds: float) -> int:
    """The shortest length that shows as much."""
    return next((length for length in LENGTHS if length >= seconds), LENGTHS[-1])
