"""The bounds of an expression's values, whatever is scraped."""

from __future__ import annotations

from math import inf, isfinite
from typing import assert_never

from pbmon.expr.derivation import is_scalar
from pbmon.expr.nodes import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    Series,
    String,
    Subquery,
)
from pbmon.model.builtin import alerts, alerts_for_state, scrape_duration
from pbmon.plan.lineage import Lineage
from pbmon.proof.values.calls import CALLS, quantile
from pbmon.proof.values.intervals import EVERYTHING, Interval, passed, quotient, span, summed
from pbmon.proof.values.presence import sizes
from pbmon.proof.values.shares import divided_away, is_share

_KEEP = frozenset({"avg", "min", "max", "topk", "bottomk", "limitk", "limit_ratio"})

_NEVER_NEGATIVE = frozenset({"s", "bytes"})
"""Units of which a histogram has no bucket below zero (see Histogram)."""


NOW: Interval = (1.7e9, 4.1e9)
"""When a rule can be evaluated, in seconds since 1970: not before 2023-11-14, when no rule of pbmon
was written yet, nor after 2099-12-03. It is what time() gives
(https://prometheus.io/docs/prometheus/latest/querying/functions/#time), and nearly what timestamp()
does.
"""


class Bounds:
    """Bounds of the values of expressions, except for rounding; EVERYTHING where none is known.
    now: when they are evaluated.

    NaN does not count as a value, and a gauge of unit bool is 0 or 1. After a restart the rate of a
    bucket can briefly exceed that of its histogram's count; this counts as rounding too.
    """

    def __init__(self, lineage: Lineage, now: Interval = NOW) -> None:
        self.lineage = lineage
        self.now = now
        self._records: dict[str, Interval] = {}

    def of(self, node: Node) -> Interval:
        """Smallest and largest value of the expression."""
        match node:
            case Selector():
                return self._selected(node)
            case Number():
                return float(node.value), float(node.value)
            case Subquery():
                return self.of(node.operand)
            case Aggregate():
                return self._aggregated(node)
            case Call():
                bounds = CALLS.get(node.function)
                return bounds(node, self) if bounds else EVERYTHING
            case Binary():
                return self._binary(node)
            case Names():
                return span(corner for selector in node.selectors for corner in self.of(selector))
            case Negation():
                low, high = self.of(node.operand)
                return -high, -low
            case String():
                return EVERYTHING
            case _:
                assert_never(node)

    def _selected(self, selector: Selector) -> Interval:
        series = selector.series
        record = self.lineage.recorded.get(series.name)
        if record is None and series.name == scrape_duration.name:
            return 0.0, self._longest_scrape(selector)
        if record is None and series.name == alerts_for_state.name:
            return self.now
        if record is None:
            return _scraped(series)
        if series.name not in self._records:
            self._records[series.name] = self.of(record)
        return self._records[series.name]

    def _longest_scrape(self, selector: Selector) -> float:
        """Seconds. A scrape that is given up takes a little longer than its timeout."""
        jobs = self.lineage.supply.named(selector)
        return 1.1 * max((job.timeout for job in jobs), default=inf)

    def _aggregated(self, node: Aggregate) -> Interval:
        operand = low, high = self.of(node.operand)
        match node.operator:
            case "count":
                return sizes(node, self.lineage)
            case "count_values":
                return 1.0, inf
            case "group":
                return 1.0, 1.0
            case "sum":
                return summed(operand, *sizes(node, self.lineage))
            case "quantile" if node.parameter is not None:
                return quantile(node.parameter, operand)
            case "stddev":
                return 0.0, (high - low) / 2
            case "stdvar":
                return 0.0, ((high - low) / 2) ** 2 if isfinite(high - low) else inf
            case operator:
                return operand if operator in _KEEP else EVERYTHING

    def _binary(self, node: Binary) -> Interval:
        left, right = self.of(node.left), self.of(node.right)
        if node.returns_bool:
            return 0.0, 1.0
        match node.operator:
            case "+":
                return span(x + y for x in left for y in right)
            case "-":
                if _is_now(node.left):
                    right = _a_time(right)
                elif _is_now(node.right):
                    left = _a_time(left)
                return span(x - y for x in left for y in right)
            case "*" if (factor := divided_away(node)) is not None:
                return factor, factor
            case "*":
                return span(x * y if x and y else 0.0 for x in left for y in right)
            case "/":
                low, high = quotient(left, right)
                return (max(low, 0.0), min(high, 1.0)) if is_share(node, self.of) else (low, high)
            case "or":
                return min(left[0], right[0]), max(left[1], right[1])
            case "and" | "unless":
                return left
            case operator if operator in COMPARISONS:
                return right if is_scalar(node.left) else passed(operator, left, right)
            case _:  # operators whose results no bounds are known for, such as `^`
                return EVERYTHING


def _scraped(series: Series) -> Interval:
    if series.name == alerts.name:
        return 1.0, 1.0
    if series.type == "gauge" and series.unit.startswith("bool"):
        return 0.0, 1.0
    if series.name.endswith("_timestamp_seconds") or series.unit.startswith("dateTime"):
        return _a_time(EVERYTHING)
    if series.name == f"{series.metric}_sum" and series.unit not in _NEVER_NEGATIVE:
        return EVERYTHING  # of values that may be negative, so that it does not only grow
    return (0.0, inf) if series.type in {"counter", "bucket"} else EVERYTHING


def _is_now(node: Node) -> bool:
    match node:
        case Call("vector", (scalar,)):
            return _is_now(scalar)
        case _:
            return isinstance(node, Call) and node.function == "time"


def _a_time(value: Interval) -> Interval:
    """Of what holds a time, as what is subtracted from the time does: seconds since 1970, 0 for
    never.
    """
    low, high = value
    return (0.0 if low == -inf and high >= 0 else low), high
