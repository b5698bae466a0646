"""The shape of an expression, from its syntax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from pbmon.errors import DefinitionError
from pbmon.expr import labelsets
from pbmon.expr.nodes import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    Series,
    String,
    Subquery,
)
from pbmon.expr.shapes import Shape, label_set
from pbmon.expr.signatures import OPERATORS, SIGNATURES, UnitRule
from pbmon.expr.walk import children
from pbmon.labels import Label, listed, names
from pbmon.source import here


def shape(node: Node) -> Shape:
    """Of an expression, all of it. DefinitionError as `derived`."""
    return derived(node, [shape(operand) for operand in children(node)])


def is_scalar(node: Node) -> bool:
    """Whether the expression is one number, not a vector."""
    match node:
        case Number():
            return True
        case Call():
            return SIGNATURES[node.function].result == "scalar"
        case Negation():
            return is_scalar(node.operand)
        case Binary():
            return is_scalar(node.left) and is_scalar(node.right)
        case Selector() | Names() | String() | Aggregate() | Subquery():
            return False
        case _:
            assert_never(node)


def subject(node: Node) -> str:
    """What to call an expression in a message: the series' name, or `the expression`."""
    return node.series.name if isinstance(node, Selector) else "the expression"


def derived(node: Node, operands: Sequence[Shape]) -> Shape:
    """Of a node whose operands have these shapes, in the order of `children`.

    DefinitionError at the author's line where a label is used that an operand lacks, or where the
    series of two sides can never be partners.
    """
    match node:
        case Selector():
            return _of_series(node.series, node)
        case Names():
            return _of_names(operands)
        case Number() | String():
            return Shape()
        case Negation():
            return operands[0]
        case Subquery():
            return operands[0]
        case Call():
            return _called(node, operands)
        case Aggregate():
            return _aggregated(node, operands)
        case Binary():
            return _joined(node, *operands)
        case _:
            assert_never(node)


def _of_series(series: Series, selector: Selector) -> Shape:
    key = names(series.labels) if series.key is None else series.key
    matchers = tuple(dict.fromkeys((*series.matchers, *selector.matchers)))
    return Shape(series.labels, (), frozenset(key), matchers, series.unit)


def _of_names(operands: Sequence[Shape]) -> Shape:
    """Labels that all have, and those that some have."""
    everything = {label.name: label for each in operands for label in each.labels}
    shared = {name for name in everything if all(name in names(each.labels) for each in operands)}
    return Shape(
        label_set(everything[name] for name in shared),
        label_set(label for name, label in everything.items() if name not in shared),
        frozenset(everything) | {"__name__"},
        tuple(
            matcher
            for matcher in operands[0].matchers
            if all(matcher in each.matchers for each in operands)
        ),
    )


def _called(node: Call, operands: Sequence[Shape]) -> Shape:
    signature = SIGNATURES[node.function]
    of_vector = next(
        (
            index
            for index, type in enumerate(signature.arguments)
            if type.endswith("vector") and index < len(operands)
        ),
        None,
    )
    operand = Shape() if of_vector is None else operands[of_vector]
    argument = None if of_vector is None else node.arguments[of_vector]
    unit = _unit(signature.unit, operand.unit, argument)
    match signature.labels:
        case "same":
            result = operand
        case "none":
            result = Shape()
        case "without le":
            if "le" not in names(operand.labels):
                raise DefinitionError(
                    here(),
                    "a quantile needs the label 'le', which the expression dropped",
                    f"it has {listed(operand.labels)}; keep le in by",
                )
            result = labelsets.without(operand, ["le"])
        case "fixed":
            result = _absent(argument)
        case "with target":
            result = _with_target(node, operand)
        case _:
            assert_never(signature.labels)
    return Shape(result.labels, result.optional, result.key, result.matchers, unit)


