"""Values of scraped series over the seconds of a trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pbmon.proof.promql.samples import Line, Segment

SCALE = 15
"""Seconds of a proof that pass in one second of a trial."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Trace:
    """A value every `step` seconds from the trial's begin, None for none; the last one stays.

    smooth: for each of them, whether the series moves evenly to the next one. Others jump.
    """

    values: Sequence[float | None]
    smooth: Sequence[bool]
    step: float = 1.0

    def at(self, seconds: float) -> float | None:
        """The value so long after the trial's begin."""
        index, passed = divmod(max(0.0, seconds), self.step)
        number = min(int(index), len(self.values) - 1)
        value = self.values[number]
        if value is None or number + 1 >= len(self.values) or not self.smooth[number]:
            return value
        following = self.values[number + 1]
        return value if following is None else value + (following - value) * passed / self.step

    @property
    def lasts(self) -> bool:
        """Whether there is a value all the time."""
        return None not in self.values


@dataclass(frozen=True)
class Exposed:
    """A series as an exporter shows it. family: the metric, and its type as exporters name it."""

    name: str
    labels: Labels
    family: tuple[str, str]
    trace: Trace


def replayed(segments: Sequence[Segment], sample: int, skipped: float) -> Trace:
    """The samples of a proof, `sample` of its seconds apart, without its first seconds."""
    count = sum(segment.count for segment in segments)
    values = Line((), segments).values(range(int(skipped // sample), count))
    growths = [segment.growth for segment in segments for _ in range(segment.count)]
    growths = growths[int(skipped // sample) :]
    smooth = [
        before is not None and after is not None and abs(after - before - growth) <= 1e-9 * after
        for (before, after), growth in zip(pairwise(values), growths[1:], strict=True)
    ]
    return Trace(values, [*smooth, False], sample / SCALE)
