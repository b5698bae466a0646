"""Expressions that have a value only sometimes: what an alert waits for."""

from __future__ import annotations

from pbmon.expr.nodes import SET_OPERATORS, Binary, Call, Node
from pbmon.expr.walk import children


def decides(node: Node) -> bool:
    """Whether the node has a value only sometimes: a comparison, `and`, `unless`, absence, `or`
    between two of them, and whatever is computed from one of these: `count by (job) (x == 0)`.
    """
    match node:
        case Binary("or"):
            return decides(node.left) and decides(node.right)
        case Binary():
            return (
                node.filters or node.operator in SET_OPERATORS or any(map(decides, children(node)))
            )
        case Call("absent" | "absent_over_time"):
            return True
        case _:
            return any(map(decides, children(node)))
