"""A small PromQL engine over made-up samples: what an expression of the plan is worth at a step.

It follows promtool to the last digit that matters; a property test runs both on the same random expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import isnan

from pbmon import durations
from pbmon.expr.nodes import COMPARISONS, SET_OPERATORS, Aggregate, Binary, Call, Matching, Node, Number, Selector, String, Subquery
from pbmon.labels import Matcher
from pbmon.proof.overtime import OVER_TIME, bucket_quantile, extrapolated, linear
from pbmon.proof.series import Labels, Line, Store

Vector = dict[Labels, float]


class UnknownSemantics(Exception):
    """The expression uses something this engine does not compute; the message says what."""


class Engine:
    """Evaluates expressions over a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def vector(self, node: Node, index: int) -> Vector:
        """The instant vector at a step, by labels. UnknownSemantics for what is not covered."""
        match node:
            case Selector():
                shifted = index - round(durations.seconds(node.offset) / self.store.step) if node.offset else index
                found = ((line.labels, line.at(shifted, self.store.step)) for line in self._lines(node))
                return {labels: value for labels, value in found if value is not None}
            case Aggregate():
                return self._aggregate(node, index)
            case Binary():
                return self._binary(node, index)
            case Call():
                return self._call(node, index)
            case _:
                raise UnknownSemantics(f"{type(node).__name__} is not computed")

    def _lines(self, selector: Selector) -> Iterable[Line]:
        lines = self.store.lines.get(selector.series.name, ())
        return [
            line
            for line in lines
            if all(fulfils(matcher, dict(line.labels).get(matcher.label.name, "")) for matcher in selector.matchers)
        ]

    def _call(self, node: Call, index: int) -> Vector:
        name, arguments = node.function, node.arguments
        if name == "vector":
            return {(): self._scalar(arguments[0], index)}
        if name == "absent":
            return self._absent(arguments[0], index)
        if name == "histogram_quantile":
            return self._quantile(self._scalar(arguments[0], index), self.vector(arguments[1], index))
        if name == "label_replace":
            return _label_replace(self.vector(arguments[0], index), *(_text(argument) for argument in arguments[1:]))
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
        window = durations.seconds(ranged.window)
        shift = round(durations.seconds(ranged.offset) / self.store.step) if ranged.offset else 0
        result: Vector = {}
        for line in self._lines(ranged):
            samples = self.store.window(line, index - shift, window)
            if not samples:
                continue
            value = self._of_samples(name, samples, end - shift * self.store.step, window, arguments)
            if value is not None:
                result[line.labels] = value
        return result

    def _over_subquery(self, name: str, ranged: Subquery, arguments: tuple[Node, ...], index: int) -> Vector:
        window, step = durations.seconds(ranged.window), durations.seconds(ranged.step) if ranged.step else 0
        every, uneven = divmod(step, self.store.step)
        if not every or uneven:
            raise UnknownSemantics(f"a subquery at a step of {ranged.step or 'the default'} is not computed")
        end = index * self.store.step
        found: dict[Labels, list[tuple[float, float]]] = {}
        for position in range(max(0, index - round(window / self.store.step)), index + 1):
            at = position * self.store.step
            outside = at <= end - window if self.store.left_open else at < end - window
            if at % step or outside:
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
                grouped.setdefault(_without(labels, {"le"}), []).append((float(bound), count))
        return {labels: bucket_quantile(q, sorted(pairs)) for labels, pairs in grouped.items()}

    def _aggregate(self, node: Aggregate, index: int) -> Vector:
        vector = self.vector(node.operand, index)
        groups: dict[Labels, list[tuple[Labels, float]]] = {}
        names = set(node.labels)
        for labels, value in vector.items():
            key = _only(labels, names) if node.grouping == "by" else _without(labels, names)
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
                return _set(operator, left, right, node.matching)
            matched = _matched(left, right, node.matching)
            pairs = ((labels, a, b, a) for labels, a, b in matched)
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


def compare(operator: str, a: float, b: float) -> bool:
    """A comparison of PromQL; NaN differs from everything."""
    return {">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b, "==": a == b, "!=": a != b}[operator]


def arithmetic(operator: str, a: float, b: float) -> float:
    """An arithmetic operation with IEEE 754's answers where Python would raise."""
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    if operator == "/":
        return a / b if b else (float("nan") if a == 0 or isnan(a) else a * float("inf"))
    raise UnknownSemantics(f"the operator {operator} is not computed")


def fulfils(matcher: Matcher, value: str) -> bool:
    """Whether a label's value (empty for none) passes the matcher."""
    if matcher.op in {"=", "!="}:
        return (value == matcher.value) == (matcher.op == "=")
    return (_compiled(matcher.value).fullmatch(value) is not None) == (matcher.op == "=~")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _only(labels: Labels, names: set[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] in names)


def _without(labels: Labels, names: set[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] not in names)


def _key(labels: Labels, matching: Matching | None) -> Labels:
    if matching is None:
        return labels
    names = set(matching.labels)
    return _only(labels, names) if matching.kind == "on" else _without(labels, names)


def _set(operator: str, left: Vector, right: Vector, matching: Matching | None) -> Vector:
    if operator == "or":
        taken = {_key(labels, matching) for labels in left}
        return left | {labels: value for labels, value in right.items() if _key(labels, matching) not in taken}
    partners = {_key(labels, matching) for labels in right}
    return {labels: value for labels, value in left.items() if (_key(labels, matching) in partners) == (operator == "and")}


def _matched(left: Vector, right: Vector, matching: Matching | None) -> list[tuple[Labels, float, float]]:
    """(labels of the result, left value, right value) of every pair of partners."""
    partners = {_key(labels, matching): (labels, value) for labels, value in right.items()}
    found = []
    for labels, value in left.items():
        partner = partners.get(_key(labels, matching))
        if partner is None:
            continue
        if matching is not None and matching.group == "group_left":
            extra = _only(partner[0], set(matching.include))
            kept = tuple(sorted((*_without(labels, set(matching.include)), *extra)))
        else:
            kept = _key(labels, matching)
        found.append((kept, value, partner[1]))
    return found


def _label_replace(vector: Vector, target: str, replacement: str, source: str, pattern: str) -> Vector:
    result = {}
    for labels, value in vector.items():
        match = _compiled(pattern).fullmatch(dict(labels).get(source, ""))
        if match:
            text = re.sub(r"\$(\d+)", lambda found, match=match: match.group(int(found.group(1))) or "", replacement)  # type: ignore[misc]
            result[tuple(sorted((*_without(labels, {target}), *([(target, text)] if text else []))))] = value
        else:
            result[labels] = value
    return result


def _text(node: Node) -> str:
    if isinstance(node, String):
        return node.value
    raise UnknownSemantics("an argument that is no text is not computed")
