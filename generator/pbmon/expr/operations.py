"""Operations on expressions: the syntax of the result, with its shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from pbmon import durations
from pbmon.errors import DefinitionError
from pbmon.expr.derivation import derived, is_scalar
from pbmon.expr.nodes import (
    Aggregate,
    Binary,
    Call,
    Matching,
    Node,
    Number,
    Selector,
    Subquery,
)
from pbmon.expr.shapes import Shape
from pbmon.expr.signatures import SIGNATURES
from pbmon.labels import Label, names
from pbmon.source import here


class Typed(NamedTuple):
    """Syntax, and what is known of its result."""

    node: Node
    shape: Shape


class Side(NamedTuple):
    """An operand. matching: how its series find their partners, where it stands on the right."""

    node: Node
    shape: Shape
    matching: Matching | None = None


def called(function: str, operands: Sequence[Side], arguments: Sequence[Node] = ()) -> Typed:
    """A call. operands: what stands first. arguments: numbers and texts behind it."""
    nodes = (*(operand.node for operand in operands), *arguments)
    shapes = [*(operand.shape for operand in operands), *(Shape() for _ in arguments)]
    node = Call(function, nodes)
    return Typed(node, derived(node, shapes))


def over_range(
    function: str, operand: Side, window: str, step: str = "", arguments: Sequence[Node] = ()
) -> Typed:
    """A function over a range: of the series itself where the operand is one, else of a subquery.

    arguments: numbers, in front of the range or behind it as the function takes them.
    """
    durations.checked_window(window, "window")
    if step:
        durations.checked(step, "step")
    node = operand.node
    if isinstance(node, Selector) and not step:
        ranged = Side(replace(node, window=window), operand.shape)
    else:
        ranged = Side(Subquery(node, window, step), operand.shape)
    if SIGNATURES[function].arguments[0] == "range vector":
        return called(function, [ranged], arguments)
    return called(function, [*(Side(argument, Shape()) for argument in arguments), ranged])


def joined(operator: str, left: Side, right: Side) -> Typed:
    """A binary operation. The right side says how partners are found."""
    node = Binary(operator, left.node, right.node, right.matching)
    return Typed(node, derived(node, [left.shape, right.shape]))


def compared(operator: str, left: Side, right: Side) -> Typed:
    """A filter: the left side's values where the comparison holds. DefinitionError for a limit that
    decides nothing.
    """
    if isinstance(right.node, Number) and not right.node.value.is_finite():
        raise DefinitionError(
            here(),
            f"nothing is ever `{operator} {float(right.node.value)}`, or everything is",
            "compare with a finite number",
        )
    if is_scalar(left.node) and is_scalar(right.node):
        left = Side(Call("vector", (left.node,)), left.shape)  # a filter leaves out series
    return joined(operator, left, right)


def aggregated(
    operator: str,
    operand: Side,
    by: Sequence[Label] | None,
    without: Sequence[Label] | None,
    parameter: Node | None = None,
) -> Typed:
    """One value for each group of series, or some series of it. DefinitionError for a label that
    the operand lacks, or for `by` together with `without`.
    """
    if by is not None and without is not None:
        raise DefinitionError(
            here(),
            "an aggregation has both by and without; Prometheus takes one",
            "keep by, or keep without",
        )
    grouping: Literal["by", "without"] = "by" if without is None else "without"
    node = Aggregate(operator, operand.node, grouping, names(by or without or ()), parameter)
    return Typed(node, derived(node, [operand.shape]))
