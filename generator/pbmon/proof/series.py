"""Samples on a grid of equal steps: what promtool's rule tests feed and record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]
"""Label pairs sorted by name, without `__name__`."""

LOOKBACK = 300
"""Seconds that a sample stays valid for an instant selector (Prometheus's default)."""


@dataclass
class Line:
    """One series: a value per step, None where there is no sample.

    recorded: written by a rule, whose end is marked, so that it is gone at once; a scraped one lasts for LOOKBACK.
    """

    labels: Labels
    values: list[float | None]
    recorded: bool = False

    def at(self, index: int, step: int) -> float | None:
        """What an instant selector sees at that step."""
        if self.recorded:
            return self.values[index] if 0 <= index < len(self.values) else None
        for back in range(LOOKBACK // step + 1):
            position = index - back
            if 0 <= position < len(self.values) and self.values[position] is not None:
                return self.values[position]
        return None


@dataclass
class Store:
    """All series by name. step: seconds between samples and evaluations.

    left_open: whether a range excludes its left end, as Prometheus 3 does and 2 does not.
    """

    step: int
    left_open: bool
    lines: dict[str, list[Line]] = field(default_factory=dict)
    _recorded: dict[tuple[str, Labels], Line] = field(default_factory=dict)

    def add(self, name: str, lines: Iterable[Line]) -> None:
        """Scraped series under a name."""
        self.lines.setdefault(name, []).extend(lines)

    def record(self, name: str, index: int, vector: dict[Labels, float]) -> None:
        """What a rule computed at this step; series it no longer has end here."""
        for labels, value in vector.items():
            line = self._recorded.get((name, labels))
            if line is None:
                line = self._recorded[name, labels] = Line(labels, [], recorded=True)
                self.add(name, [line])
            line.values.extend([None] * (index - len(line.values)))
            line.values.append(value)

    def window(self, line: Line, index: int, seconds: float) -> list[tuple[float, float]]:
        """(time in seconds, value) of the samples in a range that ends at this step, oldest first."""
        end = index * self.step
        found = []
        position = index
        while position >= 0:
            at = position * self.step
            if at < end - seconds or (self.left_open and at <= end - seconds):
                break
            if position < len(line.values) and (value := line.values[position]) is not None:
                found.append((float(at), value))
            position -= 1
        found.reverse()
        return found
