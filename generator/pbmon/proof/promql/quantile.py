"""Quantiles of values and of classic histograms.

https://github.com/prometheus/prometheus/blob/main/promql/quantile.go
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import groupby
from math import floor, inf, isnan, nan

from pbmon.proof.promql.addition import total
from pbmon.proof.promql.arithmetic import divided, least
from pbmon.proof.promql.moment import Moment
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import Vector, without

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[iI]nf)")
_LEFT_OUT = frozenset({"le", "__name__"})
_SMALL = 1e-12
"""Share by which the count of a bucket may be below that of the one before without being mended:
what rounding makes of equal counts. Prometheus 3 has it.
"""

Buckets = list[tuple[float, float]]
"""(upper bound, cumulative count), sorted by bound."""


def quantile(q: float, values: Sequence[float]) -> float:
    """The q-quantile of values, between two of them in proportion. NaN counts as the smallest."""
    if not values or isnan(q):
        return nan
    if not 0 <= q <= 1:
        return -inf if q < 0 else inf
    ranked = sorted(values, key=lambda value: (not isnan(value), value))
    rank = q * (len(ranked) - 1)
    lower = max(0, floor(rank))
    weight = rank - floor(rank)
    return ranked[lower] * (1 - weight) + ranked[min(len(ranked) - 1, lower + 1)] * weight


def histogram_quantile(moment: Moment, q: float, series: Vector) -> Vector:
    """The q-quantile of each set of buckets that differ in `le` alone."""
    return _of_each(series, lambda buckets: bucket_quantile(q, buckets, newer=moment.newer))


def histogram_fraction(moment: Moment, low: float, high: float, series: Vector) -> Vector:
    """The share of observations between two values. Prometheus 2 knows it of native histograms
    alone.
    """
    if not moment.newer:
        return {}
    return _of_each(series, lambda buckets: _fraction(low, high, buckets))


def _of_each(series: Vector, compute: Callable[[Buckets], float]) -> Vector:
    grouped: dict[Labels, Buckets] = {}
    for labels, count in series.items():
        bound = dict(labels).get("le", "")
        if _NUMBER.fullmatch(bound):
            rest = without(labels, _LEFT_OUT)
            grouped.setdefault(rest, []).append((float(bound), count))
    return {labels: compute(_merged(pairs)) for labels, pairs in grouped.items()}


def _merged(pairs: Buckets) -> Buckets:
    """Sorted, with the counts of equal bounds added up: `1` and `1.0` are one."""
    return [
        (bound, total([count for _, count in alike]))
        for bound, alike in groupby(sorted(pairs, key=_bound), key=_bound)
    ]


def _bound(bucket: tuple[float, float]) -> float:
    return bucket[0]


def bucket_quantile(q: float, buckets: Buckets, *, newer: bool = False) -> float:
    """The q-quantile of buckets; NaN without observations. As bucketQuantile() there."""
    if isnan(q):
        return nan
    if not 0 <= q <= 1:
        return -inf if q < 0 else inf
    if len(buckets) < 2 or buckets[-1][0] != inf:
        return nan
    bounds = [bound for bound, _ in buckets]
    counts = _rising([count for _, count in buckets], newer=newer)
    if counts[-1] == 0:
        return nan
    rank = q * counts[-1]
    index = bisect_left(range(len(counts) - 1), True, key=lambda place: counts[place] >= rank)
    if index == len(counts) - 1:
        return bounds[-2]
    if index == 0 and bounds[0] <= 0:
        return bounds[0]
    lower, below = (bounds[index - 1], counts[index - 1]) if index else (0.0, 0.0)
    return lower + (bounds[index] - lower) * divided(rank - below, counts[index] - below)


def _rising(counts: list[float], *, newer: bool) -> list[float]:
    """Counts none of which is below the one before."""
    result = counts[:1]
    for count in counts[1:]:
        before = result[-1]
        equal = newer and _almost_equal(before, count)
        result.append(before if count < before or equal else count)
    return result


def _almost_equal(a: float, b: float) -> bool:
    if a == b or isnan(a) or isnan(b):
        return a == b
    return abs(a - b) < _SMALL * (abs(a) + abs(b))


def _fraction(low: float, high: float, buckets: Buckets) -> float:
    count = buckets[-1][1]
    if buckets[-1][0] != inf or count == 0 or isnan(low) or isnan(high):
        return nan
    if low >= high:
        return 0.0
    below_low, below_high = (_below(value, buckets) for value in (low, high))
    return (least(below_high, count) - least(below_low, count)) / count


def _below(value: float, buckets: Buckets) -> float:
    """How many observations are at most the value, if they lie evenly in each bucket. NaN inside of
    the lowest, which Prometheus 3.5 takes to reach down without end.
    """
    lower, rank = -inf, 0.0
    for upper, count in buckets:
        if value <= lower:
            return rank
        if value < upper:
            below = nan if lower == -inf else (value - lower) / (upper - lower)
            return rank + (count - rank) * below
        lower, rank = upper, count
    return rank
