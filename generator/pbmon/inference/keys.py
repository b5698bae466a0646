"""Which labels of a series follow from its others, as rules take for granted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from pbmon.expr.derivation import is_scalar
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
from pbmon.expr.signatures import OPERATORS
from pbmon.expr.walk import walk
from pbmon.inference.labels import LabelNames, Labels


def following(
    expressions: Iterable[Node], labels: Labels, records: Mapping[str, Node]
) -> dict[str, set[str]]:
    """Labels that do not tell apart the series of a name, by that name.

    A side that is matched by some of its labels, with one partner for each series of the other,
    has one series for each value of these: `x / on (host) y` says that `job` of y follows from its
    `host`.
    """
    keys = _Keys(records)
    for node in expressions:
        for inner in walk(node):
            if (
                isinstance(inner, Binary)
                and inner.operator not in SET_OPERATORS
                and inner.matching is not None
                and not (is_scalar(inner.left) or is_scalar(inner.right))
            ):
                many = {"group_left": inner.left, "group_right": inner.right}
                for side in (inner.left, inner.right):
                    if side is not many.get(inner.matching.group):
                        listed = frozenset(inner.matching.labels)
                        carried = labels.carried(side)
                        on = inner.matching.kind == "on"
                        keys.drop(side, carried - listed if on else carried & listed)
    return keys.dropped


class _Keys:
    def __init__(self, records: Mapping[str, Node]) -> None:
        self._records = records
        self.dropped: dict[str, set[str]] = {}

    def drop(self, node: Node, labels: LabelNames) -> None:
        """Notes that these labels of the expression's result follow from its others."""
        if not labels:
            return
        match node:
            case Selector():
                self._drop_of(node, labels)
            case Names():
                for selector in node.selectors:
                    self._drop_of(selector, labels)
            case Call("label_replace" | "label_join"):
                target, *texts = [
                    argument.value for argument in node.arguments if isinstance(argument, String)
                ]
                if target not in labels:  # it tells as much apart as what it is made of
                    labels -= set(texts)
                self.drop(node.arguments[0], labels - {target})
            case Call():
                for argument in node.arguments:
                    self.drop(argument, labels)
            case Aggregate():
                if node.grouping == "by" and not OPERATORS[node.operator].keeps:
                    labels &= set(node.labels)
                self.drop(node.operand, labels)
            case Binary():
                group = node.matching.group if node.matching else ""
                if group != "group_right" or node.operator in SET_OPERATORS:
                    self.drop(node.left, labels)
                if group != "group_left" and node.operator not in {"and", "unless"}:
                    self.drop(node.right, labels)
            case Negation() | Subquery():
                self.drop(node.operand, labels)
            case Number() | String():
                pass
            case _:
                assert_never(node)

    def _drop_of(self, selector: Selector, labels: LabelNames) -> None:
        name = selector.series.name
        fixed = {matcher.label.name for matcher in selector.matchers if matcher.op == "="}
        if name in self._records:
            self.drop(self._records[name], labels - fixed)
        self.dropped.setdefault(name, set()).update(labels - fixed)
