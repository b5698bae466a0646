"""What an expression can reach at all: enough to see that some conditions never, or always, hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from pbmon.expr.nodes import Aggregate, Binary, Call, Node, Number, Selector
from pbmon.expr.text import number, promql
from pbmon.expr.walk import selectors

Range = tuple[float, float]
"""Smallest and largest possible value."""

EVERYTHING: Range = (-inf, inf)
_KEEP = frozenset({"sum", "avg", "min", "max", "topk", "bottomk"})
_WITHIN = frozenset({"avg_over_time", "min_over_time", "max_over_time", "last_over_time"})
_GROWTH = frozenset({"rate", "irate", "increase"})


def reachable(node: Node, records: Mapping[str, Node]) -> Range:
    """Bounds on every value the expression can have; EVERYTHING where nothing is known."""
    match node:
        case Selector():
            if node.series.name in records:
                return reachable(records[node.series.name], records)
            if node.series.unit.startswith("bool"):
                return 0.0, 1.0
            return EVERYTHING if node.series.type == "gauge" else (0.0, inf)
        case Number():
            return float(node.value), float(node.value)
        case Aggregate() if node.operator in _KEEP:
            low, high = reachable(node.operand, records)
            if node.operator == "sum":  # of any number of series
                return (-inf if low < 0 else 0.0), (inf if high > 0 else 0.0)
            return low, high
        case Call() if node.function == "histogram_quantile":
            bounds = [bound for selector in _raw(node, records) for bound in selector.series.bounds]
            if not bounds or min(bounds) <= 0:
                return EVERYTHING
            share = node.arguments[0]  # observations in the lowest bucket are taken to lie evenly from 0 to its bound
            return (float(share.value) * min(bounds) if isinstance(share, Number) else 0.0), max(bounds)
        case Call() if node.function in _GROWTH:
            return 0.0, inf
        case Call() if node.function in _WITHIN:
            return reachable(node.arguments[0], records)
        case Call() if node.function == "absent":
            return 1.0, 1.0
        case Binary():
            return _binary(node, records)
        case _:
            return EVERYTHING


def contradiction(node: Node, records: Mapping[str, Node]) -> str:
    """Why a condition can never hold, or why it always does; empty where it may do either."""
    limits: dict[str, Range] = {}
    for side in _required(node):
        if not isinstance(side.right, Number):
            continue
        limit, (low, high) = float(side.right.value), reachable(side.left, records)
        shown = f"`{side.operator} {number(side.right.value)}`"
        if _never(side.operator, limit, low, high):
            return f"it can never fire: its value stays within {low:g} and {high:g}, so {shown} is never true"
        if node is side and _always(side.operator, limit, low, high):
            return f"it always fires: its value stays within {low:g} and {high:g}, so {shown} is always true"
        left = promql(side.left)
        before = limits.get(left, EVERYTHING)
        limits[left] = (max(before[0], limit), before[1]) if side.operator in {">", ">="} else (before[0], min(before[1], limit))
        if side.operator in {">", ">=", "<", "<="} and limits[left][0] > limits[left][1]:
            return f"it can never fire: {left} would have to be above {limits[left][0]:g} and below {limits[left][1]:g} at once"
    return ""


def _required(node: Node) -> Iterator[Binary]:
    """Comparisons that must all hold for the condition to hold."""
    if isinstance(node, Binary) and node.operator == "and":
        yield from _required(node.left)
        yield from _required(node.right)
    elif isinstance(node, Binary) and node.operator == "unless":
        yield from _required(node.left)
    elif isinstance(node, Binary) and node.operator in {">", "<", ">=", "<="}:
        yield node


def _never(operator: str, limit: float, low: float, high: float) -> bool:
    return {">": high <= limit, ">=": high < limit, "<": low >= limit, "<=": low > limit}[operator]


def _always(operator: str, limit: float, low: float, high: float) -> bool:
    return {">": low > limit, ">=": low >= limit, "<": high < limit, "<=": high <= limit}[operator]


def _binary(node: Binary, records: Mapping[str, Node]) -> Range:
    (a, b), (c, d) = reachable(node.left, records), reachable(node.right, records)
    match node.operator:
        case "+":
            return a + c, b + d
        case "-":
            return a - d, b - c
        case "/" if _is_part(node.left, node.right, records):
            return 0.0, 1.0
        case "*" | "/" if isinstance(node.right, Number) and float(node.right.value) > 0:
            factor = float(node.right.value) if node.operator == "*" else 1 / float(node.right.value)
            return a * factor, b * factor
        case "*" if isinstance(node.left, Number) and float(node.left.value) >= 0:
            return (c * float(node.left.value), d * float(node.left.value)) if float(node.left.value) else (0.0, 0.0)
        case "or":
            return min(a, c), max(b, d)
        case "and" | "unless" | ">" | "<" | ">=" | "<=" | "==" | "!=":
            return a, b
        case "/" if a >= 0 and c >= 0:
            return 0.0, inf
        case _:
            return EVERYTHING


def _is_part(part: Node, whole: Node, records: Mapping[str, Node]) -> bool:
    """Whether the left side counts some of what the right side counts: the same series with more matchers."""
    if isinstance(whole, Binary) and whole.operator in {">", ">="}:
        return _is_part(part, whole.left, records)
    if isinstance(part, Binary) and part.operator == "or":
        return _is_part(part.left, whole, records) and _is_nothing(part.right)
    if isinstance(part, Selector) and isinstance(whole, Selector) and part.window == whole.window:
        if part.series == whole.series:
            return set(whole.matchers) <= set(part.matchers)
        if part.series.metric == whole.series.metric and part.series.type == "bucket" and whole.series.name.endswith("_count"):
            return set(whole.matchers) <= set(part.matchers)
    below = [records.get(side.series.name) if isinstance(side, Selector) and not side.matchers else None for side in (part, whole)]
    if below[0] is not None and _is_part(below[0], whole, records):
        return True
    if below[0] is not None and below[1] is not None:
        return _is_part(below[0], below[1], records)
    if isinstance(part, Call) and isinstance(whole, Call) and part.function == whole.function and len(part.arguments) == 1:
        return _is_part(part.arguments[0], whole.arguments[0], records)
    if isinstance(part, Aggregate) and isinstance(whole, Aggregate) and part.operator == whole.operator == "sum":
        return (part.grouping, part.labels) == (whole.grouping, whole.labels) and _is_part(part.operand, whole.operand, records)
    return False


def _is_nothing(node: Node) -> bool:
    """`0 * x`: nothing, where there is an x."""
    return isinstance(node, Binary) and node.operator == "*" and isinstance(node.left, Number) and not node.left.value


def _raw(node: Node, records: Mapping[str, Node]) -> Iterator[Selector]:
    for selector in selectors(node):
        if selector.series.name in records:
            yield from _raw(records[selector.series.name], records)
        else:
            yield selector
