"""Values as Go's fmt prints them by default: `%v`, Sprint, Sprintln and what an action prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from pbmon.proof.texts import times
from pbmon.proof.texts.floats import go_float
from pbmon.proof.texts.values import (
    AnyMap,
    Data,
    Named,
    QueryResult,
    Sample,
    StringMap,
    Time,
    UnknownTemplate,
    Value,
    bounded,
)

Scalar = None | bool | int | float | str


def printed(value: Value) -> str:
    """What `{{ value }}` prints."""
    if value is None:
        return "<no value>"
    if isinstance(value, Sample):
        return default(value).removeprefix("&")
    return default(value)


def default(value: Value) -> str:
    """Go's `%v`."""
    return whole(value, _scalar)


def whole(value: Value, scalar: Callable[[Scalar], str], names: bool = False) -> str:
    """A value with each number and text in it as `scalar` has it. names: of fields, as `%+v`."""
    match value:
        case None | bool() | int() | float() | str():
            return scalar(value)
        case Time():
            return scalar(times.text(value))
        case Named():
            return scalar(value.name)
        case StringMap() | AnyMap():
            pairs = sorted(value.items())
            inside = (f"{scalar(key)}:{_inner(item, scalar)}" for key, item in pairs)
            return bounded(f"map[{' '.join(inside)}]")
        case Sample():
            fields: list[tuple[str, Value]] = [("Labels", value.labels), ("Value", value.value)]
            return f"&{_struct(fields, scalar, names)}"
        case QueryResult():
            if value:
                raise UnknownTemplate("a query's result prints addresses in memory")
            return "[]"
        case Data():
            everything: list[tuple[str, Value]] = [
                ("Labels", value.labels),
                ("ExternalLabels", value.external_labels),
                ("ExternalURL", value.external_url),
                ("Value", value.value),
            ]
            return _struct(everything, scalar, names)
        case _:
            assert_never(value)


def _inner(value: Value, scalar: Callable[[Scalar], str]) -> str:
    if isinstance(value, Sample | Time):
        raise UnknownTemplate("a value inside of another prints its address in memory")
    return whole(value, scalar)


def _struct(
    fields: Sequence[tuple[str, Value]], scalar: Callable[[Scalar], str], names: bool
) -> str:
    inside = (f"{name}:" * names + whole(value, scalar) for name, value in fields)
    return f"{{{' '.join(inside)}}}"


def _scalar(value: Scalar) -> str:
    match value:
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case int() | str():
            return str(value)
        case float():
            return go_float(value)


def sprint(values: Sequence[Value]) -> str:
    """fmt.Sprint: a space between two values of which none is a text."""
    parts: list[str] = []
    for number, value in enumerate(values):
        if number and not isinstance(value, str) and not isinstance(values[number - 1], str):
            parts.append(" ")
        parts.append(default(value))
    return bounded("".join(parts))


def sprintln(values: Sequence[Value]) -> str:
    """fmt.Sprintln: a space between all, and a new line."""
    return bounded(" ".join(map(default, values)) + "\n")
