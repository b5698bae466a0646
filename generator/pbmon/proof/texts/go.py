"""The functions that Go's templates bring: https://pkg.go.dev/text/template#hdr-Functions."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote_plus

from pbmon.proof.texts import quoting
from pbmon.proof.texts.printing import printed, sprint
from pbmon.proof.texts.values import (
    AnyMap,
    FailedTemplate,
    QueryResult,
    StringMap,
    UnknownTemplate,
    Value,
    truth,
    type_name,
)

_BASIC: tuple[tuple[type, str], ...] = (
    (bool, "bool"), (int, "int"), (float, "float"), (str, "string"),
)  # fmt: skip


def negation(value: Value) -> bool:
    """not."""
    return not truth(value)


def equal(first: Value, *others: Value) -> bool:
    """eq: whether the first equals one of the others."""
    if isinstance(first, StringMap | AnyMap | QueryResult):
        raise FailedTemplate(f"eq cannot compare a {type_name(first)}")
    if not others:
        raise FailedTemplate("eq is given nothing to compare with")
    return any(_equal(first, other) for other in others)


def _equal(first: Value, other: Value) -> bool:
    if _basic(first) != _basic(other):
        if first is None or other is None:
            return False
        raise _incompatible(first, other)
    if not _basic(first) and first is not None and other is not None:
        raise UnknownTemplate(f"eq of a {type_name(first)}")
    return first == other


def unequal(first: Value, other: Value) -> bool:
    """ne."""
    return not equal(first, other)


def less(first: Value, other: Value) -> bool:
    """lt."""
    if isinstance(first, bool) or isinstance(other, bool):
        raise FailedTemplate("bool values have no order")
    if isinstance(first, int | float) and isinstance(other, int | float):
        if isinstance(first, float) == isinstance(other, float):
            return first < other
    elif isinstance(first, str) and isinstance(other, str):
        return first.encode() < other.encode()
    raise _incompatible(first, other)


def less_or_equal(first: Value, other: Value) -> bool:
    """le."""
    return less(first, other) or equal(first, other)


def greater(first: Value, other: Value) -> bool:
    """gt: Go has it as the opposite of le, also for NaN."""
    return not less_or_equal(first, other)


def greater_or_equal(first: Value, other: Value) -> bool:
    """ge."""
    return not less(first, other)


def _basic(value: Value) -> str:
    return next((name for kind, name in _BASIC if isinstance(value, kind)), "")


def _incompatible(first: Value, other: Value) -> FailedTemplate:
    hint = ""
    if {_basic(first), _basic(other)} == {"int", "float"}:
        hint = ": write the number with a point, 1.0"
    return FailedTemplate(f"it cannot compare a {type_name(first)} with a {type_name(other)}{hint}")


def length(value: Value) -> int:
    """len, of a text in bytes."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, StringMap | AnyMap | QueryResult):
        return len(value)
    raise FailedTemplate(f"a {type_name(value)} has no length")


def index(value: Value, *indexes: Value) -> Value:
    """index: of a map by name, of a query's result or a text by number."""
    if value is None:
        raise FailedTemplate("index of nil")
    for at in indexes:
        match value:
            case StringMap() | AnyMap():
                if not isinstance(at, str):
                    raise FailedTemplate(f"labels have names, so a {type_name(at)} is no index")
                value = value.get(at, "" if isinstance(value, StringMap) else None)
            case QueryResult():
                value = value.in_order()[_position(at, len(value) - 1)]
            case str():
                value = value.encode()[_position(at, len(value.encode()) - 1)]
            case _:
                raise FailedTemplate(f"a {type_name(value)} has no index")
    return value


def part(value: Value, *indexes: Value) -> Value:
    """slice: a part of a text or of a query's result."""
    if not isinstance(value, str | QueryResult) or isinstance(value, StringMap | AnyMap):
        raise FailedTemplate(f"a {type_name(value)} has no parts")
    if len(indexes) > (3 if isinstance(value, QueryResult) else 2):
        raise FailedTemplate("slice has too many indexes")
    whole = value.encode() if isinstance(value, str) else value
    positions = [_position(at, len(whole)) for at in indexes]
    if len(positions) > 2:
        raise UnknownTemplate("slice with a capacity")
    begin, end = (*positions, *(0, len(whole))[len(positions) :])
    if begin > end:
        raise FailedTemplate(f"slice ends at {end}, before it begins at {begin}")
    if isinstance(whole, bytes):
        try:
            return whole[begin:end].decode()
        except UnicodeDecodeError:
            raise UnknownTemplate("a part of a character") from None
    return QueryResult(whole.in_order()[begin:end])


def _position(at: Value, most: int) -> int:
    if isinstance(at, bool) or not isinstance(at, int):
        raise FailedTemplate(f"a {type_name(at)} is no index")
    if not 0 <= at <= most:
        raise FailedTemplate(f"index {at} is out of range")
    return at


def _text(values: Sequence[Value]) -> str:
    if len(values) == 1 and type(values[0]) is str:
        return values[0]
    return sprint([printed(value) if value is None else value for value in values])


def html(*values: Value) -> str:
    """html: with HTML's characters escaped."""
    return quoting.html(_text(values))


def js(*values: Value) -> str:
    """js: escaped for JavaScript."""
    return quoting.js(_text(values))


def urlquery(*values: Value) -> str:
    """urlquery: escaped for the query of a URL."""
    return quote_plus(_text(values))
