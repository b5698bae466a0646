"""A small PromQL engine over made-up samples: it computes an expression of the plan at a step.

It follows promtool to the last digit that matters; a property test runs both on the same random
expressions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from pbmon import durations
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
    String,
    Subquery,
)
from pbmon.expr.signatures import SIGNATURES, Argument
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.addition import total
from pbmon.proof.promql.functions import OF_INSTANT, OVER_RANGE, SCALARS
from pbmon.proof.promql.samples import LOOKBACK, Labels, Store, inside
from pbmon.proof.promql.vectors import (
    UnknownSemantics,
    Vector,
    arithmetic,
    compare,
    matched,
    only,
    passes,
    set_operation,
    without,
)


class Engine:
    """Evaluates expressions over scraped series. lineage: recorded series, evaluated when they are
    read.

    That equals promtool, where every group is evaluated at every step, a record before its readers
    or, where the lineage says so, behind them.
    """

    def __init__(self, store: Store, lineage: Lineage | None = None) -> None:
        self.store = store
        self.records = lineage.recorded if lineage else {}
        self._late = lineage.late if lineage else frozenset()
        self._reader = ("", 0)  # the record that is evaluated now, and when
        self._recorded: dict[tuple[str, int], Vector] = {}

    def vector(self, node: Node, time: int) -> Vector:
        """The instant vector at a time in seconds, by labels. UnknownSemantics for what is not
        covered.
        """
        match node:
            case Selector():
                return self._selected(node, time - _shift(node))
            case Aggregate():
                return self._aggregate(node, time)
            case Binary():
                return self._binary(node, time)
            case Call():
                return self._call(node, time)
            case Names() | Negation() | Number() | String() | Subquery():
                raise UnknownSemantics(f"{type(node).__name__} is not computed")
            case _:
                assert_never(node)

    def _selected(self, node: Selector, time: int) -> Vector:
        name = node.series.name
        if name in self.records:
            newest = self._newest(name, time)
            fresh = newest >= 0 and time - newest <= LOOKBACK
            recorded = self.record(name, newest) if fresh else {}
            return {labels: value for labels, value in recorded.items() if passes(labels, node)}
        samples = (
            (line.labels, self.store.at(line, time))
            for line in self.store.lines.get(name, ())
            if passes(line.labels, node)
        )
        return {labels: value for labels, value in samples if value is not None}

    def _newest(self, name: str, time: int) -> int:
        """When a record was evaluated last, up to this time."""
        reader, now = self._reader
        every = self.store.clock.evaluation
        last = now - every if (reader, name) in self._late else time
        return min(time, last) // every * every

    def record(self, name: str, time: int) -> Vector:
        """What a recording rule computed when it was evaluated at that time."""
        key = name, time
        if key not in self._recorded:
            outside, self._reader = self._reader, key
            self._recorded[key] = self.vector(self.records[name], time)
            self._reader = outside
        return self._recorded[key]

    def _ranges(self, node: Selector, time: int) -> dict[Labels, list[tuple[float, float]]]:
        """Samples in the selector's range, by series."""
        window, name = durations.seconds(node.window), node.series.name
        if name not in self.records:
            lines = (line for line in self.store.lines.get(name, ()) if passes(line.labels, node))
            return {
                line.labels: samples
                for line in lines
                if (samples := self.store.window(line, time, window))
            }
        ranges: dict[Labels, list[tuple[float, float]]] = {}
        every = self.store.clock.evaluation
        newest = self._newest(name, time)
        for number in inside(time, window, every, self.store.left_open):
            if number * every > newest:
                break
            for labels, value in self.record(name, number * every).items():
                if passes(labels, node):
                    ranges.setdefault(labels, []).append((float(number * every), value))
        return ranges

    def _call(self, node: Call, time: int) -> Vector:
        signature = SIGNATURES.get(node.function)
        if signature is None or "range vector" in signature.arguments:
            return self._over_range(node.function, node.arguments, time)
        compute = OF_INSTANT.get(node.function)
        if compute is None:
            raise UnknownSemantics(f"{node.function}() is not computed")
        typed = zip(signature.arguments, node.arguments, strict=True)
        result = compute(*(self._argument(type, argument, time) for type, argument in typed))
        if signature.labels == "fixed":
            return {_fixed(node.arguments[0]): value for value in result.values()}
        return result

    def _argument(self, type: Argument, node: Node, time: int) -> Vector | float | str:
        """An argument's value, by its type."""
        match type:
            case "instant vector":
                return self.vector(node, time)
            case "scalar":
                return self._scalar(node, time)
            case "string":
                return _text(node)
            case "range vector":
                raise UnknownSemantics("a range beside other vectors is not computed")
            case _:
                assert_never(type)

    def _over_range(self, name: str, arguments: tuple[Node, ...], time: int) -> Vector:
        ranged = arguments[0]
        if isinstance(ranged, Subquery):
            return self._over_subquery(name, ranged, arguments, time)
        if not isinstance(ranged, Selector) or not ranged.window:
            raise UnknownSemantics(f"{name}() of a {type(ranged).__name__.lower()} is not computed")
        window, end = durations.seconds(ranged.window), time - _shift(ranged)
        computed = {
            labels: self._of_samples(name, samples, end, window, arguments)
            for labels, samples in self._ranges(ranged, end).items()
        }
        return {labels: value for labels, value in computed.items() if value is not None}

    def _over_subquery(
        self, name: str, ranged: Subquery, arguments: tuple[Node, ...], time: int
    ) -> Vector:
        if not ranged.step:
            raise UnknownSemantics("a subquery without a step is not computed")
        window, step = durations.seconds(ranged.window), round(durations.seconds(ranged.step))
        ranges: dict[Labels, list[tuple[float, float]]] = {}
        for number in inside(time, window, step, self.store.left_open):
            for labels, value in self.vector(ranged.operand, number * step).items():
                ranges.setdefault(labels, []).append((float(number * step), value))
        computed = {
            labels: self._of_samples(name, samples, time, window, arguments)
            for labels, samples in ranges.items()
        }
        return {labels: value for labels, value in computed.items() if value is not None}

    def _of_samples(
        self,
        name: str,
        samples: list[tuple[float, float]],
        end: float,
        window: float,
        arguments: tuple[Node, ...],
    ) -> float | None:
        if name not in OVER_RANGE:
            raise UnknownSemantics(f"{name}() is not computed")
        scalars = (self._scalar(argument, 0) for argument in arguments[1:])
        return OVER_RANGE[name](samples, end, window, *scalars)

    def _scalar(self, node: Node, time: int) -> float:
        if isinstance(node, Number):
            return float(node.value)
        if isinstance(node, Call) and node.function in SCALARS:
            return SCALARS[node.function](float(time))
        raise UnknownSemantics(f"a scalar {type(node).__name__.lower()} is not computed")

    def _aggregate(self, node: Aggregate, time: int) -> Vector:
        vector = self.vector(node.operand, time)
        groups: dict[Labels, list[tuple[Labels, float]]] = {}
        names = set(node.labels)
        for labels, value in vector.items():
            key = only(labels, names) if node.grouping == "by" else without(labels, names)
            groups.setdefault(key, []).append((labels, value))
        if node.operator in {"topk", "bottomk"}:
            k = int(self._scalar(node.parameter, time)) if node.parameter else 0
            return {
                labels: value
                for members in groups.values()
                for labels, value in sorted(
                    members, key=lambda pair: pair[1], reverse=node.operator == "topk"
                )[:k]
            }
        if node.operator not in _AGGREGATIONS:
            raise UnknownSemantics(f"{node.operator}() is not computed")
        aggregate = _AGGREGATIONS[node.operator]
        return {key: aggregate([value for _, value in members]) for key, members in groups.items()}

    def _binary(self, node: Binary, time: int) -> Vector:
        operator = node.operator
        if isinstance(node.left, Number):
            scalar = float(node.left.value)
            pairs = (
                (labels, scalar, value, value)
                for labels, value in self.vector(node.right, time).items()
            )
        elif isinstance(node.right, Number):
            scalar = float(node.right.value)
            pairs = (
                (labels, value, scalar, value)
                for labels, value in self.vector(node.left, time).items()
            )
        else:
            left, right = self.vector(node.left, time), self.vector(node.right, time)
            if operator in SET_OPERATORS:
                return set_operation(operator, left, right, node.matching)
            pairs = ((labels, a, b, a) for labels, a, b in matched(left, right, node.matching))
        if operator in COMPARISONS:
            return {labels: result for labels, a, b, result in pairs if compare(operator, a, b)}
        return {labels: arithmetic(operator, a, b) for labels, a, b, _ in pairs}


_AGGREGATIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": total,
    "avg": lambda values: total(values) / len(values),
    "min": min,
    "max": max,
    "count": lambda values: float(len(values)),
}


def _shift(node: Selector) -> int:
    return round(durations.seconds(node.offset)) if node.offset else 0


def _fixed(node: Node) -> Labels:
    """Labels that the matchers of a selector fix to one value."""
    matchers = node.matchers if isinstance(node, Selector) else ()
    pairs = ((matcher.label.name, matcher.value) for matcher in matchers if matcher.op == "=")
    return tuple(sorted(pairs))


def _text(node: Node) -> str:
    if isinstance(node, String):
        return node.value
    raise UnknownSemantics("an argument that is no text is not computed")
