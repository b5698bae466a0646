"""Between which bounds the values of an expression lie, whatever is scraped."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isnan

from pbmon.expr.nodes import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Node,
    Number,
    Selector,
    Series,
    Subquery,
)
from pbmon.plan.lineage import Lineage
from pbmon.proof.vectors import fulfils

Range = tuple[float, float]
"""Smallest and largest possible value."""

EVERYTHING: Range = (-inf, inf)
_KEEP = frozenset({"avg", "min", "max", "topk", "bottomk"})
_WITHIN = frozenset({"avg_over_time", "min_over_time", "max_over_time", "last_over_time"})
_GROWTH = frozenset({"rate", "irate", "increase"})
_TALLIES = frozenset({"changes", "resets"})
_NEVER_NEGATIVE = frozenset({"s", "bytes"})
"""Units of which a histogram has no bucket below zero (see Histogram)."""


def reachable(node: Node, lineage: Lineage) -> Range:
    """Bounds on every number the expression can be worth, but for rounding; EVERYTHING where
    nothing is known.

    NaN is no number, and a gauge of unit bool is 0 or 1. A bucket's rate can exceed that of its
    histogram's count while both begin again after a restart; that counts as rounding, too.
    """
    match node:
        case Selector():
            below = lineage.recorded.get(node.series.name)
            if below is not None:
                return reachable(below, lineage)
            return _scraped(node.series)
        case Number():
            return float(node.value), float(node.value)
        case Subquery():
            return reachable(node.operand, lineage)
        case Aggregate():
            return _aggregated(node.operator, reachable(node.operand, lineage))
        case Call():
            return _called(node, lineage)
        case Binary():
            return _binary(node, lineage)
        case _:
            return EVERYTHING


def _scraped(series: Series) -> Range:
    if series.type == "gauge" and series.unit.startswith("bool"):
        return 0.0, 1.0
    if series.name == f"{series.metric}_sum" and series.unit not in _NEVER_NEGATIVE:
        return EVERYTHING  # of values that may be negative, so that it does not only grow
    return (0.0, inf) if series.type in {"counter", "bucket"} else EVERYTHING


def _aggregated(operator: str, operand: Range) -> Range:
    if operator == "count":
        return 1.0, inf
    if operator == "sum":
        return _summed(operand)
    return operand if operator in _KEEP else EVERYTHING


def _summed(each: Range) -> Range:
    """Of one or more."""
    low, high = each
    return (low if low >= 0 else -inf), (high if high <= 0 else inf)


def _called(node: Call, lineage: Lineage) -> Range:
    arguments = node.arguments
    match node.function:
        case "absent":
            return 1.0, 1.0
        case "histogram_quantile":
            return _quantile(arguments[0], arguments[1], lineage)
        case "clamp" if isinstance(arguments[1], Number) and isinstance(arguments[2], Number):
            lowest, highest = float(arguments[1].value), float(arguments[2].value)
            low, high = (
                max(lowest, min(highest, value)) for value in reachable(arguments[0], lineage)
            )
            return low, high
        case "sum_over_time":
            return _summed(reachable(arguments[0], lineage))
        case "vector" if isinstance(arguments[0], Number):
            return reachable(arguments[0], lineage)
        case function if function in _WITHIN or function == "label_replace":
            return reachable(arguments[0], lineage)
        case function if function in _TALLIES or (
            function in _GROWTH and reachable(arguments[0], lineage)[0] >= 0
        ):
            return 0.0, inf
        case "count_over_time":
            return 1.0, inf
        case _:
            return EVERYTHING


def _quantile(share: Node, buckets: Node, lineage: Lineage) -> Range:
    bounds = [bound for selector in lineage.raw(buckets) for bound in selector.series.bounds]
    if not bounds or min(bounds) <= 0 or reachable(buckets, lineage)[0] < 0:
        return EVERYTHING
    # Observations in the lowest bucket are taken to lie evenly from 0 to its bound.
    return (float(share.value) * min(bounds) if isinstance(share, Number) else 0.0), max(bounds)


def _binary(node: Binary, lineage: Lineage) -> Range:
    left, right = reachable(node.left, lineage), reachable(node.right, lineage)
    match node.operator:
        case "+":
            return _span(x + y for x in left for y in right)
        case "-":
            return _span(x - y for x in left for y in right)
        case "*":
            return _span(x * y if x and y else 0.0 for x in left for y in right)
        case "/":
            low, high = _quotient(left, right)
            return (max(low, 0.0), min(high, 1.0)) if _is_share(node, lineage) else (low, high)
        case "or":
            return min(left[0], right[0]), max(left[1], right[1])
        case "and" | "unless":
            return left
        case operator if operator in COMPARISONS:
            return right if isinstance(node.left, Number) else _passed(operator, left, right)
        case _:
            return EVERYTHING


def _quotient(left: Range, right: Range) -> Range:
    if right[0] > 0 or right[1] < 0:
        return _span(x / y for x in left for y in right)
    return (0.0, inf) if left[0] >= 0 and right[0] >= 0 and right[1] > 0 else EVERYTHING


def _span(corners: Iterable[float]) -> Range:
    """From the smallest to the largest. A NaN (inf - inf) is no value."""
    values = [corner + 0.0 for corner in corners if not isnan(corner)]  # + 0.0: 0 instead of -0
    return (min(values), max(values)) if values else EVERYTHING


def _passed(operator: str, left: Range, right: Range) -> Range:
    """Values of the left side that some value of the right side lets pass."""
    low = max(left[0], right[0]) if operator in {">", ">=", "=="} else left[0]
    high = min(left[1], right[1]) if operator in {"<", "<=", "=="} else left[1]
    return (low, high) if low <= high else left  # where nothing passes any bounds are right


def _is_share(node: Binary, lineage: Lineage) -> bool:
    """Whether a division is that of a part by its whole. A filter of the whole leaves out quotients
    and changes none.
    """
    return node.matching is None and _is_part(node.left, _unfiltered(node.right), lineage)


def _unfiltered(node: Node) -> Node:
    """What is below comparisons, `and` and `unless` that leave out series and change no labels."""
    while isinstance(node, Binary) and (
        node.operator in {"and", "unless"} or (node.operator in COMPARISONS and not node.matching)
    ):
        node = node.left
    return node


def _is_part(part: Node, whole: Node, lineage: Lineage) -> bool:
    """Whether every value on the left is 0, or at most that on the right with the same labels (but
    for `le`), and none is negative.

    Only what is read at one time can be compared: two records, or a record and its raw series, may
    be an evaluation apart.
    """
    part = _unfiltered(part)
    match part, whole:
        case Binary("or"), _:
            return reachable(part.right, lineage) == (0.0, 0.0) and _is_part(
                part.left, whole, lineage
            )
        case Aggregate(), Aggregate():
            if (part.operator, part.grouping, part.labels) != (
                whole.operator,
                whole.grouping,
                whole.labels,
            ):
                return False
            if part.operator == "count":
                return _is_subset(_unfiltered(part.operand), whole.operand)
            return part.operator in {"sum", "max"} and _is_part(
                part.operand, whole.operand, lineage
            )
        case _:
            return _is_subset(part, whole) and reachable(whole, lineage)[0] >= 0


def _is_subset(part: Node, whole: Node) -> bool:
    """Whether the left side are some of the right side's series, or how one bucket of each of them
    grows.
    """
    match part, whole:
        case Selector() as some, Selector() as every:
            growth = False
        case Call(function, (Selector() as some, *rest)), Call(
            other, (Selector() as every, *others)
        ) if some.window:
            if (function, rest) != (other, others):
                return False
            growth = function in _GROWTH
        case _:
            return False
    if (some.window, some.offset) != (every.window, every.offset) or not _is_narrower(some, every):
        return False
    return some.series == every.series or (growth and _is_one_bucket(some, every))


def _is_narrower(part: Selector, whole: Selector) -> bool:
    """Whether what passes the matchers on the left passes those on the right, as far as their form
    shows.
    """
    return all(
        matcher in part.matchers
        or any(
            own.op == "=" and own.label == matcher.label and fulfils(matcher, own.value)
            for own in part.matchers
        )
        for matcher in whole.matchers
    )


def _is_one_bucket(part: Selector, whole: Selector) -> bool:
    """Whether the left side is one bucket of the histogram that the right side counts; several
    would count observations twice.
    """
    if (
        part.series.metric != whole.series.metric
        or part.series.type != "bucket"
        or not whole.series.name.endswith("_count")
    ):
        return False
    of_bound = [matcher for matcher in part.matchers if matcher.label.name == "le"]
    bounds = next(label.domain for label in part.series.labels if label.name == "le")
    return sum(all(fulfils(matcher, bound) for matcher in of_bound) for bound in bounds) == 1
