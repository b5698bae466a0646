"""Series that have no value, instead of NaN, where a single NaN would hide all others.

`histogram_quantile()` of no observations is NaN. Recorded, a single NaN makes every average over an
hour NaN, and no comparison is true of that: one quiet minute blinds an alert for the hour. A gauge
may be NaN, too, as an app or an exporter that has nothing to say sets it, and so is the sum of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pbmon.expr.nodes import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Node,
    Number,
    Selector,
    Subquery,
)
from pbmon.expr.walk import children, selectors, walk, with_children
from pbmon.model.builtin import BUILTIN

_LEAST = Number(Decimal("-Infinity"))
"""Every number is at least this; NaN is not."""

_SPOILT = frozenset({"sum", "avg", "stddev", "stdvar", "quantile"})
"""Aggregations of which a single NaN makes NaN, or another number."""

_ALWAYS_NUMBERS = frozenset(metric.name for metric in BUILTIN)


def numbers_only(node: Node, *, stored: bool) -> Node:
    """The expression with `>= -Inf` behind each quantile whose value is stored: by a recording rule
    (`stored`), or by a subquery in it; and behind gauges that are summed up. What is compared
    anyway stays as it is.
    """
    stored = stored or isinstance(node, Subquery)
    if isinstance(node, Call) and node.function == "histogram_quantile":
        return Binary(">=", node, _LEAST) if stored else node
    compared = isinstance(node, Binary) and node.filters
    operands = children(node)
    changed = [
        operand
        if compared and isinstance(operand, Call) and operand.function == "histogram_quantile"
        else numbers_only(operand, stored=stored)
        for operand in operands
    ]
    if isinstance(node, Aggregate) and node.operator in _SPOILT and _may_be_nan(node.operand):
        changed[0] = Binary(">=", changed[0], _LEAST)
    return with_children(node, changed) if operands else node


def numbers_asked(node: Node) -> Iterator[str]:
    """Gauges of which only numbers count."""
    for inner in walk(node):
        if isinstance(inner, Binary) and inner.operator == ">=" and inner.right == _LEAST:
            yield from (
                selector.series.metric
                for selector in selectors(inner.left)
                if selector.series.type == "gauge"
            )


def unguarded(node: Node) -> Node:
    """The expression itself, where only its numbers count."""
    is_guard = isinstance(node, Binary) and node.operator == ">=" and node.right == _LEAST
    return node.left if is_guard and isinstance(node, Binary) else node


def _may_be_nan(node: Node) -> bool:
    """Whether a series may be NaN because a gauge is; those of yes and no are never."""
    match node:
        case Selector(series):
            is_plain = series.type == "gauge" and not series.unit.startswith("bool")
            return is_plain and not node.window and series.metric not in _ALWAYS_NUMBERS
        case Binary() if node.filters or node.operator in SET_OPERATORS:
            return not node.filters and _may_be_nan(node.left)
        case Binary():
            return _may_be_nan(node.left) or _may_be_nan(node.right)
        case _:
            return False
