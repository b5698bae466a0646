"""Functions of the samples in a range.

https://github.com/prometheus/prometheus/blob/main/promql/functions.go
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import isnan
from typing import NamedTuple

from pbmon.proof.promql.moment import Moment
from pbmon.proof.promql.quantile import quantile
from pbmon.proof.promql.samples import Window

Samples = Sequence[tuple[float, float]]
"""(time in seconds, value), oldest first, never empty."""


class Range(NamedTuple):
    """The samples of one series in a range that ends at `end` and is `window` seconds long. moment:
    when it is looked at; an offset is the time between.
    """

    samples: Samples
    end: float
    window: float
    moment: Moment

    @property
    def values(self) -> list[float]:
        samples = self.samples
        if isinstance(samples, Window):
            return samples.values
        return [value for _, value in samples]


OverRange = Callable[..., float | None]
"""Of the arguments: a range, and the numbers in their order; None for no value."""


def of_values(function: Callable[[list[float]], float]) -> OverRange:
    """A function of the values alone, whenever they were sampled."""
    return lambda samples: function(samples.values)


def changes(values: Sequence[float]) -> float:
    return float(sum(a != b and not (isnan(a) and isnan(b)) for a, b in pairwise(values)))


def resets(values: Sequence[float]) -> float:
    return float(sum(b < a for a, b in pairwise(values)))


def median_deviation(values: Sequence[float]) -> float:
    """The median of the distances from the median."""
    middle = quantile(0.5, values)
    return quantile(0.5, [abs(value - middle) for value in values])


def time_of_largest(samples: Range) -> float:
    """When the largest value was sampled last; the time of the last NaN where all are."""
    return _time_of(samples, lambda value, best: value >= best)


def time_of_smallest(samples: Range) -> float:
    return _time_of(samples, lambda value, best: value <= best)


def _time_of(samples: Range, is_better: Callable[[float, float], bool]) -> float:
    when, best = samples.samples[0]
    for time, value in samples.samples:
        if isnan(best) or is_better(value, best):
            when, best = time, value
    return when
