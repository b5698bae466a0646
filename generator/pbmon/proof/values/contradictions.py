"""Finds conditions that never hold, or always hold, from the bounds of the values alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from math import inf, isfinite, nan
from typing import NamedTuple, assert_never

from pbmon.expr.nodes import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    String,
    Subquery,
)
from pbmon.expr.text import number, promql
from pbmon.expr.walk import children, walk
from pbmon.labels import TARGET_LABELS, names
from pbmon.model.builtin import ALERT_SERIES
from pbmon.plan.lineage import Lineage
from pbmon.plan.supply import OF_SCRAPES
from pbmon.proof.promql.vectors import compare
from pbmon.proof.values.bounds import NOW, Bounds
from pbmon.proof.values.emptiness import constant, unmatched
from pbmon.proof.values.folding import folded
from pbmon.proof.values.intervals import Interval
from pbmon.proof.values.presence import facts, presence


class Contradiction(NamedTuple):
    """reason: why a condition can never hold, or always holds, in a sentence."""

    reason: str
    always: bool


def contradiction(node: Node, bounds: Bounds) -> Contradiction | None:
    """Why a condition can never hold, or why it holds whenever its series exist; None where it can
    do both.

    Conditions on one expression are tried with every kind of value that it can have: their limits,
    and values between these.
    """
    node = folded(node)
    there = constant(node)
    if there is not None:
        does = "it always fires" if there else "it can never fire"
        return Contradiction(f"{does}: it reads no series", there)
    if reason := unmatched(node, bounds.lineage):
        return Contradiction(f"it can never fire: {reason}", False)
    if presence(node, bounds.lineage).always:
        why = "; ".join(dict.fromkeys(facts(node, bounds.lineage)))
        return Contradiction(f"it always fires: {why}, so it always has a value", True)
    excluded = [
        side for side in walk(node) if isinstance(side, Binary) and _is_excluded(side, bounds)
    ]
    if _holds(node, excluded) is False:
        reasons = (
            f"{_stays(side, node, bounds)}, so {_condition_text(side)} is never true"
            for side in excluded
        )
        return Contradiction("it can never fire: " + "; ".join(dict.fromkeys(reasons)), False)
    sides = list(_sides(node))
    for text in dict.fromkeys(promql(side.left) for side, _ in sides):
        joined = [(side, inverted) for side, inverted in sides if promql(side.left) == text]
        first = joined[0][0]
        conditions = ", ".join(
            f"{'unless ' if inverted else ''}{_condition_text(side)}" for side, inverted in joined
        )
        points = _points([_limit(side) for side, _ in joined], bounds.of(first.left))
        if all(_holds(node, excluded, text, point) is False for point in (*points, nan, None)):
            reason = f"it can never fire: no value of {text} passes its conditions: {conditions}"
            return Contradiction(reason, False)
        if all(_holds(node, excluded, text, point) for point in points) and not _may_be_silent(
            first.left, bounds
        ):
            if len(joined) == 1:
                reason = (
                    f"it always fires: {_stays(first, node, bounds)}, so {conditions} is true"
                    " whenever it has one"
                )
                return Contradiction(reason, True)
            reason = f"it always fires: every value of {text} passes its conditions: {conditions}"
            return Contradiction(reason, True)
    return None


def _sides(node: Node, inverted: bool = False) -> Iterator[tuple[Binary, bool]]:
    """Comparisons with a number that `and`, `or` and `unless` join, and whether they stand behind
    an `unless`.
    """
    if isinstance(node, Binary) and node.operator in SET_OPERATORS:
        yield from _sides(node.left, inverted)
        yield from _sides(node.right, inverted != (node.operator == "unless"))
    elif isinstance(node, Binary) and _is_limited(node):
        yield node, inverted


def _is_limited(node: Binary) -> bool:
    return node.filters and isinstance(node.right, Number)


def _limit(side: Binary) -> float:
    assert isinstance(side.right, Number)
    return float(side.right.value)


def _condition_text(side: Binary) -> str:
    assert isinstance(side.right, Number)
    return f"`{side.operator} {number(side.right.value)}`"


def _stays(side: Binary, node: Node, bounds: Bounds) -> str:
    low, high = bounds.of(side.left)
    subject = "its value" if side is node else promql(side.left)
    known = ["the years 2023 to 2099"] if (low, high) == NOW else _numbers_below(side.left, bounds)
    why = f" ({'; '.join(known)})" if known else ""
    return f"{subject} stays within {low:g} and {high:g}{why}"


def _numbers_below(node: Node, bounds: Bounds) -> list[str]:
    """What is known of the numbers of series and samples, where the expression counts any."""
    counts = any(
        (isinstance(inner, Aggregate) and inner.operator in _COUNTING)
        or (isinstance(inner, Call) and inner.function in _COUNTING)
        for inner in bounds.lineage.nodes(node)
    )
    return list(dict.fromkeys(facts(node, bounds.lineage))) if counts else []


_COUNTING = frozenset({"count", "sum", "count_over_time", "sum_over_time", "changes", "resets"})
"""What grows with the number of series, or of samples."""


def _points(limits: Sequence[float], within: Interval) -> list[float]:
    """One value of every kind that the limits distinguish: each limit, one between every two, one
    beyond. Values outside `within` are left out.
    """
    low, high = within
    marks = sorted({mark for mark in (*limits, low, high) if isfinite(mark)})
    between = (a / 2 + b / 2 for a, b in pairwise(marks))
    return [point for point in (-inf, *marks, *between, inf) if low <= point <= high]


def _truths(side: Binary, bounds: Bounds) -> set[bool]:
    """What a comparison with a number can be, for values that are numbers."""
    limit = _limit(side)
    return {
        compare(side.operator, point, limit) for point in _points([limit], bounds.of(side.left))
    }


def _is_excluded(side: Binary, bounds: Bounds) -> bool:
    """Whether no value passes the comparison. NaN passes `!=`."""
    passes = side.operator == "!=" and _may_be_nan(side.left)
    return _is_limited(side) and not passes and _truths(side, bounds) == {False}


def _may_be_nan(node: Node) -> bool:
    """Whether the value may be no number, as a gauge's may."""
    match node:
        case Selector():
            return node.series.name not in OF_SCRAPES
        case Aggregate("count" | "group") | Call("absent" | "absent_over_time"):
            return False
        case Call("count_over_time" | "present_over_time" | "changes" | "resets"):
            return False
        case Aggregate("sum" | "min" | "max" | "avg") | Negation():
            return _may_be_nan(node.operand)
        case Call("max_over_time" | "min_over_time" | "sum_over_time" | "avg_over_time"):
            return _may_be_nan(node.arguments[0])
        case Binary("+" | "-" | "*"):
            return _may_be_nan(node.left) or _may_be_nan(node.right)
        case Number():
            return not node.value.is_finite()
        case _:
            return True


