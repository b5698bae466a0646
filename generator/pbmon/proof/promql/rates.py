"""How series grow in a range, and where they will be.

https://github.com/prometheus/prometheus/blob/main/promql/functions.go
"""

from __future__ import annotations

from itertools import pairwise
from math import isinf, nan

from pbmon.proof.promql.over_time import Range, Samples
from pbmon.proof.promql.samples import Window
from pbmon.proof.promql.vectors import EvaluationError


def extrapolated(range: Range, *, counter: bool, rate: bool) -> float | None:
    """Increase over the whole window, or a second, from samples that cover most of it; None for
    fewer than two.

    As extrapolatedRate() there, in its order of operations: a value of 1 and one just below it read
    differently in an alert's text.
    """
    samples = range.samples
    if len(samples) < 2:
        return None
    (first, low), (last, high) = samples[0], samples[-1]
    increase = high - low
    if counter:
        for before in _resets(samples):
            increase += before
    covered = last - first
    average = covered / (len(samples) - 1)
    start, end = first - (range.end - range.window), range.end - last
    # a counter is not extrapolated below 0
    zero = covered * (low / increase) if counter and increase > 0 and low >= 0 else start
    if range.moment.newer:
        start = min(_reach(start, average), zero)
    else:
        start = _reach(min(start, zero), average)
    factor = (covered + start + _reach(end, average)) / covered
    return increase * (factor / range.window if rate else factor)


def _resets(samples: Samples) -> list[float]:
    """The values before those that are lower."""
    if isinstance(samples, Window):
        return samples.resets
    return [before for (_, before), (_, after) in pairwise(samples) if after < before]


def _reach(gap: float, average: float) -> float:
    """How far samples stand for what is beyond them, to the edge if that is near."""
    return gap if gap < 1.1 * average else average / 2


def of_last_two(range: Range, *, rate: bool) -> float | None:
    """irate() and idelta()."""
    if len(range.samples) < 2:
        return None
    (first, before), (last, after) = range.samples[-2:]
    if not rate:
        return after - before
    return (after if after < before else after - before) / (last - first)


def derivative(range: Range) -> float | None:
    line = linear(range.samples, range.samples[0][0])
    return None if line is None else line[0]


def prediction(range: Range, ahead: float) -> float | None:
    """From the moment of evaluation, even where the range has an offset."""
    line = linear(range.samples, range.moment.time)
    return None if line is None else line[0] * ahead + line[1]


def linear(samples: Samples, at: float) -> tuple[float, float] | None:
    """(slope per second, value at `at`) of the least squares line; None for fewer than two samples.

    As linearRegression() there, in its order of operations, so that its last digit is the same.
    """
    if len(samples) < 2:
        return None
    ys = [value for _, value in samples]
    if all(y == ys[0] for y in ys):
        return (nan, nan) if isinf(ys[0]) else (0.0, ys[0])
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


def smoothed(range: Range, smoothing: float, trend: float) -> float | None:
    """Double exponential smoothing: holt_winters() until Prometheus 3."""
    for name, factor in (("smoothing", smoothing), ("trend", trend)):
        if factor <= 0 or factor >= 1:
            raise EvaluationError(f"invalid {name} factor, expected between 0 and 1, got {factor}")
    values = range.values
    if len(values) < 2:
        return None
    before, now, growth = 0.0, values[0], values[1] - values[0]
    for index, value in enumerate(values[1:]):
        if index:
            growth = trend * (now - before) + (1 - trend) * growth
        before, now = now, smoothing * value + (1 - smoothing) * (now + growth)
    return now
