"""Operations between two instant vectors, as Prometheus matches their series.

VectorBinop() in https://github.com/prometheus/prometheus/blob/main/promql/engine.go
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pbmon.expr.nodes import COMPARISONS, Binary, Matching
from pbmon.proof.promql.arithmetic import ARITHMETIC, arithmetic
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import (
    EvaluationError,
    Vector,
    compare,
    nameless,
    only,
    text,
    vector,
    with_label,
    without,
)

_ALL = Matching("ignoring", ())

Computation = Callable[[float, float], float | None]
"""Of two numbers; None where a comparison leaves them out."""


def set_operation(operator: str, left: Vector, right: Vector, matching: Matching | None) -> Vector:
    """`and`, `or`, `unless`."""
    key = _key_of(matching or _ALL)
    if operator == "or":
        taken = set(map(key, left))
        return left | {labels: value for labels, value in right.items() if key(labels) not in taken}
    partners = set(map(key, right))
    return {
        labels: value
        for labels, value in left.items()
        if (key(labels) in partners) == (operator == "and")
    }


def between(
    node: Binary, compute: Computation, left: Vector, right: Vector, *, newer: bool
) -> Vector:
    """Arithmetic or a comparison of two vectors, in Prometheus 3 or 2. EvaluationError where a
    series has several partners and none of the sides was named as the one with many.
    """
    matching = node.matching or _ALL
    swapped = matching.group == "group_right"
    many, one = (right, left) if swapped else (left, right)
    if not many or not one:
        return {}
    key_of, keeps_name = _key_of(matching), _keeps_name(node, newer=newer)
    partners = _unique(one, key_of, "left" if swapped else "right")
    result: list[tuple[Labels, float]] = []
    taken: set[Labels] = set()
    for labels, value in many.items():
        key = key_of(labels)
        if key not in partners:
            continue
        partner, other = partners[key]
        a, b = (other, value) if swapped else (value, other)
        outcome = compute(a, b)
        if outcome is None:
            continue
        if not matching.group:
            if key in taken:
                raise EvaluationError(
                    f"several series match {text(key)}, which takes group_left or group_right"
                )
            taken.add(key)
        kept = labels if keeps_name else nameless(labels)
        result.append((_result(matching, kept, partner), outcome))
    if matching.group and len({labels for labels, _ in result}) < len(result):
        raise EvaluationError("grouping labels must ensure unique matches")
    return vector(result)


def with_number(
    node: Binary,
    compute: Computation,
    operand: Vector,
    number: float,
    *,
    first: bool,
    newer: bool,
) -> Vector:
    """Of each value and the number. first: whether the number is the left side. A comparison keeps
    the vector's value.
    """
    filters = node.operator in COMPARISONS and not node.returns_bool
    keeps_name = _keeps_name(node, newer=newer)
    results = (
        (labels, value, compute(number, value) if first else compute(value, number))
        for labels, value in operand.items()
    )
    return vector(
        (labels if keeps_name else nameless(labels), value if filters else outcome)
        for labels, value, outcome in results
        if outcome is not None
    )


def _keeps_name(node: Binary, *, newer: bool) -> bool:
    """Whether the result carries the vector's name. Prometheus 2 forgets to drop it for atan2."""
    if node.operator == "atan2" and not newer:
        return True
    return node.operator in COMPARISONS and not node.returns_bool


def computation(node: Binary) -> Computation:
    """What the operation computes of two numbers."""
    operator = node.operator
    if operator not in COMPARISONS:
        return ARITHMETIC.get(operator) or partial(arithmetic, operator)
    if node.returns_bool:
        return lambda a, b: float(compare(operator, a, b))
    return lambda a, b: a if compare(operator, a, b) else None


def _unique(
    side: Vector, key_of: Callable[[Labels], Labels], which: str
) -> dict[Labels, tuple[Labels, float]]:
    partners: dict[Labels, tuple[Labels, float]] = {}
    for labels, value in side.items():
        key = key_of(labels)
        if key in partners:
            raise EvaluationError(f"several series of the {which} side match {text(key)}")
        partners[key] = labels, value
    return partners


def _key_of(matching: Matching) -> Callable[[Labels], Labels]:
    """Of a series' labels, those by which it finds its partner."""
    if matching.kind == "on":
        names = frozenset(matching.labels)
        return lambda labels: only(labels, names)
    left_out = frozenset({*matching.labels, "__name__"})
    return lambda labels: without(labels, left_out)


def _result(matching: Matching, labels: Labels, partner: Labels) -> Labels:
    """Labels of the result, from those of the side with many and its partner's."""
    if not matching.group:
        names = frozenset(matching.labels)
        return only(labels, names) if matching.kind == "on" else without(labels, names)
    carried = dict(partner)
    for name in matching.include:
        labels = with_label(labels, name, carried.get(name, ""))
    return labels
