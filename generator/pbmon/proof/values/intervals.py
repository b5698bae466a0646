"""Intervals of numbers, and what arithmetic makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isnan

Interval = tuple[float, float]
"""Smallest and largest possible value."""

EVERYTHING: Interval = (-inf, inf)


def summed(each: Interval, least: float = 1.0, most: float = inf) -> Interval:
    """The sum of so many."""
    low, high = each
    return span(
        value * count if value else 0.0
        for value, count in (
            (low, least if low >= 0 else most),
            (high, least if high <= 0 else most),
        )
    )


def span(corners: Iterable[float]) -> Interval:
    """From the smallest to the largest. A NaN (inf - inf) is no value."""
    values = [corner + 0.0 for corner in corners if not isnan(corner)]  # + 0.0: 0 instead of -0
    return (min(values), max(values)) if values else EVERYTHING


def quotient(left: Interval, right: Interval) -> Interval:
    """Of a value of the one by a value of the other."""
    if right[0] > 0 or right[1] < 0:
        return span(x / y for x in left for y in right)
    return (0.0, inf) if left[0] >= 0 and right[0] >= 0 and right[1] > 0 else EVERYTHING


def passed(operator: str, left: Interval, right: Interval) -> Interval:
    """Values of the left side that some value of the right side lets pass a comparison."""
    low = max(left[0], right[0]) if operator in {">", ">=", "=="} else left[0]
    high = min(left[1], right[1]) if operator in {"<", "<=", "=="} else left[1]
    return (low, high) if low <= high else left  # where nothing passes any bounds are right
