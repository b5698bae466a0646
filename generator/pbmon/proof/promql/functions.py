"""What each PromQL function computes, as Prometheus does.

https://github.com/prometheus/prometheus/blob/main/promql/functions.go
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from math import copysign, inf, isnan, nan

from pbmon.proof.promql import relabelling
from pbmon.proof.promql.addition import total
from pbmon.proof.promql.aggregations import largest, mean, smallest, variance
from pbmon.proof.promql.arithmetic import divided, least, most, total_function
from pbmon.proof.promql.dates import DATES
from pbmon.proof.promql.moment import Moment
from pbmon.proof.promql.over_time import (
    OverRange,
    changes,
    median_deviation,
    of_values,
    resets,
    time_of_largest,
    time_of_smallest,
)
from pbmon.proof.promql.quantile import histogram_fraction, histogram_quantile, quantile
from pbmon.proof.promql.rates import derivative, extrapolated, of_last_two, prediction, smoothed
from pbmon.proof.promql.vectors import Vector, nameless, vector

OVER_RANGE: Mapping[str, OverRange] = {
    "absent_over_time": lambda _: 1.0,  # of what is there; the evaluation inverts it
    "avg_over_time": of_values(mean),
    "changes": of_values(changes),
    "count_over_time": of_values(lambda values: float(len(values))),
    "delta": partial(extrapolated, counter=False, rate=False),
    "deriv": derivative,
    "double_exponential_smoothing": smoothed,
    "holt_winters": smoothed,
    "idelta": partial(of_last_two, rate=False),
    "increase": partial(extrapolated, counter=True, rate=False),
    "irate": partial(of_last_two, rate=True),
    "last_over_time": of_values(lambda values: values[-1]),
    "mad_over_time": of_values(median_deviation),
    "max_over_time": of_values(largest),
    "min_over_time": of_values(smallest),
    "predict_linear": prediction,
    "present_over_time": of_values(lambda _: 1.0),
    "quantile_over_time": lambda q, samples: quantile(q, samples.values),
    "rate": partial(extrapolated, counter=True, rate=True),
    "resets": of_values(resets),
    "stddev_over_time": of_values(lambda values: math.sqrt(variance(values))),
    "stdvar_over_time": of_values(variance),
    "sum_over_time": of_values(total),
    "ts_of_last_over_time": lambda samples: samples.samples[-1][0],
    "ts_of_max_over_time": time_of_largest,
    "ts_of_min_over_time": time_of_smallest,
}
"""Functions of each series in a range, in the order of the arguments."""

OfInstant = Callable[..., Vector]
"""Of a moment, and of vectors, numbers and texts in the order of the arguments."""


def _each(function: Callable[..., float]) -> OfInstant:
    """A function of each value, and of the numbers behind the vector."""
    return lambda _, operand, *numbers: vector(
        (nameless(labels), function(value, *numbers)) for labels, value in operand.items()
    )


def _of_date(function: Callable[[float], float]) -> OfInstant:
    def compute(moment: Moment, operand: Vector | None = None) -> Vector:
        given = {(): moment.time} if operand is None else operand
        return vector((nameless(labels), function(value)) for labels, value in given.items())

    return compute


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -inf if value == 0 else total_function(function)(value)


def _sinh(value: float) -> float:
    return copysign(total_function(math.sinh)(abs(value)), value)


def _atanh(value: float) -> float:
    return copysign(inf, value) if abs(value) == 1 else total_function(math.atanh)(value)


def _sign(value: float) -> float:
    return value if isnan(value) or not value else copysign(1.0, value)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """Of floats. Those without digits behind the point stay, -0 and infinite ones too."""
    return lambda value: (
        value if not value or not math.isfinite(value) else copysign(float(function(value)), value)
    )


def _rounded(value: float, nearest: float = 1.0) -> float:
    inverse = divided(1.0, nearest)
    return divided(_whole(math.floor)(value * inverse + 0.5), inverse)


def _clamp(moment: Moment, operand: Vector, low: float, high: float) -> Vector:
    clamp = _each(lambda value: most(low, least(high, value)))
    return {} if high < low else clamp(moment, operand)


def _same(moment: Moment, operand: Vector, *labels: str) -> Vector:  # noqa: ARG001
    """Functions that order series, which a set of them does not show."""
    return operand


def _no_floats(*_: object) -> Vector:
    """Functions of native histograms leave out floats, and metrics have no others."""
    return {}


def _without_moment(function: Callable[..., Vector]) -> OfInstant:
    return lambda _, *arguments: function(*arguments)


OF_INSTANT: Mapping[str, OfInstant] = {
    **{name: _of_date(part) for name, part in DATES.items()},
    **{
        name: _each(total_function(getattr(math, name)))
        for name in ("acos", "acosh", "asin", "asinh", "atan", "cos", "cosh", "exp", "sin", "sqrt")
    },
    "abs": _each(abs),
    "absent": lambda _, operand: {} if operand else {(): 1.0},  # its labels are in the expression
    "atanh": _each(_atanh),
    "ceil": _each(_whole(math.ceil)),
    "clamp": _clamp,
    "clamp_max": _each(least),
    "clamp_min": _each(most),
    "deg": _each(lambda value: value * 180 / math.pi),
    "floor": _each(_whole(math.floor)),
    "histogram_avg": _no_floats,
    "histogram_count": _no_floats,
    "histogram_fraction": histogram_fraction,
    "histogram_quantile": histogram_quantile,
    "histogram_stddev": _no_floats,
    "histogram_stdvar": _no_floats,
    "histogram_sum": _no_floats,
    "label_join": _without_moment(relabelling.label_join),
    "label_replace": _without_moment(relabelling.label_replace),
    "ln": _each(_logarithm(math.log)),
    "log10": _each(_logarithm(math.log10)),
    "log2": _each(_logarithm(math.log2)),
    "rad": _each(lambda value: value * math.pi / 180),
    "round": _each(_rounded),
    "sgn": _each(_sign),
    "sinh": _each(_sinh),
    "sort": _same,
    "sort_by_label": _same,
    "sort_by_label_desc": _same,
    "sort_desc": _same,
    "tan": _each(total_function(math.tan)),
    "tanh": _each(math.tanh),
    "timestamp": lambda moment, operand: vector(  # of what is computed; series have their own
        (nameless(labels), moment.time) for labels in operand
    ),
    "vector": lambda _, value: {(): value},
}
"""Functions of instant vectors."""

SCALARS: Mapping[str, Callable[..., float]] = {
    "pi": lambda _: math.pi,
    "scalar": lambda _, operand: next(iter(operand.values())) if len(operand) == 1 else nan,
    "time": lambda moment: moment.time,
}
"""Functions whose result is a number, of a moment and the arguments."""

NOT_COMPUTED: Mapping[str, str] = {}
"""Functions that may be written but have no engine function, and why."""
