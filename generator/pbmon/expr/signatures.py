"""The PromQL functions that expressions may call: a row each.

A function needs three things: its row here, what it computes (`proof/promql/functions.py`), and
between which bounds its result lies (`proof/values/calls.py`), each under the function's name.

https://prometheus.io/docs/prometheus/latest/querying/functions/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Argument = Literal["instant vector", "range vector", "scalar", "string"]
LabelRule = Literal["same", "none", "without le", "fixed", "with target"]
"""What the result carries: the labels of the vector; none; all but `le`; those that the selector
fixes to one value; those of the vector and the one that the second argument names.
"""
UnitRule = Literal["same", "none", "count", "rate", "growth", "seconds"]
"""The unit of the result: that of the vector; unknown; a number of things; the vector's per second;
the vector's, or a number of things; seconds.
"""


@dataclass(frozen=True)
class Signature:
    """arguments: their types, in order. optional: how many of the last may be left out. repeated:
    whether the last may be given several times.

    since, until: the first version of Prometheus that has it (2.0 for what was there before), and
    the first that has it no longer. experimental: only where Prometheus is started with
    `--enable-feature=promql-experimental-functions`.
    """

    name: str
    arguments: tuple[Argument, ...]
    labels: LabelRule = "same"
    unit: UnitRule = "same"
    result: Literal["instant vector", "scalar"] = "instant vector"
    optional: int = 0
    repeated: bool = False
    since: str = "2.0"
    until: str = ""
    experimental: bool = False


_VECTOR: Argument = "instant vector"
_RANGE: Argument = "range vector"


def _each(*functions: str) -> tuple[Signature, ...]:
    """Functions of each value, whose result has another unit."""
    return tuple(Signature(name, (_VECTOR,), unit="none") for name in functions)


def _over_time(*functions: str) -> tuple[Signature, ...]:
    """Functions of the samples in a range, in their unit."""
    return tuple(Signature(name, (_RANGE,)) for name in functions)


def _of_date(*functions: str, since: str = "2.0") -> tuple[Signature, ...]:
    """Parts of a point in time, in UTC; of the moment of evaluation where none is given."""
    return tuple(
        Signature(name, (_VECTOR,), unit="none", optional=1, since=since) for name in functions
    )


def _of_native_histogram(*functions: str, since: str) -> tuple[Signature, ...]:
    return tuple(Signature(name, (_VECTOR,), unit="none", since=since) for name in functions)


SIGNATURES: Mapping[str, Signature] = {
    row.name: row
    for row in (
        *_each("acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "deg", "rad"),
        *_each("exp", "ln", "log10", "log2", "sgn", "sin", "sinh", "sqrt", "tan", "tanh"),
        *_of_date("day_of_month", "day_of_week", "days_in_month", "hour", "minute", "month"),
        *_of_date("year"),
        *_of_date("day_of_year", since="2.37"),
        *_over_time("avg_over_time", "max_over_time", "min_over_time", "sum_over_time"),
        *_over_time("delta", "deriv", "idelta", "stddev_over_time"),
        *_of_native_histogram("histogram_count", "histogram_sum", since="2.40"),
        *_of_native_histogram("histogram_stddev", "histogram_stdvar", since="2.47"),
        *_of_native_histogram("histogram_avg", since="2.52"),
        Signature("abs", (_VECTOR,)),
        Signature("absent", (_VECTOR,), labels="fixed", unit="count"),
        Signature("absent_over_time", (_RANGE,), labels="fixed", unit="count"),
        Signature("ceil", (_VECTOR,)),
        Signature("changes", (_RANGE,), unit="count"),
        Signature("clamp", (_VECTOR, "scalar", "scalar"), since="2.26"),
        Signature("clamp_max", (_VECTOR, "scalar")),
        Signature("clamp_min", (_VECTOR, "scalar")),
        Signature("count_over_time", (_RANGE,), unit="count"),
        Signature(
            "double_exponential_smoothing",
            (_RANGE, "scalar", "scalar"),
            since="3.0",
            experimental=True,
        ),
        Signature("floor", (_VECTOR,)),
        Signature("histogram_fraction", ("scalar", "scalar", _VECTOR), unit="none", since="2.40"),
        Signature("histogram_quantile", ("scalar", _VECTOR), labels="without le"),
        Signature("holt_winters", (_RANGE, "scalar", "scalar"), until="3.0"),
        Signature("increase", (_RANGE,), unit="growth"),
        Signature("irate", (_RANGE,), unit="rate"),
        Signature(
            "label_join",
            (_VECTOR, "string", "string", "string"),
            labels="with target",
            optional=1,
            repeated=True,
        ),
        Signature(
            "label_replace",
            (_VECTOR, "string", "string", "string", "string"),
            labels="with target",
        ),
        Signature("last_over_time", (_RANGE,), since="2.26"),
        Signature("mad_over_time", (_RANGE,), since="2.49", experimental=True),
        Signature("pi", (), labels="none", unit="none", result="scalar", since="2.31"),
        Signature("predict_linear", (_RANGE, "scalar")),
        Signature("present_over_time", (_RANGE,), unit="count", since="2.29"),
        Signature("quantile_over_time", ("scalar", _RANGE)),
        Signature("rate", (_RANGE,), unit="rate"),
        Signature("resets", (_RANGE,), unit="count"),
        Signature("round", (_VECTOR, "scalar"), optional=1),
        Signature("scalar", (_VECTOR,), labels="none", result="scalar"),
        Signature("sort", (_VECTOR,)),
        Signature(
            "sort_by_label",
            (_VECTOR, "string"),
            optional=1,
            repeated=True,
            since="2.49",
            experimental=True,
        ),
        Signature(
            "sort_by_label_desc",
            (_VECTOR, "string"),
            optional=1,
            repeated=True,
            since="2.49",
            experimental=True,
        ),
        Signature("sort_desc", (_VECTOR,)),
        Signature("stdvar_over_time", (_RANGE,), unit="none"),
        Signature("time", (), labels="none", unit="seconds", result="scalar"),
        Signature("timestamp", (_VECTOR,), unit="seconds"),
        Signature("ts_of_max_over_time", (_RANGE,), unit="seconds", since="3.5", experimental=True),
        Signature("ts_of_min_over_time", (_RANGE,), unit="seconds", since="3.5", experimental=True),
        Signature(
            "ts_of_last_over_time", (_RANGE,), unit="seconds", since="3.5", experimental=True
        ),
        Signature("vector", ("scalar",), labels="none"),
    )
}
"""By name. `info()` is left out: its labels cannot be known before it runs."""


ABSENCE = frozenset(row.name for row in SIGNATURES.values() if row.labels == "fixed")
"""Functions that have a value only where there is no series."""


@dataclass(frozen=True)
class Operator:
    """An aggregation. parameter: the type of what stands before the vector; empty for none. keeps:
    whether it picks series, with all their labels. since, experimental: as of a Signature.
    """

    name: str
    parameter: Literal["", "scalar", "string"] = ""
    keeps: bool = False
    unit: UnitRule = "same"
    since: str = "2.0"
    experimental: bool = False


OPERATORS: Mapping[str, Operator] = {
    row.name: row
    for row in (
        Operator("avg"),
        Operator("bottomk", "scalar", keeps=True),
        Operator("count", unit="count"),
        Operator("count_values", "string", unit="count"),
        Operator("group", unit="count"),
        Operator("limit_ratio", "scalar", keeps=True, since="2.54", experimental=True),
        Operator("limitk", "scalar", keeps=True, since="2.54", experimental=True),
        Operator("max"),
        Operator("min"),
        Operator("quantile", "scalar"),
        Operator("stddev"),
        Operator("stdvar", unit="none"),
        Operator("sum"),
        Operator("topk", "scalar", keeps=True),
    )
}
"""Aggregations by name:
https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators
"""
