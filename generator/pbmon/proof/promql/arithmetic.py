"""Floats as Go computes them: IEEE 754's answers where Python would raise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import atan2, copysign, fmod, inf, isinf, isnan, nan
from operator import add, mul, sub

from pbmon.proof.promql.vectors import UnknownSemantics


def total_function(function: Callable[..., float]) -> Callable[..., float]:
    """A function of `math` that gives NaN outside of its domain, and infinity beyond the largest
    float.
    """

    def compute(*arguments: float) -> float:
        try:
            return function(*arguments)
        except ValueError:
            return nan
        except OverflowError:
            return inf

    return compute


def divided(a: float, b: float) -> float:
    if b:
        return a / b
    return nan if a == 0 or isnan(a) or isnan(b) else copysign(inf, a) * copysign(1.0, b)


def power(a: float, b: float) -> float:
    """As math.Pow() in Go."""
    is_odd = b % 2 == 1 if not (isinf(b) or isnan(b)) else False
    try:
        result = a**b if a or b >= 0 or isnan(b) else inf
    except OverflowError:
        result = inf
    if isinstance(result, complex):
        return nan
    return copysign(result, a) if is_odd and (not a or isinf(result)) else float(result)


ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": divided,
    "%": total_function(fmod),
    "^": power,
    "atan2": atan2,
}
"""What each arithmetic operator of PromQL computes."""


def arithmetic(operator: str, a: float, b: float) -> float:
    """An arithmetic operation of PromQL."""
    if operator not in ARITHMETIC:
        raise UnknownSemantics(f"the operator {operator} is not computed")
    return ARITHMETIC[operator](a, b)


def least(a: float, b: float) -> float:
    """As math.Min() in Go: minus infinity before NaN before numbers."""
    if -inf in {a, b}:
        return -inf
    return nan if isnan(a) or isnan(b) else min(a, b)


def most(a: float, b: float) -> float:
    """As math.Max() in Go: infinity before NaN before numbers."""
    if inf in {a, b}:
        return inf
    return nan if isnan(a) or isnan(b) else max(a, b)


def digits(value: float) -> str:
    """As strconv.FormatFloat(value, 'f', -1, 64) in Go: the fewest digits that mean this float,
    without an exponent.
    """
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")
