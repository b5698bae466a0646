"""Texts of alerts as Prometheus expands them, for the part of Go's templates that alerts use.

https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import copysign, isinf, isnan
from urllib.parse import quote_plus

from pbmon.template_actions import actions

_PIPE = re.compile(r"\$value|\$labels\.(\w+)")


class UnknownTemplate(Exception):
    """The template uses what this module does not expand; the message says what."""


def expanded(text: str, value: float, labels: Mapping[str, str]) -> str:
    """The text with `{{ $value | f }}` and `{{ $labels.x | f }}` filled in. UnknownTemplate for
    anything else.
    """
    parts = []
    for literal, inside in actions(text):
        parts.append(literal)
        if inside is not None:
            parts.append(_action(_trimmed(inside), value, labels))
    return "".join(parts)


def every_digit(text: str) -> bool:
    """Whether the text shows `$value` as it is, in up to 17 digits."""
    return any(inside and _trimmed(inside) == "$value" for _, inside in actions(text))


def _trimmed(inside: str) -> str:
    """An action without the signs that cut off white space around it."""
    return inside.removeprefix("-").removesuffix("-").strip()


def _action(action: str, value: float, labels: Mapping[str, str]) -> str:
    first, *functions = (part.strip() for part in action.split("|"))
    match = _PIPE.fullmatch(first)
    if match is None:
        raise UnknownTemplate(f"{{{{ {action} }}}}")
    if match.group(1):
        text = labels.get(match.group(1), "")
        for function in functions:
            if function != "urlquery":
                raise UnknownTemplate(f"{function} of a label")
            text = quote_plus(text)
        return text
    if not functions:
        return go_float(value)
    if len(functions) > 1 or functions[0] not in _HUMAN:
        raise UnknownTemplate(" | ".join(functions))
    return _HUMAN[functions[0]](value)


def go_float(value: float) -> str:
    """Go's `%v` of a float: shortest text, with an exponent below 1e-4 and from 1e6 on."""
    if isnan(value) or isinf(value):
        return "NaN" if isnan(value) else ("+Inf" if value > 0 else "-Inf")
    if value == 0:
        return "-0" if copysign(1, value) < 0 else "0"
    sign, digits, power = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(power, int)
    exponent = len(digits) - 1 + power
    if -4 <= exponent < 6:
        return format(Decimal((sign, digits, power)), "f")
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    digits_of_mantissa = f"{'-' * sign}{first}{'.' * bool(rest)}{rest}"
    return f"{digits_of_mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def four_digits(value: float) -> str:
    """Go's `%.4g`."""
    text = f"{value:.4g}"
    mantissa, e, power = text.partition("e")
    return f"{mantissa}e{power[0]}{power[1:].zfill(2)}" if e else text


def _percentage(value: float) -> str:
    return f"{four_digits(value * 100)}%"


def _humanize(value: float, base: float, large: str, suffix: str) -> str:
    if value == 0 or isnan(value) or isinf(value):
        return four_digits(value)
    prefix = ""
    if abs(value) >= 1:
        for letter in large:
            if abs(value) < base:
                break
            prefix = letter + suffix
            value /= base
        return f"{four_digits(value)}{prefix}"
    if suffix:
        return four_digits(value)
    for letter in "munpfazy":
        if abs(value) >= 1:
            break
        prefix = letter
        value *= 1000
    return f"{four_digits(value)}{prefix}"


def _duration(value: float) -> str:
    """As humanizeDuration: `1h 2m 3s`, below a second with a prefix."""
    if isnan(value) or isinf(value):
        return four_digits(value)
    if value == 0:
        return f"{four_digits(value)}s"
    if abs(value) >= 1:
        sign = "-" if value < 0 else ""
        value = abs(value)
        duration = int(value)
        seconds, minutes, hours, days = (
            duration % 60,
            duration // 60 % 60,
            duration // 3600 % 24,
            duration // 86400,
        )
        if days:
            return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
        if hours:
            return f"{sign}{hours}h {minutes}m {seconds}s"
        if minutes:
            return f"{sign}{minutes}m {seconds}s"
        return f"{sign}{four_digits(value)}s"
    prefix = ""
    for letter in "munpfazy":
        if abs(value) >= 1:
            break
        prefix = letter
        value *= 1000
    return f"{four_digits(value)}{prefix}s"


_HUMAN: dict[str, Callable[[float], str]] = {
    "humanizePercentage": _percentage,
    "humanizeDuration": _duration,
    "humanize": lambda value: _humanize(value, 1000.0, "kMGTPEZY", ""),
    "humanize1024": lambda value: (
        _humanize(value, 1024.0, "kMGTPEZY", "i") if abs(value) > 1 else four_digits(value)
    ),
}
