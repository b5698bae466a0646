"""What each aggregation computes, as Prometheus does.

aggregation() in https://github.com/prometheus/prometheus/blob/main/promql/engine.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite, isinf, isnan, nan, sqrt

from pbmon.expr.nodes import Aggregate
from pbmon.proof.promql.addition import Adding, total
from pbmon.proof.promql.arithmetic import digits
from pbmon.proof.promql.moment import Moment
from pbmon.proof.promql.quantile import quantile
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import (
    EvaluationError,
    UnknownSemantics,
    Unsteady,
    Vector,
    only,
    with_label,
    without,
)

Group = list[tuple[Labels, float]]

NOT_COMPUTED: Mapping[str, str] = {
    "limitk": "takes any series, so what it gives cannot be foretold",
    "limit_ratio": "takes series by a hash of their labels",
}
"""Aggregations that may be written but are not computed, and why."""


def mean(values: Sequence[float], add: Adding = total) -> float:
    """add: how the values are added up."""
    result = add(values) / len(values)
    if isinf(result) and all(map(isfinite, values)):  # only their sum is too large
        return add([value / len(values) for value in values])
    return result


def largest(values: Iterable[float]) -> float:
    """NaN only where nothing else is there."""
    return max((value for value in values if not isnan(value)), default=nan)


def smallest(values: Iterable[float]) -> float:
    """NaN only where nothing else is there."""
    return min((value for value in values if not isnan(value)), default=nan)


def variance(values: Sequence[float]) -> float:
    """Of all there are, not of a sample. One value after the other, as Prometheus does it: the
    rounded mean of equal values can be another value, and they would seem to differ.
    """
    if not all(map(isfinite, values)):
        return nan
    middle = squares = 0.0
    for count, value in enumerate(values, start=1):
        away = value - middle
        middle += away / count
        squares += away * (value - middle)
    return squares / len(values)


def _spread(values: Sequence[float], moment: Moment) -> float:
    """The variance; Prometheus 2 has 0 for one value whatever it is."""
    return 0.0 if len(values) == 1 and not moment.newer else variance(values)


_OF_VALUES: Mapping[str, Callable[[Sequence[float], Moment], float]] = {
    "avg": lambda values, moment: mean(values, moment.add),
    "count": lambda values, _: float(len(values)),
    "group": lambda *_: 1.0,
    "max": lambda values, _: largest(values),
    "min": lambda values, _: smallest(values),
    "stddev": lambda values, moment: sqrt(_spread(values, moment)),
    "stdvar": _spread,
    "sum": lambda values, moment: moment.add(values),
}


def aggregated(
    node: Aggregate, operand: Vector, parameter: float | str | None, moment: Moment
) -> Vector:
    """parameter: the value of what stands before the operand. Unsteady where topk() or bottomk()
    could keep either of two series.
    """
    operator = node.operator
    match operator, parameter:
        case (("topk" | "bottomk"), float()):
            count = _count(parameter)
            groups = _grouped(node, operand.items()).values()
            return {
                labels: value
                for group in groups
                for labels, value in _first(group, count, largest=operator == "topk")
            }
        case "quantile", float():
            groups_of = _grouped(node, operand.items())
            return {key: quantile(parameter, _values(group)) for key, group in groups_of.items()}
        case "count_values", str():
            return _count_values(node, operand, parameter)
        case _ if operator in _OF_VALUES:
            compute, (keep, names) = _OF_VALUES[operator], _kept(node)
            values: dict[Labels, list[float]] = {}
            for labels, value in operand.items():
                values.setdefault(keep(labels, names), []).append(value)
            return {key: compute(group, moment) for key, group in values.items()}
        case _:
            why = NOT_COMPUTED.get(operator, "is not computed")
            raise UnknownSemantics(f"{operator}() {why}")


def _values(group: Group) -> list[float]:
    return [value for _, value in group]


def _grouped(
    node: Aggregate, series: Iterable[tuple[Labels, float]], *more: str
) -> dict[Labels, Group]:
    """more: labels that are kept besides."""
    keep, names = _kept(node, *more)
    groups: dict[Labels, Group] = {}
    for labels, value in series:
        groups.setdefault(keep(labels, names), []).append((labels, value))
    return groups


def _kept(
    node: Aggregate, *more: str
) -> tuple[Callable[[Labels, frozenset[str]], Labels], frozenset[str]]:
    """What gives the labels by which series are grouped, and the names that it takes."""
    if node.grouping == "by":
        return only, frozenset({*node.labels, *more})
    return without, frozenset({*node.labels, "__name__"})


def _count_values(node: Aggregate, operand: Vector, name: str) -> Vector:
    counted = (
        (with_label(labels, name, digits(value)), value) for labels, value in operand.items()
    )
    return {key: float(len(group)) for key, group in _grouped(node, counted, name).items()}


def _count(parameter: float) -> int:
    if not -(2**63) <= parameter <= 2**63:
        raise EvaluationError(f"Scalar value {parameter} overflows int64")
    return max(0, int(parameter))


def _first(group: Group, count: int, *, largest: bool) -> Group:
    """The largest or smallest, NaN last. Unsteady where the last of them is equal to the next, of
    which Prometheus takes either.
    """
    ranked = sorted(group, key=lambda pair: _rank(pair[1], largest=largest))
    if 0 < count < len(ranked):
        last, next_one = (_rank(ranked[at][1], largest=largest) for at in (count - 1, count))
        if last == next_one:
            raise Unsteady(f"series {count} and {count + 1} are equal, so either can be taken")
    return ranked[:count]


def _rank(value: float, *, largest: bool) -> tuple[bool, float]:
    if isnan(value):
        return True, 0.0
    return False, -value if largest else value
