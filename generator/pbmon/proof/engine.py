"""A small PromQL engine over made-up samples: what an expression of the plan is worth at a step.

It follows promtool to the last digit that matters; a property test runs both on the same random
expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan

from pbmon import durations
from pbmon.expr.nodes import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Node,
    Number,
    Raw,
    Selector,
    String,
    Subquery,
)
from pbmon.proof.addition import total
from pbmon.proof.overtime import OVER_TIME, bucket_quantile, extrapolated, linear
from pbmon.proof.series import LOOKBACK, Labels, Store, inside
from pbmon.proof.vectors import (
    UnknownSemantics,
    Vector,
    arithmetic,
    compare,
    label_replace,
    matched,
    only,
    passes,
    set_operation,
    without,
)


class Engine:
    """Evaluates expressions over scraped series. records: recording rules by name, evaluated when
    they are read.

    That equals promtool, where every group is evaluated at every step, a record before its readers.
    """

    def __init__(self, store: Store, records: Mapping[str, Node] | None = None) -> None:
        self.store = store
        self.records = records or {}
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
            case Raw():
                raise UnknownSemantics("the text given to promql() is not computed")
            case _:
                raise UnknownSemantics(f"{type(node).__name__} is not computed")

    def _selected(self, node: Selector, time: int) -> Vector:
        name = node.series.name
        if name in self.records:
            every = self.store.clock.evaluation
            fresh = time >= 0 and time % every <= LOOKBACK
            recorded = self._record(name, time // every * every) if fresh else {}
            return {labels: value for labels, value in recorded.items() if passes(labels, node)}
        found = (
            (line.labels, self.store.at(line, time))
            for line in self.store.lines.get(name, ())
            if passes(line.labels, node)
        )
        return {labels: value for labels, value in found if value is not None}

    def _record(self, name: str, time: int) -> Vector:
        """What a recording rule computed when it was evaluated at that time."""
        key = name, time
        if key not in self._recorded:
            self._recorded[key] = self.vector(self.records[name], time)
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
        found: dict[Labels, list[tuple[float, float]]] = {}
        every = self.store.clock.evaluation
        for number in inside(time, window, every, self.store.left_open):
            for labels, value in self._record(name, number * every).items():
                if passes(labels, node):
                    found.setdefault(labels, []).append((float(number * every), value))
        return found

    def _call(self, node: Call, time: int) -> Vector:
        name, arguments = node.function, node.arguments
        if name == "vector":
            return {(): self._scalar(arguments[0], time)}
        if name == "absent":
            return self._absent(arguments[0], time)
        if name == "histogram_quantile":
            return self._quantile(self._scalar(arguments[0], time), self.vector(arguments[1], time))
        if name == "label_replace":
            return label_replace(
                self.vector(arguments[0], time), *(_text(argument) for argument in arguments[1:])
            )
        if name == "clamp":
            low, high = (self._scalar(argument, time) for argument in arguments[1:])
            clamped = (
                (labels, value, max(low, min(high, value)))
                for labels, value in self.vector(arguments[0], time).items()
            )
            return {labels: value if isnan(value) else within for labels, value, within in clamped}
        return self._over_range(name, arguments, time)

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
        found: dict[Labels, list[tuple[float, float]]] = {}
        for number in inside(time, window, step, self.store.left_open):
            for labels, value in self.vector(ranged.operand, number * step).items():
                found.setdefault(labels, []).append((float(number * step), value))
        computed = {
            labels: self._of_samples(name, samples, time, window, arguments)
            for labels, samples in found.items()
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
        if name in {"rate", "increase", "delta"}:
            return extrapolated(samples, end, window, counter=name != "delta", rate=name == "rate")
        if name in {"deriv", "predict_linear"}:
            line = linear(samples, end if name == "predict_linear" else samples[0][0])
            if line is None:
                return None
            return line[0] if name == "deriv" else line[0] * self._scalar(arguments[1], 0) + line[1]
        if name not in OVER_TIME:
            raise UnknownSemantics(f"{name}() is not computed")
        return OVER_TIME[name](samples)

    def _scalar(self, node: Node, time: int) -> float:
        if isinstance(node, Number):
            return float(node.value)
        if isinstance(node, Call) and node.function == "time":
            return float(time)
        raise UnknownSemantics(f"a scalar {type(node).__name__.lower()} is not computed")

    def _absent(self, node: Node, time: int) -> Vector:
        if self.vector(node, time):
            return {}
        matchers = node.matchers if isinstance(node, Selector) else ()
        return {
            tuple(
                sorted(
                    (matcher.label.name, matcher.value) for matcher in matchers if matcher.op == "="
                )
            ): 1.0
        }

    def _quantile(self, q: float, buckets: Vector) -> Vector:
        grouped: dict[Labels, list[tuple[float, float]]] = {}
        for labels, count in buckets.items():
            bound = dict(labels).get("le")
            if bound is not None:
                grouped.setdefault(without(labels, {"le"}), []).append((float(bound), count))
        return {labels: bucket_quantile(q, sorted(pairs)) for labels, pairs in grouped.items()}

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
            return {labels: kept for labels, a, b, kept in pairs if compare(operator, a, b)}
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


def _text(node: Node) -> str:
    if isinstance(node, String):
        return node.value
    raise UnknownSemantics("an argument that is no text is not computed")
