"""Operations on expressions: the syntax of the result, with the labels and the unit that it has."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from pbmon import durations
from pbmon.errors import DefinitionError
from pbmon.expr.labelsets import LabelSet, aggregated_labels, matched, require
from pbmon.expr.nodes import (
    Aggregate,
    Binary,
    Matching,
    Node,
    Number,
    Selector,
    Subquery,
    is_float,
)
from pbmon.expr.signatures import called
from pbmon.labels import Label, names
from pbmon.source import here

Scalar = int | float | Decimal


class Typed(NamedTuple):
    """Syntax, and what is known of its result: labels sorted by name, Grafana's unit id."""

    node: Node
    labels: LabelSet
    unit: str


def literal(value: Scalar) -> Number:
    """A number as the author wrote it: floats by their shortest text, so 0.1 stays 0.1.

    DefinitionError for one that Prometheus, which computes with 64 bits, cannot tell from 0 or from
    infinity.
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not is_float(exact):
        raise DefinitionError(
            here(),
            f"{exact:.3e} is a number that Prometheus cannot hold",
            "numbers lie between 5e-324 and 1.7e+308 and have at most 340 digits",
        )
    return Number(exact)


def subject(node: Node) -> str:
    """What to call an expression in a message: the series' name, or `the expression`."""
    return node.series.name if isinstance(node, Selector) else "the expression"


def over_range(function: str, operand: Typed, window: str, step: str) -> Typed:
    """A function over a range: of the series itself where the operand is one, else of a
    subquery.
    """
    durations.checked_window(window, "window")
    if step:
        durations.checked(step, "step")
    node = operand.node
    ranged: Node = (
        Selector(node.series, node.matchers, window, node.offset)
        if isinstance(node, Selector) and not step
        else Subquery(node, window, step)
    )
    return Typed(*called(function, (ranged,), operand.labels), operand.unit)


def arithmetic(
    operator: str, left: Typed, right: Typed | Number, matching: Matching | None
) -> Typed:
    """With a number the labels and, for + and -, the unit stay; between vectors the labels must
    match.
    """
    result = _joined(operator, left, right, matching)
    return result._replace(unit=left.unit if operator in "+-" else "")


def comparison(
    operator: str, left: Typed, right: Typed | Number, matching: Matching | None
) -> Typed:
    """A filter: the left side's values where the comparison holds."""
    if isinstance(right, Number) and not right.value.is_finite():
        raise DefinitionError(
            here(),
            f"nothing is ever `{operator} {float(right.value)}`, or everything is",
            "compare with a finite number",
        )
    return _joined(operator, left, right, matching)


def set_operation(operator: str, left: Typed, right: Typed, matching: Matching | None) -> Typed:
    """`and`, `or` or `unless`."""
    return _joined(operator, left, right, matching)


def _joined(operator: str, left: Typed, right: Typed | Number, matching: Matching | None) -> Typed:
    if isinstance(right, Number):
        return Typed(Binary(operator, left.node, right), left.labels, left.unit)
    labels = matched(operator, left.labels, right.labels, matching)
    return Typed(Binary(operator, left.node, right.node, matching), labels, left.unit)


def aggregated(
    operator: str, operand: Typed, by: Sequence[Label] | None, without: Sequence[Label] | None
) -> Typed:
    """One value for each group of series."""
    labels = aggregated_labels(subject(operand.node), operand.labels, by, without)
    grouping: Literal["by", "without"] = "by" if without is None else "without"
    node = Aggregate(operator, operand.node, grouping, names(by or without or ()))
    return Typed(node, labels, operand.unit)


def chosen(operator: str, k: int, operand: Typed, by: Sequence[Label] | None) -> Typed:
    """Some series of each group, all their labels kept."""
    require(subject(operand.node), operand.labels, by or ())
    node = Aggregate(operator, operand.node, "by", names(by or ()), literal(k))
    return Typed(node, operand.labels, operand.unit)
