"""The numbers that matter to an expression: its limits, what lies between them, its windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, product

from pbmon.expr.nodes import (
    COMPARISONS,
    SET_OPERATORS,
    Binary,
    Call,
    Negation,
    Node,
    Number,
)
from pbmon.expr.walk import walk
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.arithmetic import arithmetic
from pbmon.proof.world.clock import lengths

_MOST = 8


def constants(node: Node, lineage: Lineage) -> tuple[float, ...]:
    """Numbers in the expression and the records below it, each once, those of the expression
    first; not those that say which quantile or how many are meant.
    """
    below = (node, *(lineage.recorded[name] for name in lineage.records(node)))
    numbers = dict.fromkeys(number for one in below for number in _numbers(one))
    return tuple(islice(numbers, _MOST))


def _numbers(node: Node) -> Iterator[float]:
    for inner in walk(node):
        operands: Sequence[Node] = ()
        if isinstance(inner, Binary):
            operands = inner.left, inner.right
        elif isinstance(inner, Call) and inner.function != "histogram_quantile":
            operands = inner.arguments
        if _number(inner) is None:  # parts of a number say less than the whole
            yield from (number for each in operands if (number := _number(each)) is not None)


def _number(node: Node) -> float | None:
    """What is written as a number, or as a calculation of numbers: `4 * 3600`."""
    match node:
        case Number() if node.value.is_finite():
            return float(node.value)
        case Negation():
            number = _number(node.operand)
            return None if number is None else -number
        case Binary() if node.operator not in COMPARISONS | SET_OPERATORS:
            left, right = _number(node.left), _number(node.right)
            return None if left is None or right is None else arithmetic(node.operator, left, right)
        case _:
            return None


def levels(node: Node, lineage: Lineage) -> tuple[float, ...]:
    """Levels to try: the numbers themselves, those between and next to them, and what they make of
    each other.
    """
    numbers = sorted(constants(node, lineage))
    tried = [0.0, 1.0, *numbers]
    tried += [(a + b) / 2 for a, b in pairwise(sorted({0.0, 1.0, *numbers}))]
    for number in numbers:
        tried += [number * 1.02, number * 0.98, number + 1, number - 1]
    if len(numbers) <= 4:
        for a, b in product(numbers, numbers):
            tried += [a * b, a / b if b else 0.0]
        products = [a / b for a, b in product(numbers, numbers) if b]
        tried += [(a + b) / 2 for a, b in pairwise(sorted({*numbers, *products}))]
    return tuple(dict.fromkeys(tried))


def seconds(node: Node, lineage: Lineage) -> tuple[float, ...]:
    """Lengths of windows, and numbers that may be lengths too, as in predict_linear()."""
    numbers = (number for number in constants(node, lineage) if number >= 60)
    return tuple(dict.fromkeys((*lengths(node, lineage), *numbers)))
