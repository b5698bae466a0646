"""Expressions that read no series, or ask for series that no label can have."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.expr.nodes import Aggregate, Binary, Call, Names, Negation, Node, Selector, Subquery
from pbmon.expr.shapes import fulfils
from pbmon.expr.text import promql
from pbmon.expr.walk import walk
from pbmon.labels import Matcher
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Clock, Store
from pbmon.proof.promql.vectors import UnknownSemantics

_EVERYTHING = frozenset({".*", "(.*)", "^.*$", "(?s:.*)"})
_OF_TIME = frozenset(
    {"time", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute"}
    | {"month", "year"}
)


def constant(node: Node) -> bool | None:
    """Whether an expression that reads neither series nor the time has a value; None for one that
    does.
    """
    below = list(walk(node))
    if any(isinstance(inner, Selector | Names) for inner in below) or any(
        isinstance(inner, Call) and inner.function in _OF_TIME for inner in below
    ):
        return None
    try:
        return bool(Engine(Store(Clock(11, 11))).vector(node, 0))
    except UnknownSemantics:
        return None


def unmatched(node: Node) -> str:
    """Why the expression never has a value: matchers that exclude each other; empty where it may
    have one.
    """
    match node:
        case Selector():
            return next(_excluded(node), "")
        case Binary("or"):
            left, right = unmatched(node.left), unmatched(node.right)
            return f"{left}; {right}" if left and right else ""
        case Binary("unless"):
            return unmatched(node.left)
        case Binary():
            return unmatched(node.left) or unmatched(node.right)
        case Aggregate() | Negation() | Subquery():
            return unmatched(node.operand)
        case Call() if node.function not in {"absent", "absent_over_time", "scalar", "vector"}:
            return next(filter(None, map(unmatched, node.arguments)), "")
        case _:
            return ""


def _excluded(node: Selector) -> Iterator[str]:
    """Labels of which no value passes all matchers."""
    by_label: dict[str, list[Matcher]] = {}
    for matcher in node.matchers:
        by_label.setdefault(matcher.label.name, []).append(matcher)
    for name, matchers in by_label.items():
        exact = [matcher.value for matcher in matchers if matcher.op == "="]
        refuses = any(each.op == "!~" and each.value in _EVERYTHING for each in matchers)
        if refuses or any(
            not all(fulfils(matcher, value) for matcher in matchers) for value in exact
        ):
            yield f"no value of {name} passes the matchers of {promql(node)}"
