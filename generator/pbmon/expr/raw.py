"""Parses PromQL that the author wrote as text, and compares it with the definitions in `uses`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import promql_parser

from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Selector
from pbmon.expr.parsing import parsed
from pbmon.expr.selection import Selectable
from pbmon.expr.vector import Vector
from pbmon.expr.walk import selectors
from pbmon.source import Source, here

_VARIABLE = re.compile(r"\$\{?(\w+)(?::\w+)?\}?")

_NO_VECTORS = {
    promql_parser.MatrixSelector: "samples over time",
    promql_parser.SubqueryExpr: "samples over time",
    promql_parser.StringLiteral: "a text",
}


def expanded(text: str) -> str:
    """The text with Grafana's variables replaced by something that parses in their place."""
    return _VARIABLE.sub(
        lambda match: "5m" if match.group(1).startswith("__") else match.group(1), text
    )


def checked_selectors(text: str, uses: Sequence[Selectable | Vector]) -> tuple[Selector, ...]:
    """The selectors of `uses`. DefinitionError when the text does not parse or names other series,
    labels or values.
    """
    source = here()
    excerpt = text if len(text) <= 200 else f"{text[:200]}…"
    try:
        tree = parsed(expanded(text))
    except ValueError as error:
        raise DefinitionError(source, f"promql({excerpt!r}) does not parse: {error}", "") from None
    try:
        parsed(f"({expanded(text)})")  # as it may stand in a larger expression
    except ValueError:
        problem = f"promql({excerpt!r}) ends in a comment, which would hide what comes behind it"
        raise DefinitionError(source, problem, "write it as a comment of Python's") from None
    if (what := _NO_VECTORS.get(type(_inner(tree)))) is not None:
        raise DefinitionError(
            source,
            f"promql({excerpt!r}) gives {what}, where a vector or a number belongs",
            "rate(...), max_over_time(...) and their kin make a vector of samples over time",
        )
    declared = {selector.series.name: selector for used in uses for selector in _selectors(used)}
    for node in _vector_selectors(tree):
        selector = declared.get(node.name or "")
        if selector is None:
            listed = ", ".join(sorted(declared)) or "nothing"
            raise DefinitionError(
                source,
                f"promql() reads {node.name!r}, which `uses` does not name",
                f"it names {listed}",
            )
        _check_matchers(node, selector, source)
    if unread := sorted(declared.keys() - {node.name for node in _vector_selectors(tree)}):
        raise DefinitionError(
            source,
            f"promql() names {unread[0]!r} in `uses`, which its text does not read",
            "leave it out",
        )
    return tuple(declared[name] for name in sorted(declared))


def _inner(tree: Any) -> Any:
    """The expression without brackets around it."""
    while isinstance(tree, promql_parser.ParenExpr):
        tree = tree.expr
    return tree


def _selectors(used: Selectable | Vector) -> Iterator[Selector]:
    if isinstance(used, Selectable):
        yield used.selector
    else:
        yield from selectors(used.node)


def _check_matchers(node: Any, selector: Selector, source: Source) -> None:
    known = {label.name: label for label in selector.series.labels}
    for matcher in node.matchers.matchers:
        label = known.get(matcher.name)
        if label is None:
            listed = ", ".join(sorted(known))
            raise DefinitionError(
                source, f"{selector.series.name} has no label {matcher.name!r}", f"it has {listed}"
            )
        if (
            label.values
            and str(matcher.op) in {"MatchOp.Equal", "Equal"}
            and matcher.value not in (*label.domain, "")
        ):
            listed = ", ".join(map(repr, label.domain))
            raise DefinitionError(
                source, f"label {label.name!r} has no value {matcher.value!r}", f"it has {listed}"
            )


def _vector_selectors(tree: Any) -> list[Any]:
    nodes: list[Any] = []

    def visit(node: Any) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            nodes.append(node)
        return True

    promql_parser.walk(tree, visit)
    return nodes
