"""A small PromQL engine over made-up samples: what an expression of the plan is worth at a step.

It follows promtool to the last digit that matters; a property test runs both on the same random expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pbmon import durations
from pbmon.expr.nodes import COMPARISONS, SET_OPERATORS, Aggregate, Binary, Call, Node, Number, Selector, String, Subquery
from pbmon.proof.overtime import OVER_TIME, bucket_quantile, extrapolated, linear
from pbmon.proof.series import Labels, Store
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
    """Evaluates expressions over scraped series. records: recording rules by name, evaluated when they are read.

    That equals promtool, where every group is evaluated at every step, a record before its readers.
    """

    def __init__(self, store: Store, records: Mapping[str, Node] | None = None) -> None:
        self.store = store
        self.records = records or {}
        self._recorded: dict[tuple[str, int], Vector] = {}

    def vector(self, node: Node, index: int) -> Vector:
        """The instant vector at a step, by labels. UnknownSemantics for what is not covered."""
        match node:
            case Selector():
                return self._selected(node, index - self._shift(node))
            case Aggregate():
                return self._aggregate(node, index)
            case Binary():
                return self._binary(node, index)
            case Call():
                return self._call(node, index)
            case _:
                raise UnknownSemantics(f"{type(node).__name__} is not computed")

    def _selected(self, node: Selector, index: int) -> Vector:
        name = node.series.name
        if name in self.records:
            recorded = self._record(name, index) if index >= 0 else {}
            return {labels: value for labels, value in recorded.items() if passes(labels, node)}
        found = (
            (line.labels, line.at(index, self.store.step)) for line in self.store.lines.get(name, ()) if passes(line.labels, node)
        )
        return {labels: value for labels, value in found if value is not None}

    def _record(self, name: str, index: int) -> Vector:
        key = name, index
        if key not in self._recorded:
            self._recorded[key] = self.vector(self.records[name], index)
        return self._recorded[key]

    def _ranges(self, node: Selector, index: int) -> dict[Labels, list[tuple[float, float]]]:
        """Samples in the selector's range, by series."""
        window, name = durations.seconds(node.window), node.series.name
        if name not in self.records:
            lines = (line for line in self.store.lines.get(name, ()) if passes(line.labels, node))
            return {line.labels: samples for line in lines if (samples := self.store.window(line, index, window))}
        found: dict[Labels, list[tuple[float, float]]] = {}
        for position in self.store.positions(index, window):
            for labels, value in self._record(name, position).items():
                if passes(labels, node):
                    found.setdefault(labels, []).append((float(position * self.store.step), value))
        return found

    def _shift(self, node: Selector) -> int:
        return round(durations.seconds(node.offset) / self.store.step) if node.offset else 0

    def _call(self, node: Call, index: int) -> Vector:
        name, arguments = node.function, node.arguments
        if name == "vector":
            return {(): self._scalar(arguments[0], index)}
        if name == "absent":
            return self._absent(arguments[0], index)
        if name == "histogram_quantile":
            return self._quantile(self._scalar(arguments[0], index), self.vector(arguments[1], index))
        if name == "label_replace":
            return label_replace(self.vector(arguments[0], index), *(_text(argument) for argument in arguments[1:]))
        if name == "clamp":
            low, high = (self._scalar(argument, index) for argument in arguments[1:])
            return {labels: max(low, min(high, value)) for labels, value in self.vector(arguments[0], index).items()}
        return self._over_range(name, arguments, index)

    def _over_range(self, name: str, arguments: tuple[Node, ...], index: int) -> Vector:
        ranged, end = arguments[0], index * self.store.step
        if isinstance(ranged, Subquery):
            return self._over_subquery(name, ranged, arguments, index)
        if not isinstance(ranged, Selector) or not ranged.window:
            raise UnknownSemantics(f"{name}() of a {type(ranged).__name__.lower()} is not computed")
        window, shift = durations.seconds(ranged.window), self._shift(ranged)
        computed = {
            labels: self._of_samples(name, samples, end - shift * self.store.step, window, arguments)
            for labels, samples in self._ranges(ranged, index - shift).items()
        }
        return {labels: value for labels, value in computed.items() if value is not None}

    def _over_subquery(self, name: str, ranged: Subquery, arguments: tuple[Node, ...], index: int) -> Vector:
        window, step = durations.seconds(ranged.window), durations.seconds(ranged.step) if ranged.step else 0
        every, uneven = divmod(step, self.store.step)
        if not every or uneven:
            raise UnknownSemantics(f"a subquery at a step of {ranged.step or 'the default'} is not computed")
        end = index * self.store.step
        found: dict[Labels, list[tuple[float, float]]] = {}
        for position in self.store.positions(index, window):
            at = position * self.store.step
            if at % step:
                continue
            for labels, value in self.vector(ranged.operand, position).items():
                found.setdefault(labels, []).append((float(at), value))
        computed = {labels: self._of_samples(name, samples, end, window, arguments) for labels, samples in found.items()}
        return {labels: value for labels, value in computed.items() if value is not None}

    def _of_samples(
        self, name: str, samples: list[tuple[float, float]], end: float, window: float, arguments: tuple[Node, ...]
    ) -> float | None:
        if name in {"rate", "increase", "delta"}:
            increase = extrapolated(samples, end, window, counter=name != "delta")
            return increase / window if increase is not None and name == "rate" else increase
        if name in {"deriv", "predict_linear"}:
            line = linear(samples, end)
            if line is None:
                return None
            return line[0] if name == "deriv" else line[1] + line[0] * self._scalar(arguments[1], 0)
        if name not in OVER_TIME:
            raise UnknownSemantics(f"{name}() is not computed")
        return OVER_TIME[name](samples)

    def _scalar(self, node: Node, index: int) -> float:
        if isinstance(node, Number):
            return float(node.value)
        if isinstance(node, Call) and node.function == "time":
            return float(index * self.store.step)
        raise UnknownSemantics(f"a scalar {type(node).__name__.lower()} is not computed")

    def _absent(self, node: Node, index: int) -> Vector:
        if self.vector(node, index):
            return {}
        matchers = node.matchers if isinstance(node, Selector) else ()
        return {tuple(sorted((matcher.label.name, matcher.value) for matcher in matchers if matcher.op == "=")): 1.0}

    def _quantile(self, q: float, buckets: Vector) -> Vector:
        grouped: dict[Labels, list[tuple[float, float]]] = {}
        for labels, count in buckets.items():
            bound = dict(labels).get("le")
            if bound is not None:
                grouped.setdefault(without(labels, {"le"}), []).append((float(bound), count))
        return {labels: bucket_quantile(q, sorted(pairs)) for labels, pairs in grouped.items()}

    def _aggregate(self, node: Aggregate, index: int) -> Vector:
        vector = self.vector(node.operand, index)
        groups: dict[Labels, list[tuple[Labels, float]]] = {}
        names = set(node.labels)
        for labels, value in vector.items():
            key = only(labels, names) if node.grouping == "by" else without(labels, names)
            groups.setdefault(key, []).append((labels, value))
        if node.operator in {"topk", "bottomk"}:
            k = int(self._scalar(node.parameter, index)) if node.parameter else 0
            return {
                labels: value
                for members in groups.values()
                for labels, value in sorted(members, key=lambda pair: pair[1], reverse=node.operator == "topk")[:k]
            }
        if node.operator not in _AGGREGATIONS:
            raise UnknownSemantics(f"{node.operator}() is not computed")
        aggregate = _AGGREGATIONS[node.operator]
        return {key: aggregate([value for _, value in members]) for key, members in groups.items()}

    def _binary(self, node: Binary, index: int) -> Vector:
        operator = node.operator
        if isinstance(node.left, Number):
            scalar = float(node.left.value)
            pairs = ((labels, scalar, value, value) for labels, value in self.vector(node.right, index).items())
        elif isinstance(node.right, Number):
            scalar = float(node.right.value)
            pairs = ((labels, value, scalar, value) for labels, value in self.vector(node.left, index).items())
        else:
            left, right = self.vector(node.left, index), self.vector(node.right, index)
            if operator in SET_OPERATORS:
                return set_operation(operator, left, right, node.matching)
            pairs = ((labels, a, b, a) for labels, a, b in matched(left, right, node.matching))
        if operator in COMPARISONS:
            return {labels: kept for labels, a, b, kept in pairs if compare(operator, a, b)}
        return {labels: arithmetic(operator, a, b) for labels, a, b, _ in pairs}


_AGGREGATIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "avg": lambda values: sum(values) / len(values),
    "min": min,
    "max": max,
    "count": lambda values: float(len(values)),
}


def _text(node: Node) -> str:
    if isinstance(node, String):
        return node.value
    raise UnknownSemantics("an argument that is no text is not computed")
