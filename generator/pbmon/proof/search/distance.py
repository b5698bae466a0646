"""How far an expression is from having a value, so that a search knows which way to go."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, isnan

from pbmon.expr.nodes import SET_OPERATORS, Binary, Call, Node, Number, Selector, String, Subquery
from pbmon.expr.walk import children
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.selection import Selection
from pbmon.proof.promql.vectors import compare

_NEAR = 1e-6
_NO_PARTNER = 3.0
_MISSING = 4.0


def missing(node: Node, engine: Engine, time: int) -> float:
    """0 where the expression has a value, else how much is missing: for a comparison, how far its
    sides are apart as a share of the larger one.
    """
    if isinstance(node, String | Subquery):
        return 0.0
    if isinstance(node, Selector) and node.window:
        return 0.0 if engine.ranges(Selection(node), time, time) else _MISSING
    if _values(node, engine, time):
        return 0.0
    match node:
        case Binary("and", left, right):
            apart = missing(left, engine, time) + missing(right, engine, time)
            return apart or _NO_PARTNER
        case Binary("or", left, right):
            return min(missing(left, engine, time), missing(right, engine, time))
        case Binary("unless", left, right):
            return missing(left, engine, time) or _surplus(right, engine, time)
        case Binary() if node.filters:
            sides = missing(node.left, engine, time) + missing(node.right, engine, time)
            return sides + 1.0 if sides else _apart(node, engine, time, holds=False)
        case Call("absent" | "absent_over_time"):
            return _surplus(node.arguments[0], engine, time)
        case _:
            below = sum(missing(child, engine, time) for child in children(node))
            return below or _MISSING


def _surplus(node: Node, engine: Engine, time: int) -> float:
    """How much has to go until the expression has no value."""
    if isinstance(node, Binary) and node.filters:
        return _apart(node, engine, time, holds=True)
    if isinstance(node, Binary) and node.operator in SET_OPERATORS:
        return min(_surplus(node.left, engine, time), _MISSING)
    return _MISSING


def _apart(node: Binary, engine: Engine, time: int, *, holds: bool) -> float:
    """How far the nearest of those pairs is from its limit for which the comparison holds, or does
    not.
    """
    left, right = _values(node.left, engine, time), _values(node.right, engine, time)
    size = max((abs(value) for value in (*left, *right) if isfinite(value)), default=0.0)
    if isinstance(node.right, Number):
        apart = [value - right[0] for value in left]
    else:
        difference = replace(node, operator="-", returns_bool=False)
        apart = list(engine.vector(difference, time).values())
    gaps = [_gap(each, size) for each in apart if compare(node.operator, each, 0.0) == holds]
    return min(gaps, default=_NO_PARTNER)


def _gap(apart: float, size: float) -> float:
    if isnan(apart):
        return 2.0
    if not isfinite(apart):
        return 1.5
    return max(_NEAR, abs(apart) / size) if size else _NEAR


def _values(node: Node, engine: Engine, time: int) -> list[float]:
    """The values of a vector, or of a number."""
    result = engine.evaluate(node, time)
    return list(result.values()) if isinstance(result, dict) else [result]
