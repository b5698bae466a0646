"""How large an expression may be."""

from __future__ import annotations

from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Node
from pbmon.expr.walk import children
from pbmon.source import here

DEEPEST = 100
"""Operations within operations; each takes several levels of Python's stack to read."""

LARGEST = 2_000
"""Operations, selectors and numbers; each takes a dozen characters of PromQL."""


def check_extent(node: Node) -> None:
    """DefinitionError at the author's line for an expression that is too deep, or too large, to be
    read.
    """
    pending, count = [(node, 1)], 0
    while pending:
        inner, depth = pending.pop()
        count += 1
        if depth > DEEPEST:
            raise DefinitionError(
                here(),
                f"the expression nests more than {DEEPEST} operations",
                "record a part of it: Record(...)",
            )
        if count > LARGEST:
            raise DefinitionError(
                here(),
                f"the expression has more than {LARGEST} operations, selectors and numbers",
                "record a part of it: Record(...)",
            )
        pending += ((child, depth + 1) for child in children(inner))


def depth(node: Node) -> int:
    """Of operations within operations; 1 for a selector."""
    return 1 + max(map(depth, children(node)), default=0)
