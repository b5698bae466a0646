"""Which functions there are, what they take, and what computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pbmon.proof.texts import go, humanize, prometheus, times
from pbmon.proof.texts.printf import sprintf
from pbmon.proof.texts.printing import sprint, sprintln
from pbmon.proof.texts.values import (
    FailedTemplate,
    Html,
    QueryResult,
    Sample,
    UnknownTemplate,
    Value,
    bounded,
    type_name,
)

Type = Literal["any", "string", "sample", "result", "int"]


@dataclass(frozen=True)
class Call:
    """A function. takes: types of its arguments. more: type of any further ones, empty for none."""

    takes: tuple[Type, ...]
    compute: Callable[..., Value]
    more: Type | Literal[""] = ""

    def of(self, name: str, arguments: list[Value]) -> Value:
        """The function's value. FailedTemplate for wrong arguments."""
        least = len(self.takes)
        if len(arguments) < least or (len(arguments) > least and not self.more):
            wanted = f"at least {least}" if self.more else str(least)
            raise FailedTemplate(f"{name}() takes {wanted} arguments and is given {len(arguments)}")
        for number, argument in enumerate(arguments):
            _check(name, argument, self.takes[number] if number < least else self.more)
        result = self.compute(*arguments)
        return bounded(result) if isinstance(result, str) else result


def _check(name: str, value: Value, type: Type | Literal[""]) -> None:
    right = {
        "string": isinstance(value, str) and not isinstance(value, Html),
        "sample": isinstance(value, Sample),
        "result": isinstance(value, QueryResult),
        "int": isinstance(value, int) and not isinstance(value, bool),
    }
    if not right.get(type, True):
        wanted = {"sample": "series", "result": "query's result"}.get(type, type)
        raise FailedTemplate(f"{name}() takes a {wanted} and is given a {type_name(value)}")


def _untaught(*_: Value) -> Value:
    raise UnknownTemplate("call()")


def _any(compute: Callable[..., Value], count: int = 1) -> Call:
    return Call(tuple[Type, ...](["any"] * count), compute)


def _text(compute: Callable[..., Value], count: int = 1) -> Call:
    return Call(tuple[Type, ...](["string"] * count), compute)


CALLS: dict[str, Call] = {
    "call": Call(("any",), _untaught, "any"),
    "eq": Call(("any",), go.equal, "any"),
    "ge": _any(go.greater_or_equal, 2),
    "gt": _any(go.greater, 2),
    "html": Call((), go.html, "any"),
    "index": Call(("any",), go.index, "any"),
    "js": Call((), go.js, "any"),
    "le": _any(go.less_or_equal, 2),
    "len": _any(go.length),
    "lt": _any(go.less, 2),
    "ne": _any(go.unequal, 2),
    "not": _any(go.negation),
    "print": Call((), lambda *values: sprint(values), "any"),
    "printf": Call(("string",), lambda format, *values: sprintf(format, values), "any"),
    "println": Call((), lambda *values: sprintln(values), "any"),
    "slice": Call(("any",), go.part, "any"),
    "urlquery": Call((), go.urlquery, "any"),
    "args": Call((), prometheus.args, "any"),
    "first": Call(("result",), prometheus.first),
    "graphLink": _text(prometheus.graph_link),
    "humanize": _any(humanize.plain),
    "humanize1024": _any(humanize.binary),
    "humanizeDuration": _any(humanize.duration),
    "humanizePercentage": _any(humanize.percentage),
    "humanizeTimestamp": _any(humanize.timestamp),
    "label": Call(("string", "sample"), prometheus.label),
    "match": _text(prometheus.match, 2),
    "parseDuration": _text(prometheus.parse_duration),
    "reReplaceAll": _text(prometheus.replace_all, 3),
    "safeHtml": _text(Html),
    "sortByLabel": Call(("string", "result"), prometheus.sort_by_label),
    "stripDomain": _text(prometheus.strip_domain),
    "stripPort": _text(prometheus.strip_port),
    "strvalue": Call(("sample",), prometheus.strvalue),
    "tableLink": _text(prometheus.table_link),
    "title": _text(prometheus.title),
    "toLower": _text(prometheus.lower),
    "toTime": _any(lambda value: times.of_seconds(humanize.number(value))),
    "toUpper": _text(prometheus.upper),
    "value": Call(("sample",), lambda sample: sample.value),
}
"""All but `and` and `or`, which need not evaluate all their arguments, and those that know of the
alert: `query`, `externalURL` and `pathPrefix`.
"""


def _of_moment(compute: Callable[[Any], Value]) -> Call:
    return Call((), lambda time: compute(times.moment(time)))


METHODS: dict[str, Call] = {
    "Format": Call(("string",), times.formatted),
    "String": Call((), times.text),
    "Month": Call((), times.month),
    "Weekday": Call((), times.weekday),
    "UTC": Call((), lambda time: time),
    "Unix": Call((), lambda time: time.milliseconds // 1000),
    "UnixMilli": Call((), lambda time: time.milliseconds),
    "UnixNano": Call((), lambda time: time.milliseconds * 1_000_000),
    "IsZero": Call((), lambda _: False),
    "Year": _of_moment(lambda at: at.year),
    "Day": _of_moment(lambda at: at.day),
    "Hour": _of_moment(lambda at: at.hour),
    "Minute": _of_moment(lambda at: at.minute),
    "Second": _of_moment(lambda at: at.second),
    "Nanosecond": _of_moment(lambda at: at.microsecond * 1000),
    "YearDay": _of_moment(lambda at: at.timetuple().tm_yday),
}
"""Methods of a time. takes: their arguments, beside the time itself."""
