"""Conditions with their numbers worked out, and behind the comparison."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import isfinite

from pbmon.expr.nodes import COMPARISONS, SET_OPERATORS, Binary, Negation, Node, Number
from pbmon.expr.walk import rewrite
from pbmon.proof.promql.arithmetic import arithmetic

_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}


def folded(node: Node) -> Node:
    """`10 * 1024 < x` as `x > 10240`: it has the same value."""
    return rewrite(node, _folded)


def _folded(node: Node) -> Node:
    match node:
        case Negation(Number(value)):
            return Number(-value)
        case Binary(operator, Number() as left, Number() as right) if (
            operator not in COMPARISONS | SET_OPERATORS
        ):
            result = arithmetic(operator, float(left.value), float(right.value))
            return Number(Decimal(repr(result))) if isfinite(result) else node
        case Binary(operator, Number(), right) if node.filters and not isinstance(right, Number):
            return replace(node, operator=_TURNED[operator], left=right, right=node.left)
        case _:
            return node
