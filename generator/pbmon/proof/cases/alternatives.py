"""An alert whose condition has alternatives (`or`): each is shown to fire it alone."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.expr.nodes import Binary, Node
from pbmon.expr.walk import children, selectors, with_children


def alternatives(node: Node) -> list[Node]:
    """Parts of the expression whose series suffice: the operands of an `or` on top; of those below,
    the first of each, and the last of each. Empty where there is no choice.
    """
    parts = list(operands(node))
    if len(parts) == 1:
        parts = [_chosen(node, 0), _chosen(node, -1)]
    different = list(dict.fromkeys(part for part in parts if any(True for _ in selectors(part))))
    return different if len(different) > 1 else []


def operands(node: Node) -> Iterator[Node]:
    """Of an `or` on top, and of those that are its operands; any other expression itself."""
    if isinstance(node, Binary) and node.operator == "or":
        yield from operands(node.left)
        yield from operands(node.right)
    else:
        yield node


def _chosen(node: Node, position: int) -> Node:
    """The expression with one operand in place of each `or`."""
    if isinstance(node, Binary) and node.operator == "or":
        return _chosen(children(node)[position], position)
    return with_children(node, [_chosen(child, position) for child in children(node)])