def _absent(argument: Node | None) -> Shape:
    """Labels that one matcher alone fixes: of several matchers on a label Prometheus keeps none.

    createLabelsForAbsentFunction() in promql/functions.go.
    """
    selector = argument if isinstance(argument, Selector | Names) else None
    if selector is None:
        return Shape()
    matchers = (
        selector.matchers if isinstance(selector, Selector) else selector.selectors[0].matchers
    )
    asked = [matcher.label.name for matcher in matchers]
    alone = [
        matcher
        for matcher in matchers
        if matcher.op == "=" and matcher.value and asked.count(matcher.label.name) == 1
    ]
    labels = label_set(matcher.label for matcher in alone)
    return Shape(labels, key=frozenset(names(labels)), matchers=tuple(alone))


def _with_target(node: Call, operand: Shape) -> Shape:
    """label_replace() and label_join(): they set the label that the second argument names."""
    target, *texts = [
        argument.value for argument in node.arguments[1:] if isinstance(argument, String)
    ]
    sources = list(filter(None, texts[1:2] if node.function == "label_replace" else texts[1:]))
    labelsets.require(
        subject(node.arguments[0]), label_set({*operand.labels, *operand.optional}), sources
    )
    known = next((label for label in operand.labels if label.name == target), None)
    open_label = Label(target, known.help if known else "Set by the expression.", max_values=1000)
    result = labelsets.with_label(operand, open_label)
    return (
        result
        if known is None
        else Shape(
            result.labels, result.optional, result.key | set(sources), result.matchers, result.unit
        )
    )


def _aggregated(node: Aggregate, operands: Sequence[Shape]) -> Shape:
    # the operand is a field before the parameter
    operand, operator = operands[0], OPERATORS[node.operator]
    result = labelsets.aggregated(
        subject(node.operand), operand, node.grouping, node.labels, keeps=operator.keeps
    )
    if node.operator == "count_values" and isinstance(node.parameter, String):
        value = Label(node.parameter.value, "A value that series have.", max_values=1000)
        rest = labelsets.without(result, [value.name])
        key = rest.key | {value.name}
        result = Shape(label_set((*rest.labels, value)), rest.optional, key, rest.matchers)
    if operator.keeps and _is_one(node.parameter):
        # one series of each group is left, so the group tells it apart
        grouped = labelsets.aggregated("", operand, node.grouping, node.labels)
        result = replace(result, key=result.key & grouped.key)
    unit = _unit(operator.unit, operand.unit, node.operand)
    return Shape(result.labels, result.optional, result.key, result.matchers, unit)


def _is_one(node: Node | None) -> bool:
    return isinstance(node, Number) and node.value == 1


def _joined(node: Binary, left: Shape, right: Shape) -> Shape:
    operator = node.operator
    if is_scalar(node.left):
        kept = Shape() if is_scalar(node.right) else right
        unit = (
            (right.unit or left.unit)
            if operator in COMPARISONS
            else (right.unit if operator in "+-" else "")
        )
    elif is_scalar(node.right):
        kept, unit = left, left.unit
        if operator not in "+-" and operator not in COMPARISONS:
            unit = ""
    else:
        kept = labelsets.joined(operator, left, right, node.matching)
        stays = operator in COMPARISONS or operator in SET_OPERATORS or operator in "+-"
        unit = left.unit if stays else ""
    if node.returns_bool:
        unit = ""
    return Shape(kept.labels, kept.optional, kept.key, kept.matchers, unit)


_PER_SECOND = {"s": "percentunit", "bytes": "Bps"}


def _unit(rule: UnitRule, unit: str, argument: Node | None) -> str:
    """Of what is computed from values in a unit. argument: the vector."""
    match rule:
        case "same":
            return unit
        case "none":
            return ""
        case "count":
            return "short"
        case "seconds":
            return "s"
        case "growth":
            return unit or "short"
        case "rate":
            # buckets keep the unit of their bounds, for the quantile
            buckets = isinstance(argument, Selector) and argument.series.type == "bucket"
            return unit if buckets else _PER_SECOND.get(unit, "")
        case _:
            assert_never(rule)
