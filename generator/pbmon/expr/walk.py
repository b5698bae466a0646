"""Reading and rewriting expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pbmon.durations import AUTO
from pbmon.expr.nodes import Aggregate, Binary, Call, Node, Raw, Selector, Subquery


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, left to right. A Raw node's are the selectors it declares."""
    match node:
        case Call():
            return node.arguments
        case Aggregate():
            return (node.operand,) if node.parameter is None else (node.parameter, node.operand)
        case Binary():
            return (node.left, node.right)
        case Subquery():
            return (node.operand,)
        case Raw():
            return node.selectors
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def selectors(node: Node) -> Iterator[Selector]:
    """Every selector below the node, left to right."""
    return (found for found in walk(node) if isinstance(found, Selector))


def rewrite(node: Node, change: Callable[[Node], Node]) -> Node:
    """A new expression in which `change` has been applied to every node, operands first."""
    match node:
        case Call():
            node = replace(
                node, arguments=tuple(rewrite(argument, change) for argument in node.arguments)
            )
        case Aggregate():
            parameter = None if node.parameter is None else rewrite(node.parameter, change)
            node = replace(node, operand=rewrite(node.operand, change), parameter=parameter)
        case Binary():
            node = replace(node, left=rewrite(node.left, change), right=rewrite(node.right, change))
        case Subquery():
            node = replace(node, operand=rewrite(node.operand, change))
        case _:
            pass
    return change(node)


def windows(node: Node) -> Iterator[tuple[Selector | Subquery, str]]:
    """Every range in the expression with the selector or subquery it stands on."""
    for found in walk(node):
        if isinstance(found, Selector | Subquery) and found.window:
            yield found, found.window


def uses_auto(node: Node) -> bool:
    """Whether the expression has a window that only Grafana can fill in."""
    return any(window == AUTO for _, window in windows(node)) or any(
        isinstance(found, Raw) and "$__" in found.text for found in walk(node)
    )
