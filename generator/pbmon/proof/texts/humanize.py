"""Prometheus's functions that make a number readable."""

from __future__ import annotations

import re
from math import isinf, isnan

from pbmon.proof.texts import times
from pbmon.proof.texts.floats import four_digits
from pbmon.proof.texts.values import FailedTemplate, Html, Value, type_name

_LARGE = "kMGTPEZY"
_SMALL = "munpfazy"
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORDS = {"inf": "inf", "infinity": "inf", "nan": "nan"}


def number(value: Value) -> float:
    """What Prometheus takes as a float: numbers, and texts that hold one."""
    if isinstance(value, str) and not isinstance(value, Html):
        return _parsed(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise FailedTemplate(f"it cannot convert a {type_name(value)} to a float")


def _parsed(text: str) -> float:
    sign, word = ("-", text[1:]) if text[:1] == "-" else ("", text.removeprefix("+"))
    if word.lower() in _WORDS and (sign == "" or word.lower() != "nan") and text != "+nan":
        return float(sign + _WORDS[word.lower()])
    if _DECIMAL.fullmatch(text) and len(text) < 1000 and not isinf(float(text)):
        return float(text)
    if re.fullmatch(r"[+-]?0[xX][0-9a-fA-F.]+[pP][+-]?[0-9]{1,3}", text):
        return float.fromhex(text)
    raise FailedTemplate(f"{text[:80]!r} is no number")


def plain(value: Value) -> str:
    """humanize."""
    size = number(value)
    if abs(size) >= 1 and not isinf(size):
        prefix = ""
        for letter in _LARGE:
            if abs(size) < 1000:
                break
            prefix, size = letter, size / 1000
        return f"{four_digits(size)}{prefix}"
    return _small(size)


def binary(value: Value) -> str:
    """humanize1024."""
    size = number(value)
    prefix = ""
    if abs(size) > 1 and not isinf(size):
        for letter in _LARGE:
            if abs(size) < 1024:
                break
            prefix, size = f"{letter}i", size / 1024
    return f"{four_digits(size)}{prefix}"


def percentage(value: Value) -> str:
    """humanizePercentage."""
    return f"{four_digits(number(value) * 100)}%"


def _small(size: float) -> str:
    if size == 0 or isnan(size) or isinf(size):
        return four_digits(size)
    prefix = ""
    for letter in _SMALL:
        if abs(size) >= 1:
            break
        prefix, size = letter, size * 1000
    return f"{four_digits(size)}{prefix}"


def duration(value: Value) -> str:
    """humanizeDuration: `1h 2m 3s`, below a second with a prefix."""
    size = number(value)
    if isnan(size) or isinf(size):
        return four_digits(size)
    if abs(size) < 1:
        return f"{_small(size)}s"
    if abs(size) >= 2**63:
        raise FailedTemplate("a duration that 64 bits do not hold")
    sign, size = "-" if size < 0 else "", abs(size)
    whole = int(size)
    days, hours, minutes, seconds = (
        whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    )  # fmt: skip
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    if minutes:
        return f"{sign}{minutes}m {seconds}s"
    return f"{sign}{four_digits(size)}s"


def timestamp(value: Value) -> str:
    """humanizeTimestamp: a time stamp in seconds as a date."""
    size = number(value)
    if isnan(size) or isinf(size):
        return four_digits(size)
    return times.text(times.of_seconds(size))
