"""Floats as Go's strconv writes them.

https://pkg.go.dev/strconv#FormatFloat
"""

from __future__ import annotations

from decimal import Decimal
from math import copysign, frexp, isinf, isnan

from pbmon.proof.texts.values import UnknownTemplate


def go_float(value: float) -> str:
    """Go's `%v`: shortest text, with an exponent below 1e-4 and from 1e6 on."""
    return written(value, "g", -1)


def four_digits(value: float) -> str:
    """Go's `%.4g`."""
    return written(value, "g", 4)


def written(value: float, verb: str, precision: int) -> str:
    """The value in a format of strconv: e, E, f, g, G, b, x or X. precision: -1 for as many digits
    as tell it from its neighbours.
    """
    if isnan(value) or isinf(value):
        return "NaN" if isnan(value) else ("+Inf" if value > 0 else "-Inf")
    if verb in "xX":
        return _hexadecimal(value, precision, verb)
    if verb == "b":
        return _binary(value)
    if precision < 0:
        return _shortest(value, verb)
    return format(value, f".{precision}{verb}")


def _shortest(value: float, verb: str) -> str:
    _, digits, power = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(power, int)
    minus = "-" if copysign(1, value) < 0 else ""
    if value == 0:
        digits, power = (0,), 0
    exponent = len(digits) - 1 + power
    fixed = -4 <= exponent < 6 if verb in "gG" else verb in "fF"
    if fixed:
        return minus + format(Decimal((0, digits, power)), "f")
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    letter = "E" if verb in "EG" else "e"
    return (
        f"{minus}{first}{'.' * bool(rest)}{rest}"
        f"{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    )


def _hexadecimal(value: float, precision: int, verb: str) -> str:
    if precision >= 0:
        raise UnknownTemplate("a hexadecimal float with a number of digits")
    mantissa, _, exponent = value.hex().partition("p")
    if value and "x1" not in mantissa:
        raise UnknownTemplate("a hexadecimal float that is not normal")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    mantissa = mantissa if not mantissa.endswith("x") else f"{mantissa}0"
    text = f"{mantissa}p{exponent[0]}{exponent[1:].zfill(2)}"
    return text.upper() if verb == "X" else text


def _binary(value: float) -> str:
    mantissa, exponent = frexp(value)
    whole = int(mantissa * 2**53)
    exponent -= 53
    if value == 0:
        exponent = -1074
    elif exponent < -1074:
        raise UnknownTemplate("a binary float that is not normal")
    return f"{whole}p{'+' if exponent >= 0 else '-'}{abs(exponent)}"
