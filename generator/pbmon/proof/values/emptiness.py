"""Expressions that read no series, or ask for series that no label can have."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.expr.nodes import Aggregate, Binary, Call, Names, Negation, Node, Selector, Subquery
from pbmon.expr.shapes import fulfils
from pbmon.expr.signatures import ABSENCE
from pbmon.expr.text import promql
from pbmon.expr.walk import walk
from pbmon.labels import Matcher
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Clock, Store
from pbmon.proof.promql.vectors import UnknownSemantics
from pbmon.proof.values.calls import NATIVE_ONLY

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


def unmatched(node: Node, lineage: Lineage) -> str:
    """Why the expression never has a value: matchers that exclude each other, targets that no job
    has; empty where it may have one.
    """
    match node:
        case Selector():
            excluded = next(_excluded(node), "")
            if jobs := "" if excluded else lineage.supply.none_of(node):
                return f"no target of job {jobs} fulfils {promql(node)}"
            return excluded
        case Binary("or"):
            left, right = (unmatched(side, lineage) for side in (node.left, node.right))
            return f"{left}; {right}" if left and right else ""
        case Binary("unless"):
            return unmatched(node.left, lineage)
        case Binary():
            return unmatched(node.left, lineage) or unmatched(node.right, lineage)
        case Aggregate() | Negation() | Subquery():
            return unmatched(node.operand, lineage)
        case Call(function) if function in NATIVE_ONLY:
            return f"{function}() gives nothing for histograms of buckets, only for native ones"
        case Call() if node.function not in {"scalar", "vector", *ABSENCE}:
            return next(filter(None, (unmatched(each, lineage) for each in node.arguments)), "")
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
