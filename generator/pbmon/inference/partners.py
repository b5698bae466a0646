"""Expressions that can never have a value, since two sides of an operation cannot meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from pbmon.errors import DefinitionError
from pbmon.expr.derivation import derived, is_scalar
from pbmon.expr.labelsets import matched_on
from pbmon.expr.nodes import (
    Aggregate,
    Binary,
    Call,
    Matching,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    String,
    Subquery,
)
from pbmon.expr.shapes import Shape, fulfils
from pbmon.expr.text import promql
from pbmon.expr.walk import children
from pbmon.labels import TARGET_LABELS, names

_NEVER_EMPTY = frozenset({"absent", "absent_over_time", "scalar"})
_OF_TARGETS = frozenset(names(TARGET_LABELS))
_EVERYTHING = frozenset({".*", "(.*)", "^.*$"})


class Partners:
    """Expressions over series with labels. records: those that are recorded, by name."""

    def __init__(self, records: Mapping[str, Node]) -> None:
        self._records = records

    def shape(self, node: Node) -> Shape:
        """Of the expression. Where a mistake stands in the way, that of the first operand:
        Prometheus reads it nevertheless.
        """
        if isinstance(node, Selector) and node.series.name in self._records:
            below = self.shape(self._records[node.series.name])
            return replace(below, matchers=(*below.matchers, *node.matchers))
        operands = [self.shape(operand) for operand in children(node)]
        try:
            return derived(node, operands)
        except DefinitionError:
            return next(iter(operands), Shape())

    def obstacle(self, node: Node) -> str:
        """Why the expression never has a value, whatever is scraped; empty where it may."""
        match node:
            case Selector():
                name = node.series.name
                below = name in self._records and self.obstacle(self._records[name])
                return f"{name} is never recorded: {below}" if below else _excluded(node)
            case Names():
                reasons = [_excluded(selector) for selector in node.selectors]
                return reasons[0] if all(reasons) else ""
            case Call(function) if function in _NEVER_EMPTY:
                return ""
            case Binary("or"):
                left, right = self.obstacle(node.left), self.obstacle(node.right)
                return left if left and right else ""
            case Binary("unless"):
                return self.obstacle(node.left)
            case Binary():
                below = self.obstacle(node.left) or self.obstacle(node.right)
                if below or is_scalar(node.left) or is_scalar(node.right):
                    return below
                sides = self.shape(node.left), self.shape(node.right)
                return _apart(node.operator, *sides, node.matching)
            case Call() | Aggregate() | Negation() | Subquery():
                return next(filter(None, map(self.obstacle, children(node))), "")
            case Number() | String():
                return ""
            case _:
                assert_never(node)


def _apart(operator: str, left: Shape, right: Shape, matching: Matching | None) -> str:
    # what every target has is surer than what texts and matchers ask for
    for name in sorted(
        matched_on(left, right, matching), key=lambda name: (name not in _OF_TARGETS, name)
    ):
        for side, one, other in (("left", left, right), ("right", right, left)):
            here = names(one.labels)
            if name in here and name not in {*names(other.labels), *names(other.optional)}:
                return (
                    f"only the {side} side of `{operator}` has the label {name!r}, and it is"
                    " matched on: no series finds a partner"
                )
        values = [each for each in (left.values(name), right.values(name)) if each is not None]
        if len(values) == 2 and not values[0] & values[1]:
            texts = [" or ".join(map(repr, sorted(each)[:3])) for each in values]
            return (
                f"{name} is {texts[0]} on the left of `{operator}` and {texts[1]} on the right: no"
                " series finds a partner"
            )
    return ""


def _excluded(selector: Selector) -> str:
    """Why no series fulfils the matchers."""
    for matcher in selector.matchers:
        alike = [each for each in selector.matchers if each.label.name == matcher.label.name]
        nothing = matcher.op == "!~" and matcher.value in _EVERYTHING
        if nothing or (
            matcher.op == "=" and not all(fulfils(each, matcher.value) for each in alike)
        ):
            return f"no series fulfils {promql(selector)}: {matcher.label.name} can have no value"
    return ""
