"""Samples on a grid of equal steps: what promtool's rule tests feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]
"""Label pairs sorted by name, without `__name__`."""

LOOKBACK = 300
"""Seconds that a sample stays valid for an instant selector (Prometheus's default)."""


@dataclass
class Line:
    """One scraped series: a value per step, None where there is no sample."""

    labels: Labels
    values: list[float | None]

    def at(self, index: int, step: int) -> float | None:
        """What an instant selector sees at that step: the newest sample of the last LOOKBACK seconds."""
        for position in range(index, max(-1, index - LOOKBACK // step - 1), -1):
            if position < len(self.values) and (value := self.values[position]) is not None:
                return value
        return None


@dataclass
class Store:
    """Scraped series by name. step: seconds between samples and evaluations.

    left_open: whether a range excludes its left end, as Prometheus 3 does and 2 does not.
    """

    step: int
    left_open: bool
    lines: dict[str, list[Line]] = field(default_factory=dict)

    def add(self, name: str, lines: Iterable[Line]) -> None:
        """Series under a name."""
        self.lines.setdefault(name, []).extend(lines)

    def positions(self, index: int, seconds: float) -> range:
        """The steps inside a range that ends at this step, oldest first."""
        back = int(seconds // self.step)
        if self.left_open and back * self.step == seconds:
            back -= 1
        return range(max(0, index - back), index + 1)

    def window(self, line: Line, index: int, seconds: float) -> list[tuple[float, float]]:
        """(time in seconds, value) of the samples in a range that ends at this step, oldest first."""
        inside = self.positions(index, seconds)
        values = line.values[inside.start : inside.stop]
        return [(float((inside.start + i) * self.step), value) for i, value in enumerate(values) if value is not None]
