"""Which labels the series of a query can have, from its text alone."""

from __future__ import annotations

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
    Series,
    String,
    Subquery,
)
from pbmon.expr.signatures import OPERATORS, SIGNATURES
from pbmon.expr.syntax import nodes

LabelNames = frozenset[str]
_NONE: LabelNames = frozenset()


def labels_kept(query: str) -> LabelNames | None:
    """The labels that the series of the answer have at most; None where any may be there.

    Nothing is known of what a metric carries, so only what the query says counts: a grouping, a
    matching, label_replace(). Text that is no PromQL may keep any label.
    """
    try:
        return kept_by(nodes(query, _series, lambda _: ()))
    except (ValueError, KeyError):
        return None


def _series(name: str) -> Series:
    return Series(name, name, "gauge", ())


def kept_by(node: Node) -> LabelNames | None:
    """As `labels_kept`, of an expression that was read."""
    match node:
        case Selector() | Names():
            return None
        case Number() | String():
            return _NONE
        case Negation() | Subquery():
            return kept_by(node.operand)
        case Call():
            return _by_call(node)
        case Aggregate():
            return _by_aggregate(node)
        case Binary():
            return _by_binary(node)
        case _:
            assert_never(node)


def _by_call(node: Call) -> LabelNames | None:
    texts = [argument.value for argument in node.arguments if isinstance(argument, String)]
    vectors = (
        argument
        for argument in node.arguments
        if not isinstance(argument, String) and not is_scalar(argument)
    )
    vector = next(vectors, None)
    below = _NONE if vector is None else kept_by(vector)
    match SIGNATURES[node.function].labels:
        case "same":
            return below
        case "without le":
            return None if below is None else below - {"le"}
        case "none":
            return _NONE
        case "fixed":
            return None
        case "with target":
            return None if below is None else below | set(texts[:1])
        case rule:
            assert_never(rule)


def _by_aggregate(node: Aggregate) -> LabelNames | None:
    below, listed = kept_by(node.operand), frozenset(node.labels)
    if OPERATORS[node.operator].keeps:
        return below
    if node.grouping == "without":
        kept = None if below is None else below - listed
    else:
        kept = listed if below is None else listed & below
    if node.operator == "count_values" and kept is not None:
        return kept | ({node.parameter.value} if isinstance(node.parameter, String) else _NONE)
    return kept


def _by_binary(node: Binary) -> LabelNames | None:
    left, right = kept_by(node.left), kept_by(node.right)
    if is_scalar(node.left):
        return right
    if is_scalar(node.right):
        return left
    if node.operator in SET_OPERATORS:
        if node.operator == "or":
            return None if left is None or right is None else left | right
        return left
    matching = node.matching
    if matching is None:
        return left
    if matching.group:
        many = left if matching.group == "group_left" else right
        return None if many is None else many | set(matching.include)
    listed = frozenset(matching.labels)
    if matching.kind == "on":
        return listed if left is None else left & listed
    return None if left is None else left - listed
