"""Refuses operations in which Prometheus would find several partners for a series, or none.

https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.derivation import derived, is_scalar
from pbmon.expr.labelsets import matched_on
from pbmon.expr.nodes import SET_OPERATORS, Binary, Node, Selector
from pbmon.expr.shapes import Shape
from pbmon.expr.text import promql
from pbmon.expr.walk import children
from pbmon.labels import Matcher, job
from pbmon.plan.closed_world import expressions
from pbmon.plan.scope import Scope
from pbmon.source import Source


def mistakes(catalog: Catalog, scope: Scope) -> Iterator[DefinitionError]:
    """Every expression with such an operation.

    The jobs that selectors mean are known only now, and a label of one value tells nothing apart.
    """
    for what, source, node in expressions(catalog):
        try:
            _Expression(what, source, scope).shape(node)
        except DefinitionError as error:
            yield error


class _Expression:
    """One expression of the catalog. what: its owner in messages."""

    def __init__(self, what: str, source: Source, scope: Scope) -> None:
        self._what = what
        self._source = source
        self._scope = scope

    def shape(self, node: Node) -> Shape:
        """DefinitionError where an operation in it finds several partners, or none."""
        operands = [self.shape(operand) for operand in children(node)]
        shape = derived(node, operands)
        if isinstance(node, Selector) and job in shape.labels:
            jobs = self._scope.jobs(node)
            if len(jobs) == 1:
                shape = replace(shape, matchers=(*shape.matchers, Matcher(job, "=", jobs[0])))
        if isinstance(node, Binary) and not (is_scalar(node.left) or is_scalar(node.right)):
            self._check(node, *operands)
        return shape

    def _check(self, node: Binary, left: Shape, right: Shape) -> None:
        if node.operator in {"or", "unless"}:
            return
        on = matched_on(left, right, node.matching)
        self._check_values(node, left, right, on)
        if node.operator in SET_OPERATORS:
            return
        group = node.matching.group if node.matching else ""
        sides = {"left": (left, node.left), "right": (right, node.right)}
        many = {"group_left": "left", "group_right": "right"}.get(group, "")
        for side, (shape, operand) in sides.items():
            besides = sorted(shape.free - on)
            if besides and side != many:
                raise self._ambiguous(node, side, operand, besides, on, bool(many))

    def _check_values(self, node: Binary, left: Shape, right: Shape, on: Iterable[str]) -> None:
        for name in sorted(on):
            here, there = left.values(name), right.values(name)
            if here and there and not here & there:
                raise DefinitionError(
                    self._source,
                    f"{self._what} matches {name}={_quoted(here)} on the left of"
                    f" `{node.operator}` with {name}={_quoted(there)} on the right: they never"
                    " meet, so it never has a value",
                    f"match without {name}: left {node.operator} right.ignoring({name}), or"
                    f" aggregate it on both sides",
                )

    def _ambiguous(
        self,
        node: Binary,
        side: str,
        operand: Node,
        besides: list[str],
        on: frozenset[str],
        grouped: bool,
    ) -> DefinitionError:
        other = "left" if side == "right" else "right"
        listed = ", ".join(besides)
        matched = ", ".join(sorted(on)) or "nothing"
        text = promql(operand)
        excerpt = text if len(text) <= 80 else f"{text[:80]}…"
        group = f"group_{side}"
        several = (
            f"{self._what}: the {side} side of `{node.operator}` also has {listed}, which is not"
            f" matched (matched: {matched}), so one series on the {other} meets several, and"
            f" Prometheus refuses that: {excerpt}"
        )
        ways = [f"aggregate it by {matched}" if on else "aggregate it to one series"]
        ways.append(f"match on {listed} too")
        if not grouped:
            ways.append(f"or say that several share one: .{group}()")
        else:
            ways.append(f"or, where {listed} follows from the others, say so: key=[...]")
        return DefinitionError(self._source, several, "; ".join(ways))


def _quoted(values: Iterable[str]) -> str:
    ordered = sorted(values)
    text = "|".join(ordered[:3])
    return f'"{text}{"|…" if len(ordered) > 3 else ""}"'
