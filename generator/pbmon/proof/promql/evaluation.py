"""Expressions as functions of where their series are found: what their nodes mean is worked out
once, and then only computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import assert_never

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
from pbmon.expr.signatures import OPERATORS, SIGNATURES, Argument, Signature
from pbmon.proof.promql.aggregations import aggregated
from pbmon.proof.promql.deviations import rounded
from pbmon.proof.promql.functions import NOT_COMPUTED, OF_INSTANT, OVER_RANGE, SCALARS
from pbmon.proof.promql.matching import between, computation, set_operation, with_number
from pbmon.proof.promql.reading import Instant, moment, ranges, seen
from pbmon.proof.promql.relabelling import fixed
from pbmon.proof.promql.selection import Source
from pbmon.proof.promql.vectors import UnknownSemantics, Unsteady, Vector, nameless, vector

Evaluation = Callable[[Source, float, float], float | Vector]
"""A number or an instant vector, of a source, at a time, with what was there at another (both in
seconds since 1970). Labels include the name where Prometheus keeps it. Raises UnknownSemantics.
"""

_KEEP_NAMES = frozenset({"last_over_time"})

_MOST = 4096

_evaluations: dict[int, tuple[Node, Evaluation]] = {}
"""Of the newest nodes, _MOST at most, by identity: to compare two expressions takes as long as to
evaluate one.
"""


def evaluation(node: Node) -> Evaluation:
    """What evaluates the expression, worked out when it is first asked for."""
    known = _evaluations.get(id(node))
    if known is not None and known[0] is node:
        return known[1]
    try:
        result = _evaluation(node)
    except UnknownSemantics as unknown:
        result = _unknown(str(unknown), type(unknown))
    if len(_evaluations) >= _MOST:
        _evaluations.clear()
    _evaluations[id(node)] = node, result
    return result


def instant(node: Node) -> Instant:
    """The instant vector; a number is one without labels, as rules see it."""
    evaluate = evaluation(node)

    def as_vector(source: Source, time: float, now: float) -> Vector:
        result = evaluate(source, time, now)
        return result if isinstance(result, dict) else {(): result}

    return as_vector


def _evaluation(node: Node) -> Evaluation:
    match node:
        case Number():
            number = float(node.value)
            return lambda *_: number
        case Selector() | Names():
            read = seen(node)
            return lambda source, time, now: {
                labels: value for labels, (_, value) in read(source, time, now).items()
            }
        case Negation():
            return _negated(node)
        case Binary():
            return _binary(node)
        case Call():
            return _called(node)
        case Aggregate():
            return _aggregated(node)
        case String():
            raise UnknownSemantics("a text has no value that a rule could have")
        case Subquery():
            raise UnknownSemantics("samples over time have no value that a rule could have")
        case _:
            assert_never(node)


def _unknown(reason: str, kind: type[UnknownSemantics]) -> Evaluation:
    """Refuses where it is evaluated: what is never evaluated need not be known."""

    def refuse(*_: object) -> Vector:
        raise kind(reason)

    return refuse


def _scalar(node: Node) -> Callable[[Source, float, float], float]:
    evaluate = evaluation(node)

    def as_number(source: Source, time: float, now: float) -> float:
        result = evaluate(source, time, now)
        if isinstance(result, dict):
            raise UnknownSemantics("a vector stands where a number belongs")
        return result

    return as_number


def _negated(node: Negation) -> Evaluation:
    evaluate = evaluation(node.operand)

    def negate(source: Source, time: float, now: float) -> float | Vector:
        operand = evaluate(source, time, now)
        if not isinstance(operand, dict):
            return -operand
        return vector((nameless(labels), -value) for labels, value in operand.items())

    return negate


def _binary(node: Binary) -> Evaluation:
    left_of, right_of = evaluation(node.left), evaluation(node.right)
    compute, is_set = computation(node), node.operator in SET_OPERATORS
    is_rounded = rounded(node, instant) if node.operator in COMPARISONS else None

    def operate(source: Source, time: float, now: float) -> float | Vector:
        if is_rounded and is_rounded(source, time, now):
            raise Unsteady("values are compared with their deviation while they are all equal")
        left, right = left_of(source, time, now), right_of(source, time, now)
        if isinstance(left, dict):
            if not isinstance(right, dict):
                return with_number(node, compute, left, right, first=False, newer=source.newer)
            if is_set:
                return set_operation(node.operator, left, right, node.matching)
            return between(node, compute, left, right, newer=source.newer)
        if isinstance(right, dict):
            return with_number(node, compute, right, left, first=True, newer=source.newer)
        result = compute(left, right)
        if result is None:
            raise UnknownSemantics("a comparison of numbers without bool is not PromQL")
        return result

    return operate


def _aggregated(node: Aggregate) -> Evaluation:
    operand_of, row = instant(node.operand), OPERATORS.get(node.operator)
    if row is None:
        raise UnknownSemantics(f"{node.operator}() is not computed")
    parameter_of = _parameter(node, row.parameter)

    def aggregate(source: Source, time: float, now: float) -> Vector:
        operand = operand_of(source, time, now)
        return aggregated(node, operand, parameter_of(source, time, now), moment(source, time))

    return aggregate


def _parameter(node: Aggregate, kind: str) -> Callable[[Source, float, float], float | str | None]:
    """What stands before the operand."""
    if not kind or node.parameter is None:
        return lambda *_: None
    if kind == "string":
        text = _text(node.parameter)
        return lambda *_: text
    return _scalar(node.parameter)


def _called(node: Call) -> Evaluation:
    name, signature = node.function, SIGNATURES.get(node.function)
    if signature is None or name in NOT_COMPUTED:
        raise UnknownSemantics(f"{name}() {NOT_COMPUTED.get(name, 'is not computed')}")
    if name in OVER_RANGE:
        return _over_range(node, signature)
    if name == "timestamp" and isinstance(node.arguments[0], Selector | Names):
        return _timestamps(node.arguments[0])
    arguments = [
        _argument(type, argument)
        for type, argument in zip(_types(signature), node.arguments, strict=False)
    ]
    if name in SCALARS:
        number = SCALARS[name]
        return lambda source, time, now: number(
            moment(source, time), *[each(source, time, now) for each in arguments]
        )
    of_instant = OF_INSTANT[name]

    def call(source: Source, time: float, now: float) -> Vector:
        return of_instant(moment(source, time), *[each(source, time, now) for each in arguments])

    if signature.labels != "fixed":
        return call
    of = node.arguments[0]
    return lambda source, time, now: {
        fixed(of): value for value in call(source, time, now).values()
    }


def _timestamps(node: Selector | Names) -> Evaluation:
    """When the samples were taken that a selector sees."""
    first = node if isinstance(node, Selector) else node.selectors[0]
    if first.at and first.offset:
        raise UnknownSemantics("timestamp() leaves out the offset of what has @, too")
    read = seen(node)
    return lambda source, time, now: vector(
        (nameless(labels), at) for labels, (at, _) in read(source, time, now).items()
    )


def _argument(type: Argument, node: Node) -> Callable[[Source, float, float], Vector | float | str]:
    """An argument's value, by its type."""
    match type:
        case "instant vector":
            return instant(node)
        case "scalar":
            return _scalar(node)
        case "string":
            text = _text(node)
            return lambda *_: text
        case "range vector":
            raise UnknownSemantics("a range beside other vectors is not computed")
        case _:
            assert_never(type)