def _holds(
    node: Node, excluded: Collection[Binary], about: str = "", value: float | None = None
) -> bool | None:
    """Whether the condition has a value for those labels for which the expression `about` has this
    value; None for unknown.

    value: None where the expression has none. Without about: False where the condition has no value
    for any labels.
    """
    match node:
        case Binary() if node.operator in SET_OPERATORS:
            left, right = (_holds(side, excluded, about, value) for side in (node.left, node.right))
            # what has other labels may be the partner
            if node.matching and (node.operator == "or" or not right):
                right = _holds(node.right, excluded)
            if node.operator == "or":
                return _not(_both(_not(left), _not(right)))
            return _both(left, right if node.operator == "and" else _not(right))
        case Binary() if _is_limited(node) and promql(node.left) == about:
            return value is not None and compare(node.operator, value, _limit(node))
        case Binary():
            empty = node in excluded or any(
                _holds(side, excluded) is False for side in (node.left, node.right)
            )
            return False if empty else None
        case Aggregate():
            return False if _holds(node.operand, excluded) is False else None
        case Selector() | Names() | Number() | String() | Call() | Negation() | Subquery():
            return None
        case _:
            assert_never(node)


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return True if left and right else None


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _may_be_silent(node: Node, bounds: Bounds) -> bool:
    """Whether the expression may have no value although its series are scraped, so that a value
    carries information.
    """
    if presence(node, bounds.lineage).always:
        return False
    match node:
        case Selector():
            name, lineage = node.series.name, bounds.lineage
            return name in ALERT_SERIES or (
                name in lineage.recorded and lineage.of_record(name, _record_may_be_silent)
            )
        case Call("absent" | "absent_over_time") | Binary("and" | "unless"):
            return True
        case Aggregate("count_values"):  # a record of it may be asked for one value
            return True
        case Aggregate("count"):  # counting those with some label value asks whether there are any
            return _is_particular(node, bounds) or _may_be_silent(node.operand, bounds)
        case Binary("or"):
            return _may_be_silent(node.left, bounds) and _may_be_silent(node.right, bounds)
        # a quotient by 0 says nothing
        case Binary("/", left, Binary(">", whole, Number(value))) if not value:
            return _may_be_silent(left, bounds) or _may_be_silent(whole, bounds)
        case Binary() if node.filters and not (
            _is_limited(node) and _truths(node, bounds) == {True}
        ):
            return True
        case (
            Names()
            | Number()
            | String()
            | Call()
            | Aggregate()
            | Binary()
            | Negation()
            | Subquery()
        ):
            return any(_may_be_silent(child, bounds) for child in children(node))
        case _:
            assert_never(node)


def _record_may_be_silent(node: Node, lineage: Lineage) -> bool:
    return _may_be_silent(node, Bounds(lineage))


def _is_particular(node: Node, bounds: Bounds) -> bool:
    """Whether only some of the targets' series are selected."""
    return any(
        matcher.label.name not in names(TARGET_LABELS)
        for inner in bounds.lineage.nodes(node)
        if isinstance(inner, Selector)
        for matcher in inner.matchers
    )
