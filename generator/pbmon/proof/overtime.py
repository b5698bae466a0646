"""Functions over a range, as Prometheus computes them.

https://github.com/prometheus/prometheus/blob/main/promql/functions.go
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import nan

from pbmon.proof.addition import total

Samples = list[tuple[float, float]]
"""(time in seconds, value), oldest first, never empty."""


def extrapolated(
    samples: Samples, end: float, window: float, *, counter: bool, rate: bool
) -> float | None:
    """Increase over the whole window, or a second, from samples that cover most of it; None for
    fewer than two.

    As extrapolatedRate() there, in its order of operations: a value of 1 and one just below it read
    differently in an alert's text. Counters of a proof begin far above zero, so its correction near
    zero never applies.
    """
    if len(samples) < 2:
        return None
    (first, low), (last, high) = samples[0], samples[-1]
    increase = high - low
    if counter:
        for (_, before), (_, after) in pairwise(samples):
            increase += before if after < before else 0
    covered = last - first
    average = covered / (len(samples) - 1)
    reached = covered
    for gap in (first - (end - window), end - last):
        reached += gap if gap < 1.1 * average else average / 2
    factor = reached / covered
    return increase * (factor / window if rate else factor)


def linear(samples: Samples, at: float) -> tuple[float, float] | None:
    """(slope per second, value at `at`) of the least squares line; None for fewer than two samples.

    As linearRegression() there, in its order of operations, so that its last digit is the same.
    """
    if len(samples) < 2:
        return None
    ys = [value for _, value in samples]
    if min(ys) == max(ys):
        return 0.0, ys[0]
    xs, count = [time - at for time, _ in samples], float(len(samples))
    sum_x, sum_y = _added(xs), _added(ys)
    covariance = _added([x * y for x, y in zip(xs, ys, strict=True)]) - sum_x * sum_y / count
    slope = covariance / (_added([x * x for x in xs]) - sum_x * sum_x / count)
    return slope, sum_y / count - slope * sum_x / count


def _added(values: list[float]) -> float:
    """The sum, with what rounding loses added at the end (kahanSumInc() there)."""
    total = lost = 0.0
    for value in values:
        after = total + value
        lost += (total - after) + value if abs(total) >= abs(value) else (value - after) + total
        total = after
    return total + lost


def _values(function: Callable[[list[float]], float]) -> Callable[[Samples], float]:
    return lambda samples: function([value for _, value in samples])


def _mean(values: list[float]) -> float:
    return total(values) / len(values)


def _changes(values: list[float]) -> float:
    return float(sum(a != b for a, b in pairwise(values)))


def _resets(values: list[float]) -> float:
    return float(sum(b < a for a, b in pairwise(values)))


def _last(values: list[float]) -> float:
    return values[-1]


OVER_TIME: dict[str, Callable[[Samples], float]] = {
    "avg_over_time": _values(_mean),
    "sum_over_time": _values(total),
    "min_over_time": _values(min),
    "max_over_time": _values(max),
    "last_over_time": _values(_last),
    "count_over_time": _values(lambda values: float(len(values))),
    "present_over_time": _values(lambda _: 1.0),
    "changes": _values(_changes),
    "resets": _values(_resets),
}


def bucket_quantile(q: float, buckets: list[tuple[float, float]]) -> float:
    """The q-quantile of cumulative (upper bound, count) pairs sorted by bound; NaN without
    observations.

    As bucketQuantile() in promql/quantile.go.
    """
    if len(buckets) < 2 or buckets[-1][0] != float("inf") or not buckets[-1][1] > 0:
        return nan
    rank = q * buckets[-1][1]
    index = next(
        position
        for position, (_, count) in enumerate(buckets)
        if count >= rank or position == len(buckets) - 1
    )
    if index == len(buckets) - 1:
        return buckets[-2][0]
    upper, count = buckets[index]
    if index == 0 and upper <= 0:
        return upper
    lower, below = buckets[index - 1] if index else (0.0, 0.0)
    return lower + (upper - lower) * ((rank - below) / (count - below))
