"""What adding the same number again and again gives, in floats: runs of exactly equal steps."""

from __future__ import annotations

from collections.abc import Iterator
from math import frexp, isfinite, ldexp
from typing import NamedTuple

_DIGITS = 53
"""Binary digits of a float."""

_LEAST = 1e-290
"""Smaller numbers have fewer digits."""


class Progression(NamedTuple):
    """Samples of these numbers: `first` has number `start`, and each differs from the one before by
    `growth`, exactly. stop: the number after the last one.
    """

    start: int
    stop: int
    first: float
    growth: float

    def value(self, number: int) -> float:
        """The sample of a number from `start` to before `stop`."""
        return self.first + (number - self.start) * self.growth if self.growth else self.first

    def is_high(self, start: int, stop: int) -> bool:
        """Whether its samples between these numbers grow by less than what they begin at: so rate()
        does not reach back to the 0 that they may have begun from.
        """
        return 0 < self.growth * (stop - start) < self.value(start)

    def clipped(self, start: int, stop: int) -> Progression:
        """Those of its samples that have numbers from `start` to before `stop`, one at least."""
        if start <= self.start and stop >= self.stop:
            return self
        begin = max(start, self.start)
        return Progression(begin, min(stop, self.stop), self.value(begin), self.growth)


def progressions(start: int, first: float, growth: float, count: int) -> Iterator[Progression]:
    """The samples first, first + growth, …, each rounded before the next one is added, as promtool
    computes them: a product would differ in the last digits. Without growth nothing is added, so
    that -0 stays -0. start: the number of the first one.

    Between two powers of two floats lie at equal distances, so each sum is rounded by as much as
    the one before: the steps there are equal.
    """
    if not growth:
        yield Progression(start, start + count, first, 0.0)
        return
    value, stop = first, start + count
    while start < stop:
        steps = min(_equal_steps(value, growth), stop - start - 1)
        even = (value + growth) - value if steps else 0.0
        progression = Progression(start, start + steps + 1, value, even)
        yield progression
        start = progression.stop
        value = progression.value(start - 1) + growth


def _equal_steps(value: float, growth: float) -> int:
    """How many steps from here are equal: those that stay between two powers of two."""
    after = value + growth
    size = abs(value)
    exponent = frexp(value)[1]
    if not isfinite(after) or size < _LEAST or frexp(after)[1] != exponent:
        return 0
    unit = ldexp(1.0, exponent - _DIGITS)  # the distance of floats there
    number, step = int(size / unit), int(abs(after - value) / unit)
    if (growth / unit * 2) % 2 == 1 and number % 2:  # rounded to an even number, then another way
        return 0
    if not step:
        return 1 << _DIGITS
    if (growth > 0) == (value > 0):
        return ((1 << _DIGITS) - number) // step
    return max(0, number - (1 << _DIGITS - 1) - 1) // step
