"""What each PromQL function computes, as Prometheus does.

https://github.com/prometheus/prometheus/blob/main/promql/functions.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from math import isnan

from pbmon.proof.promql.addition import total
from pbmon.proof.promql.quantile import histogram_quantile
from pbmon.proof.promql.vectors import Vector, label_replace

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


def _derivative(samples: Samples, end: float, window: float) -> float | None:  # noqa: ARG001
    line = linear(samples, samples[0][0])
    return None if line is None else line[0]


def _prediction(
    samples: Samples,
    end: float,
    window: float,  # noqa: ARG001
    ahead: float,
) -> float | None:
    line = linear(samples, end)
    return None if line is None else line[0] * ahead + line[1]


def _values(function: Callable[[list[float]], float]) -> OverRange:
    """A function of the values alone, whenever they were sampled."""
    return lambda samples, end, window: function(  # noqa: ARG005
        [value for _, value in samples]
    )


def _mean(values: list[float]) -> float:
    return total(values) / len(values)


def _changes(values: list[float]) -> float:
    return float(sum(a != b for a, b in pairwise(values)))


def _resets(values: list[float]) -> float:
    return float(sum(b < a for a, b in pairwise(values)))


def _last(values: list[float]) -> float:
    return values[-1]


OverRange = Callable[..., float | None]
"""Of the samples in a range, its end and its length in seconds, and the scalar arguments; None for
no value.
"""

OVER_RANGE: Mapping[str, OverRange] = {
    "avg_over_time": _values(_mean),
    "changes": _values(_changes),
    "count_over_time": _values(lambda values: float(len(values))),
    "delta": partial(extrapolated, counter=False, rate=False),
    "deriv": _derivative,
    "increase": partial(extrapolated, counter=True, rate=False),
    "last_over_time": _values(_last),
    "max_over_time": _values(max),
    "min_over_time": _values(min),
    "predict_linear": _prediction,
    "present_over_time": _values(lambda _: 1.0),
    "rate": partial(extrapolated, counter=True, rate=True),
    "resets": _values(_resets),
    "sum_over_time": _values(total),
}
"""Functions of each series in a range."""


def _absent(vector: Vector) -> Vector:
    return {} if vector else {(): 1.0}


def _clamp(vector: Vector, low: float, high: float) -> Vector:
    return {
        labels: value if isnan(value) else max(low, min(high, value))
        for labels, value in vector.items()
    }


OF_INSTANT: Mapping[str, Callable[..., Vector]] = {
    "absent": _absent,
    "clamp": _clamp,
    "histogram_quantile": histogram_quantile,
    "label_replace": label_replace,
    "vector": lambda value: {(): value},
}
"""Functions of instant vectors, numbers and texts, in the order of the arguments."""

SCALARS: Mapping[str, Callable[[float], float]] = {"time": lambda now: now}
"""Functions whose result is a number, of the time in seconds."""

NOT_COMPUTED: Mapping[str, str] = {
    "irate": "depends on the last two samples alone, so it is for panels and not for rules",
}
"""Functions that may be written but have no engine function, and why."""
