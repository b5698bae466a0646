"""The bounds of the result of each PromQL function.

https://prometheus.io/docs/prometheus/latest/querying/functions/
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Protocol

from pbmon.expr.nodes import Call, Node, Number, Selector, Subquery
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.arithmetic import total_function
from pbmon.proof.values.intervals import EVERYTHING, Interval, span, summed


class Reach(Protocol):
    """What is known of the arguments: their bounds, what they are recorded from, and when."""

    @property
    def lineage(self) -> Lineage: ...

    @property
    def now(self) -> Interval:
        """When the rule is evaluated."""

    def of(self, node: Node, /) -> Interval:
        """Bounds of an argument."""


BoundsOf = Callable[[Call, Reach], Interval]


def _same(call: Call, reach: Reach) -> Interval:
    """A value among those of the first argument."""
    return reach.of(call.arguments[0])


def _within(low: float, high: float) -> BoundsOf:
    """Between these, whatever the arguments are."""
    return lambda call, reach: (low, high)  # noqa: ARG005


_ANYTHING = _within(*EVERYTHING)
_ONE = _within(1.0, 1.0)
_TALLY = _within(0.0, inf)
_NOTHING = _within(0.0, 0.0)
"""Of functions that give no series where metrics are floats."""


def _moment(call: Call, reach: Reach) -> Interval:  # noqa: ARG001
    """The time of the evaluation, or of a sample."""
    return reach.now


def _year(call: Call, reach: Reach) -> Interval:
    """Of the time, where no other is given, or of one that is bounded."""
    low, high = reach.of(call.arguments[0]) if call.arguments else reach.now
    return _year_of(low, -inf), _year_of(high, inf)


def _year_of(seconds: float, otherwise: float) -> float:
    try:
        return float((datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).year)
    except OverflowError:  # infinite, or outside of the years 1 to 9999
        return otherwise


def _sum(call: Call, reach: Reach) -> Interval:
    return summed(reach.of(call.arguments[0]), 1.0, _samples(call, reach))


def _samples(call: Call, reach: Reach) -> float:
    """How many the range holds at most."""
    ranged = call.arguments[0]
    if not isinstance(ranged, Selector | Subquery):
        return inf
    return reach.lineage.supply.samples(ranged)


def _count(call: Call, reach: Reach) -> Interval:
    return 1.0, _samples(call, reach)


def _differences(call: Call, reach: Reach) -> Interval:
    """How often one of the samples differs from the one before."""
    return 0.0, _samples(call, reach) - 1


def _growth(call: Call, reach: Reach) -> Interval:
    """The growth of a value that falls only when it starts again from zero."""
    return (0.0, inf) if reach.of(call.arguments[0])[0] >= 0 else EVERYTHING


def _rising(function: Callable[[float], float]) -> BoundsOf:
    """Of a function that is larger for larger values, wherever it has a value."""

    def bounds(call: Call, reach: Reach) -> Interval:
        return span(map(function, reach.of(call.arguments[0])))

    return bounds


def _magnitude(call: Call, reach: Reach) -> Interval:
    low, high = reach.of(call.arguments[0])
    if low <= 0 <= high:
        return 0.0, max(-low, high)
    return min(abs(low), abs(high)), max(abs(low), abs(high))


def _logarithm(function: Callable[[float], float]) -> BoundsOf:
    def logarithm(value: float) -> float:
        return -inf if value <= 0 else function(value)

    return _rising(logarithm)


def _root(value: float) -> float:
    return math.sqrt(max(value, 0.0))


def _clamp(call: Call, reach: Reach) -> Interval:
    """Between the numbers where they are in order; otherwise nothing is left."""
    operand, *limits = map(reach.of, call.arguments)
    (lowest, _), (_, highest) = limits
    low, high = (max(lowest, min(highest, value)) for value in operand)
    return low, high


def _clamp_max(call: Call, reach: Reach) -> Interval:
    (low, high), (lowest, highest) = map(reach.of, call.arguments)
    return min(low, lowest), min(high, highest)


def _clamp_min(call: Call, reach: Reach) -> Interval:
    (low, high), (lowest, highest) = map(reach.of, call.arguments)
    return max(low, lowest), max(high, highest)


def _rounded(call: Call, reach: Reach) -> Interval:
    """At most half of what is rounded to away, which is 1 where it is not given."""
    (low, high), *nearest = map(reach.of, call.arguments)
    slack = max(map(abs, nearest[0])) / 2 if nearest else 0.5
    if not nearest and math.isfinite(low) and math.isfinite(high):
        return float(math.floor(low + 0.5)), float(math.floor(high + 0.5))
    return low - slack, high + slack


def _whole(function: Callable[[float], float]) -> BoundsOf:
    return _rising(lambda value: float(function(value)) if math.isfinite(value) else value)


def _quantile_over_time(call: Call, reach: Reach) -> Interval:
    return quantile(call.arguments[0], reach.of(call.arguments[1]))


def quantile(share: Node, of: Interval) -> Interval:
    """A quantile of values in an interval. One below 0 or above 1 is infinite."""
    is_share = isinstance(share, Number) and 0 <= share.value <= 1
    return of if is_share else EVERYTHING


def _spread(call: Call, reach: Reach) -> Interval:
    """A standard deviation is at most half of the distance between the extremes."""
    return 0.0, _width(reach.of(call.arguments[0])) / 2


def _variance(call: Call, reach: Reach) -> Interval:
    half = _width(reach.of(call.arguments[0])) / 2
    return 0.0, half * half


def _deviation(call: Call, reach: Reach) -> Interval:
    return 0.0, _width(reach.of(call.arguments[0]))


def _width(interval: Interval) -> float:
    low, high = interval
    return high - low if math.isfinite(low) and math.isfinite(high) else inf


def _difference(call: Call, reach: Reach) -> Interval:
    """Of two values."""
    width = _width(reach.of(call.arguments[0]))
    return -width, width


def _quantile(call: Call, reach: Reach) -> Interval:
    share, buckets = call.arguments
    bounds = [bound for below in reach.lineage.raw(buckets) for bound in below.series.bounds]
    if not bounds or min(bounds) <= 0 or reach.of(buckets)[0] < 0:
        return EVERYTHING
    if not isinstance(share, Number) or not 0 <= share.value <= 1:
        return EVERYTHING
    # Observations in the lowest bucket are taken to lie evenly from 0 to its bound.
    return float(share.value) * min(bounds), max(bounds)


def _scaled(factor: float) -> BoundsOf:
    return _rising(lambda value: value * factor)


CALLS: Mapping[str, BoundsOf] = {
    "abs": _magnitude,
    "absent": _ONE,
    "absent_over_time": _ONE,
    "acos": _within(0.0, math.pi),
    "acosh": _TALLY,
    "asin": _within(-math.pi / 2, math.pi / 2),
    "asinh": _rising(math.asinh),
    "atan": _rising(math.atan),
    "atanh": _ANYTHING,
    "avg_over_time": _same,
    "ceil": _whole(math.ceil),
    "changes": _differences,
    "clamp": _clamp,
    "clamp_max": _clamp_max,
    "clamp_min": _clamp_min,
    "cos": _within(-1.0, 1.0),
    "cosh": _within(1.0, inf),
    "count_over_time": _count,
    "day_of_month": _within(1.0, 31.0),
    "day_of_week": _within(0.0, 6.0),
    "day_of_year": _within(1.0, 366.0),
    "days_in_month": _within(28.0, 31.0),
    "deg": _scaled(180 / math.pi),
    "delta": _ANYTHING,
    "deriv": _ANYTHING,
    "double_exponential_smoothing": _ANYTHING,
    "exp": _rising(total_function(math.exp)),
    "floor": _whole(math.floor),
    "histogram_avg": _NOTHING,
    "histogram_count": _NOTHING,
    "histogram_fraction": _ANYTHING,
    "histogram_quantile": _quantile,
    "histogram_stddev": _NOTHING,
    "histogram_stdvar": _NOTHING,
    "histogram_sum": _NOTHING,
    "holt_winters": _ANYTHING,
    "hour": _within(0.0, 23.0),
    "idelta": _difference,
    "increase": _growth,
    "irate": _growth,
    "label_join": _same,
    "label_replace": _same,
    "last_over_time": _same,
    "ln": _logarithm(math.log),
    "log10": _logarithm(math.log10),
    "log2": _logarithm(math.log2),
    "mad_over_time": _deviation,
    "max_over_time": _same,
    "min_over_time": _same,
    "minute": _within(0.0, 59.0),
    "month": _within(1.0, 12.0),
    "pi": _within(math.pi, math.pi),
    "predict_linear": _ANYTHING,
    "present_over_time": _ONE,
    "quantile_over_time": _quantile_over_time,
    "rad": _scaled(math.pi / 180),
    "rate": _growth,
    "resets": _differences,
    "round": _rounded,
    "scalar": _same,
    "sgn": _rising(lambda value: float((value > 0) - (value < 0))),
    "sin": _within(-1.0, 1.0),
    "sinh": _ANYTHING,
    "sort": _same,
    "sort_by_label": _same,
    "sort_by_label_desc": _same,
    "sort_desc": _same,
    "sqrt": _rising(_root),
    "stddev_over_time": _spread,
    "stdvar_over_time": _variance,
    "sum_over_time": _sum,
    "tan": _ANYTHING,
    "tanh": _rising(math.tanh),
    "time": _moment,
    "timestamp": _moment,
    "ts_of_last_over_time": _moment,
    "ts_of_max_over_time": _moment,
    "ts_of_min_over_time": _moment,
    "vector": _same,
    "year": _year,
}
"""By the function's name."""

NATIVE_ONLY = frozenset(name for name, bounds in CALLS.items() if bounds is _NOTHING)
"""Functions of native histograms."""