def _over_range(node: Call, signature: Signature) -> Evaluation:
    name, place = node.function, signature.arguments.index("range vector")
    ranged, keep = node.arguments[place], name in _KEEP_NAMES
    read = ranges(ranged, instant, named_series=keep)
    if signature.labels == "fixed":
        return lambda source, time, now: (
            {} if any(True for _ in read(source, time, now)) else {fixed(ranged): 1.0}
        )
    before = [_scalar(each) for each in node.arguments[:place]]
    after = [_scalar(each) for each in node.arguments[place + 1 :]]
    compute = OVER_RANGE[name]

    def over_range(source: Source, time: float, now: float) -> Vector:
        samples_of = list(read(source, time, now))
        first = [each(source, time, now) for each in before]
        last = [each(source, time, now) for each in after]
        results = (
            (labels if keep else nameless(labels), compute(*first, samples, *last))
            for labels, samples in samples_of
        )
        return vector((labels, value) for labels, value in results if value is not None)

    return over_range


def _text(node: Node) -> str:
    if isinstance(node, String):
        return node.value
    raise UnknownSemantics("an argument that is no text is not computed")


def _types(signature: Signature) -> Iterator[Argument]:
    """The types of a call's arguments, of which the last may be repeated."""
    last = signature.arguments[-1:] if signature.repeated else ()
    return chain(signature.arguments, *(repeat(type) for type in last))
