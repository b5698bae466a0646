"""What a value in a template can be: Go's types that alerts meet, as Python values.

Go's string, bool, int and float64 are Python's; nil is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

MOST_CHARACTERS = 400_000
"""In a text that an expansion makes."""


class UnknownTemplate(Exception):
    """pbmon does not know what Prometheus prints; the message says why."""


class FailedTemplate(UnknownTemplate):
    """Prometheus cannot expand it either: it prints `<error expanding template: …>`."""


class Html(str):
    """Go's template.HTML: a text that is no string to functions which want one."""


class StringMap(dict[str, str]):
    """Go's map[string]string: labels."""


class AnyMap(dict[str, "Value"]):
    """Go's map[string]interface{}: what args() makes."""


@dataclass(frozen=True)
class Sample:
    """One series of a query's result. labels: with `__name__`."""

    labels: StringMap
    value: float


class QueryResult(list[Sample]):
    """What query() gives. ordered: whether it is known which series comes first."""

    ordered = True

    def in_order(self) -> QueryResult:
        """The same. UnknownTemplate where Prometheus may give the series in any order."""
        if not self.ordered:
            raise UnknownTemplate("several series of a query come in any order: sortByLabel")
        return self


@dataclass(frozen=True)
class Data:
    """What `.` is at the beginning: the alert's series and what Prometheus knows of itself."""

    labels: StringMap
    external_labels: StringMap
    external_url: str
    value: float


@dataclass(frozen=True)
class Time:
    """A moment in UTC, in milliseconds since 1970."""

    milliseconds: int


@dataclass(frozen=True)
class Named:
    """An int that Go prints as a name: a month, a weekday."""

    type: str
    number: int
    name: str


Value = (
    None | bool | int | float | str | Html | StringMap | AnyMap | Sample | QueryResult | Data | Time
    | Named
)  # fmt: skip


def type_name(value: Value) -> str:
    """Go's name of the value's type, as `%T` prints it."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float64"
        case Html():
            return "template.HTML"
        case str():
            return "string"
        case StringMap():
            return "map[string]string"
        case AnyMap():
            return "map[string]interface {}"
        case Sample():
            return "*template.sample"
        case QueryResult():
            return "template.queryResult"
        case Time():
            return "*time.Time"
        case Named():
            return value.type
        case Data():
            raise UnknownTemplate("the type of the whole data")
        case _:
            assert_never(value)


def truth(value: Value) -> bool:
    """Whether `if` takes it as true. NaN is not 0, so it is true."""
    match value:
        case None:
            return False
        case bool() | int() | float():
            return value != 0
        case str() | StringMap() | AnyMap() | QueryResult():
            return len(value) > 0
        case Sample() | Time() | Data():
            return True
        case Named():
            return value.number != 0
        case _:
            assert_never(value)


def bounded(text: str) -> str:
    """The text, if it is not too long."""
    check_length(len(text))
    return text


def check_length(length: int) -> None:
    """Raises UnknownTemplate for a text of more characters than pbmon makes."""
    if length > MOST_CHARACTERS:
        raise UnknownTemplate(f"it makes a text of more than {MOST_CHARACTERS} characters")
