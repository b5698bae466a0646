"""Reading and rewriting expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import is_
from typing import Any, get_args, get_type_hints

from pbmon.expr.nodes import KINDS, Aggregate, Binary, Node, Selector, Subquery
from pbmon.labels import Choice


def _holds_nodes(hint: object) -> bool:
    """Whether values of this type are nodes, or tuples of nodes."""
    return hint in KINDS or any(map(_holds_nodes, get_args(hint)))


def operand_fields(kind: type) -> tuple[str, ...]:
    """Names of the fields in which nodes of this kind hold nodes."""
    return tuple(name for name, hint in get_type_hints(kind).items() if _holds_nodes(hint))


_OPERANDS = {kind: operand_fields(kind) for kind in KINDS}


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, in the order of its fields."""
    names = _OPERANDS[type(node)]
    if len(names) > 1:
        return tuple([part for name in names if (part := getattr(node, name)) is not None])
    if not names:
        return ()
    value = getattr(node, names[0])
    return value if isinstance(value, tuple) else (value,)


def with_children(node: Node, operands: Sequence[Node]) -> Node:
    """The node over other operands, as many as `children` gives and in their order; the node
    itself over its own.
    """
    if all(map(is_, operands, children(node))):
        return node
    rest: list[Node] = list(operands)
    changed: dict[str, Any] = {}
    for name in _OPERANDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, tuple):
            changed[name] = tuple(rest[: len(value)])
            rest = rest[len(value) :]
        elif value is not None:
            changed[name] = rest.pop(0)
    return replace(node, **changed)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    pending = [node]
    while pending:
        inner = pending.pop()
        yield inner
        pending += children(inner)[::-1]


def selectors(node: Node) -> Iterator[Selector]:
    """Every selector below the node, left to right."""
    return (inner for inner in walk(node) if type(inner) is Selector)


def rewrite(node: Node, change: Callable[[Node], Node]) -> Node:
    """A new expression in which `change` has been applied to every node, operands first."""
    if operands := children(node):
        node = with_children(node, [rewrite(operand, change) for operand in operands])
    return change(node)


def asked_labels(node: Node) -> Iterator[str]:
    """Names of the labels that the expression groups by, matches on or selects by."""
    for inner in walk(node):
        if isinstance(inner, Selector):
            yield from (matcher.label.name for matcher in inner.matchers)
        elif isinstance(inner, Aggregate):
            yield from inner.labels
        elif isinstance(inner, Binary) and inner.matching is not None:
            yield from (*inner.matching.labels, *inner.matching.include)


def windows(node: Node) -> Iterator[tuple[Selector | Subquery, str]]:
    """Every range in the expression, after the selector or subquery that it belongs to."""
    for inner in walk(node):
        if isinstance(inner, Selector | Subquery) and inner.window:
            yield inner, inner.window


def choices(node: Node) -> Iterator[Choice]:
    """Variables of dashboards that the expression asks for."""
    for selector in selectors(node):
        for matcher in selector.matchers:
            if matcher.choice is not None:
                yield matcher.choice


def uses_auto(node: Node) -> bool:
    """Whether the expression has a window that only Grafana can fill in."""
    return any(window.startswith("$") for _, window in windows(node))
