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
    if not isinstance(node, Binary) or node.operator not in COMPARISONS:
        return node
    left, right = _number(node.left), _number(node.right)
    if right is not None:
        return replace(node, right=right)
    if left is not None and node.filters:
        return replace(node, operator=_TURNED[node.operator], left=node.right, right=left)
    return node


def _number(node: Node) -> Number | None:
    """The number that a calculation of numbers gives."""
    match node:
        case Number():
            return node
        case Negation():
            number = _number(node.operand)
            return None if number is None else Number(-number.value)
        case Binary() if node.operator not in COMPARISONS | SET_OPERATORS:
            left, right = _number(node.left), _number(node.right)
            if left is None or right is None:
                return None
            result = arithmetic(node.operator, float(left.value), float(right.value))
            return Number(Decimal(repr(result))) if isfinite(result) else None
        case _:
            return None
