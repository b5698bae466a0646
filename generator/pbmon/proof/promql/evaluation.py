"""Evaluates an expression at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import assert_never

from pbmon.expr.nodes import (
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
from pbmon.expr.signatures import OPERATORS, SIGNATURES, Argument, Signature
from pbmon.proof.promql.aggregations import aggregated
from pbmon.proof.promql.functions import NOT_COMPUTED, OF_INSTANT, OVER_RANGE, SCALARS
from pbmon.proof.promql.matching import between, computed, set_operation, with_number
from pbmon.proof.promql.reading import Reading, Source
from pbmon.proof.promql.relabelling import fixed
from pbmon.proof.promql.vectors import UnknownSemantics, Vector, nameless, vector

_KEEP_NAMES = frozenset({"last_over_time"})


class Evaluation:
    """now: seconds since 1970."""

    def __init__(self, source: Source, now: float) -> None:
        self._reading = Reading(source, now, self.vector)

    def value(self, node: Node, time: float) -> float | Vector:
        """A number or an instant vector. Labels include the name where Prometheus keeps it."""
        match node:
            case Number():
                return float(node.value)
            case Selector() | Names():
                seen = self._reading.seen(node, time)
                return {labels: value for labels, (_, value) in seen.items()}
            case Negation():
                return self._negated(node, time)
            case Binary():
                return self._binary(node, time)
            case Call():
                return self._called(node, time)
            case Aggregate():
                return self._aggregated(node, time)
            case String():
                raise UnknownSemantics("a text has no value that a rule could have")
            case Subquery():
                raise UnknownSemantics("samples over time have no value that a rule could have")
            case _:
                assert_never(node)

    def vector(self, node: Node, time: float) -> Vector:
        """The instant vector; a number is one without labels, as rules see it."""
        result = self.value(node, time)
        return result if isinstance(result, dict) else {(): result}

    def _scalar(self, node: Node, time: float) -> float:
        result = self.value(node, time)
        if isinstance(result, dict):
            raise UnknownSemantics("a vector stands where a number belongs")
        return result

    def _negated(self, node: Negation, time: float) -> float | Vector:
        operand = self.value(node.operand, time)
        if not isinstance(operand, dict):
            return -operand
        return vector((nameless(labels), -value) for labels, value in operand.items())

    def _binary(self, node: Binary, time: float) -> float | Vector:
        left, right = self.value(node.left, time), self.value(node.right, time)
        newer = self._reading.newer
        if isinstance(left, dict):
            if not isinstance(right, dict):
                return with_number(node, left, right, first=False, newer=newer)
            if node.operator in SET_OPERATORS:
                return set_operation(node.operator, left, right, node.matching)
            return between(node, left, right, newer=newer)
        if isinstance(right, dict):
            return with_number(node, right, left, first=True, newer=newer)
        result = computed(node, left, right)
        if result is None:
            raise UnknownSemantics("a comparison of numbers without bool is not PromQL")
        return result

    def _aggregated(self, node: Aggregate, time: float) -> Vector:
        operand, row = self.vector(node.operand, time), OPERATORS.get(node.operator)
        if row is None:
            raise UnknownSemantics(f"{node.operator}() is not computed")
        moment = self._reading.moment(time)
        if not row.parameter or node.parameter is None:
            return aggregated(node, operand, None, moment)
        if row.parameter == "string":
            return aggregated(node, operand, _text(node.parameter), moment)
        return aggregated(node, operand, self._scalar(node.parameter, time), moment)

    def _called(self, node: Call, time: float) -> float | Vector:
        name, signature = node.function, SIGNATURES.get(node.function)
        if signature is None or name in NOT_COMPUTED:
            why = NOT_COMPUTED.get(name, "is not computed")
            raise UnknownSemantics(f"{name}() {why}")
        if name in OVER_RANGE:
            return self._over_range(node, signature, time)
        if name == "timestamp" and isinstance(node.arguments[0], Selector | Names):
            return self._timestamps(node.arguments[0], time)
        arguments = [
            self._argument(type, argument, time)
            for type, argument in zip(_types(signature), node.arguments, strict=False)
        ]
        moment = self._reading.moment(time)
        if name in SCALARS:
            return SCALARS[name](moment, *arguments)
        result = OF_INSTANT[name](moment, *arguments)
        if signature.labels == "fixed":
            return {fixed(node.arguments[0]): value for value in result.values()}
        return result

    def _timestamps(self, node: Selector | Names, time: float) -> Vector:
        """When the samples were taken that a selector sees."""
        first = node if isinstance(node, Selector) else node.selectors[0]
        if first.at and first.offset:
            raise UnknownSemantics("timestamp() leaves out the offset of what has @, too")
        seen = self._reading.seen(node, time)
        return vector((nameless(labels), at) for labels, (at, _) in seen.items())

    def _argument(self, type: Argument, node: Node, time: float) -> Vector | float | str:
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

    def _over_range(self, node: Call, signature: Signature, time: float) -> Vector:
        name, place = node.function, signature.arguments.index("range vector")
        ranged, keep = node.arguments[place], name in _KEEP_NAMES
        ranges = list(self._reading.ranges(ranged, time, named_series=keep))
        if signature.labels == "fixed":
            return {} if ranges else {fixed(ranged): 1.0}
        before = [self._scalar(each, time) for each in node.arguments[:place]]
        after = [self._scalar(each, time) for each in node.arguments[place + 1 :]]
        results = (
            (labels if keep else nameless(labels), OVER_RANGE[name](*before, samples, *after))
            for labels, samples in ranges
        )
        return vector((labels, value) for labels, value in results if value is not None)


def _text(node: Node) -> str:
    if isinstance(node, String):
        return node.value
    raise UnknownSemantics("an argument that is no text is not computed")


def _types(signature: Signature) -> Iterator[Argument]:
    """The types of a call's arguments, of which the last may be repeated."""
    last = signature.arguments[-1:] if signature.repeated else ()
    return chain(signature.arguments, *(repeat(type) for type in last))
