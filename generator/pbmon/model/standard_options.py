"""Grafana's standard options: how a value is shown, whatever the kind of panel.

https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, NamedTuple, Protocol, TypeAlias

from pbmon.errors import DefinitionError
from pbmon.source import Source

Limits: TypeAlias = tuple[float | None, float | None]
"""Lowest and highest value of an axis; None where Grafana chooses."""
NO_LIMITS: Limits = (None, None)
Thresholds: TypeAlias = Mapping[float | None, str]
"""Value → colour from there upwards; None → that of all below, green where it is left out."""
Mapped: TypeAlias = float | str | tuple[float | None, float | None] | None
"""What a mapping stands for: a value; a text, or `/pattern/` for texts that match; the lowest and
highest value of a range, None for no end; None where there is no value.
"""
Mappings: TypeAlias = Mapping[Any, tuple[str, str]]
"""Mapped → the text and colour that stand for it. Any: type checkers would take no variable that
holds numbers alone for a Mapping[Mapped, …].
"""

_COLOR = re.compile(
    r"((super-light|light|semi-dark|dark)-)?(red|orange|yellow|green|blue|purple)"
    r"|transparent|text|#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|(rgb|hsl)a?\([^()]*\)"
)
"""https://grafana.com/docs/grafana/latest/panels-visualizations/configure-thresholds/ and CSS."""
_COLORS = "red, orange, yellow, green, blue, purple, also dark-red, light-red, or #ff8800"
_MOST_DECIMALS = 20


class ValueMapping(NamedTuple):
    """A text and a colour in place of what is mapped."""

    of: Mapped
    text: str
    color: str


class Shown(Protocol):
    """A panel or a part of one. what: how messages call it."""

    source: Source

    @property
    def what(self) -> str: ...


def checked_limits(shown: Shown, limits: Limits) -> Limits:
    """The limits. Raises DefinitionError where they are no numbers, or the lower one is above."""
    low, high = limits
    _check_finite(shown, limits)
    if low is not None and high is not None and low >= high:
        raise DefinitionError(
            shown.source,
            f"{shown.what} has limits from {low:g} to {high:g}, so its axis has no length",
            "write the lower one first",
        )
    return limits


def checked_decimals(shown: Shown, decimals: int | None) -> int | None:
    """The digits behind the point. Raises DefinitionError where Grafana cannot show that many."""
    if decimals is not None and not 0 <= decimals <= _MOST_DECIMALS:
        raise DefinitionError(
            shown.source,
            f"{shown.what} has {decimals} digits behind the point, which Grafana cannot show",
            f"0 to {_MOST_DECIMALS}",
        )
    return decimals


def checked_color(shown: Shown, color: str) -> str:
    """The colour. Raises DefinitionError for one that Grafana does not have."""
    if not _COLOR.fullmatch(color):
        raise DefinitionError(
            shown.source, f"{shown.what} is {color!r}, which is no colour of Grafana's", _COLORS
        )
    return color


def checked_mappings(shown: Shown, mappings: Mappings | None) -> tuple[ValueMapping, ...]:
    """Values by size, then texts and patterns, ranges, what has no value: the order in which
    Grafana asks them. Raises DefinitionError where a value is not finite, a range has no length, a
    pattern cannot be read, or where Grafana would show neither text nor colour.
    """
    rows = [ValueMapping(of, text, color) for of, (text, color) in (mappings or {}).items()]
    for of, text, color in rows:
        _check_mapped(shown, of)
        if not text.strip() or not _COLOR.fullmatch(color):
            raise DefinitionError(
                shown.source,
                f"{shown.what} maps {_written(of)} to {(text, color)!r}, which is no text and a"
                " colour of Grafana's",
                f'as {{0: ("down", "red")}}; {_COLORS}',
            )
    return tuple(sorted(rows, key=_rank))


def pattern_of(text: str) -> str | None:
    """What stands between the slashes of `/pattern/`; None for any other text."""
    return text[1:-1] if len(text) > 2 and text.startswith("/") and text.endswith("/") else None


def checked_regex(shown: Shown, text: str) -> str:
    """The text. Raises DefinitionError for a `/pattern/` that cannot be read."""
    try:
        re.compile(pattern_of(text) or "")
    except re.error as error:
        raise DefinitionError(
            shown.source,
            f"{shown.what} names {text!r}, which is no regular expression: {error}",
            "text between slashes is one: /^5../",
        ) from None
    return text


def checked_thresholds(
    shown: Shown, thresholds: Thresholds | None
) -> tuple[tuple[float | None, str], ...]:
    """(value, colour) in ascending order, the first without a value; empty for none. Raises
    DefinitionError where a value is not finite, or a colour none of Grafana's.
    """
    steps = [(value, color) for value, color in (thresholds or {}).items() if value is not None]
    _check_finite(shown, [value for value, _ in steps])
    for value, color in (thresholds or {}).items():
        if not _COLOR.fullmatch(color):
            where = "below its thresholds" if value is None else f"from {value:g} upwards"
            raise DefinitionError(
                shown.source,
                f"{shown.what} is {color!r} {where}, which is no colour of Grafana's",
                f'as {{None: "green", 1: "red"}}; {_COLORS}',
            )
    lowest = (thresholds or {}).get(None, "green")
    return ((None, lowest), *sorted(steps)) if thresholds else ()


def _check_mapped(shown: Shown, of: Any) -> None:
    match of:
        case str():
            checked_regex(shown, of)
        case (int() | float() | None as low, int() | float() | None as high):
            _check_finite(shown, [low, high])
            if low is not None and high is not None and low > high:
                raise DefinitionError(
                    shown.source,
                    f"{shown.what} maps the range from {low:g} to {high:g}, which holds no value",
                    "write the lower end first",
                )
        case None:
            return
        case int() | float() if not isinstance(of, bool):
            _check_finite(shown, [of])
        case _:
            raise DefinitionError(
                shown.source,
                f"{shown.what} maps {of!r}, where a number, a text, a range or None belongs",
                'as {0: ("down", "red"), (2, None): ("many", "orange"), None: ("unknown", "blue")}',
            )


def _written(of: Mapped) -> str:
    return f"{of:g}" if isinstance(of, int | float) else repr(of)


def _rank(mapping: ValueMapping) -> tuple[int, float, str]:
    match mapping.of:
        case str() as text:
            return (1 if pattern_of(text) is None else 2, 0.0, text)
        case (low, _):
            return (3, float("-inf") if low is None else low, "")
        case None:
            return (4, 0.0, "")
        case number:
            return (0, number, "")


def _check_finite(shown: Shown, numbers: Iterable[float | None]) -> None:
    for number in numbers:
        if number is not None and not isfinite(number):
            raise DefinitionError(
                shown.source,
                f"{shown.what} has {number} where JSON needs a number",
                "None for no limit",
            )
