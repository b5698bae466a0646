"""Reads PromQL text into nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, cast

from pbmon import durations
from pbmon.expr.nodes import (
    Aggregate,
    Binary,
    Call,
    Matching,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    Series,
    String,
    Subquery,
)
from pbmon.expr.parsing import QUOTED, parsed
from pbmon.expr.walk import rewrite, walk
from pbmon.labels import Label, Matcher, MatchOp

Find = Callable[[str], Series | None]
"""The series of a name."""
FindAll = Callable[[tuple[tuple[MatchOp, str], ...]], tuple[Series, ...]]
"""The series whose names fulfil matchers, as (operator, value)."""

_SMOOTHING = "double_exponential_smoothing"
_HOLT_WINTERS = re.compile(r"\bholt_winters(?=\s*\()")
"""Its name before Prometheus 3; the parser knows the new one only."""

_VARIABLE = re.compile(r"\$(?:__\w+|\{__\w+\})")
_FIRST_STAND_IN = 4_123_456_000
"""Milliseconds; nobody writes a window of 47 days, 17 hours, 24 minutes and 16 seconds."""

_MATCH_OPERATORS: dict[str, MatchOp] = {
    "Equal": "=",
    "NotEqual": "!=",
    "Re": "=~",
    "NotRe": "!~",
}
_GROUPS: dict[str, Literal["group_left", "group_right"]] = {
    "ManyToOne": "group_left",
    "OneToMany": "group_right",
}
_NO_LIMITS = 1_000_000
"""Of the values of a label that nobody declared; it is refused later."""


def nodes(text: str, find: Find, find_all: FindAll) -> Node:
    """The expression. Its series are those that find and find_all give; matchers stand on the
    labels of these.

    Grafana's windows (`$__rate_interval`) stay as they are. Raises ValueError for text that is no
    PromQL, and KeyError with the name of a series that does not exist.
    """
    windows: list[str] = []
    plain = "".join(
        part if quoted else _VARIABLE.sub(lambda match: _stand_in(match[0], windows), part)
        for part, quoted in _parts(text)
    )
    old = _HOLT_WINTERS.search(plain) is not None
    tree = parsed(_HOLT_WINTERS.sub(_SMOOTHING, plain))
    return _Reader(find, find_all, windows, "holt_winters" if old else _SMOOTHING).node(tree)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether each is quoted or a comment."""
    end = 0
    for match in QUOTED.finditer(text):
        yield text[end : match.start()], False
        yield match[0], True
        end = match.end()
    yield text[end:], False


def _stand_in(variable: str, windows: list[str]) -> str:
    """A duration in place of a variable of Grafana's."""
    if variable not in windows:
        windows.append(variable)
    return f"{_FIRST_STAND_IN + windows.index(variable)}ms"


class _Reader:
    def __init__(self, find: Find, find_all: FindAll, windows: list[str], smoothing: str) -> None:
        """smoothing: what the text calls double_exponential_smoothing()."""
        self._smoothing = smoothing
        self._find = find
        self._find_all = find_all
        self._windows = windows

    def node(self, tree: Any) -> Node:
        """A node of promql_parser's."""
        read = getattr(self, f"_{type(tree).__name__}", None)
        if read is None:
            raise ValueError(f"{type(tree).__name__} is not read")
        return cast(Node, read(tree))

    def _ParenExpr(self, tree: Any) -> Node:  # noqa: N802 - named as the parser names it
        return self.node(tree.expr)

    def _NumberLiteral(self, tree: Any) -> Node:  # noqa: N802
        return Number(Decimal(repr(tree.val)))

    def _StringLiteral(self, tree: Any) -> Node:  # noqa: N802
        return String(tree.val)

    def _UnaryExpr(self, tree: Any) -> Node:  # noqa: N802
        operand = self.node(tree.expr)
        return (
            Number(operand.value.copy_negate())
            if isinstance(operand, Number)
            else Negation(operand)
        )

    def _VectorSelector(self, tree: Any) -> Node:  # noqa: N802
        return self._selected(tree, "")

    def _MatrixSelector(self, tree: Any) -> Node:  # noqa: N802
        return self._selected(tree.vector_selector, self._window(tree.range))

    def _SubqueryExpr(self, tree: Any) -> Node:  # noqa: N802
        step = "" if tree.step is None else self._window(tree.step)
        at = _at(tree.at)
        return Subquery(self.node(tree.expr), self._window(tree.range), step, _offset(tree), at)

    def _Call(self, tree: Any) -> Node:  # noqa: N802
        name = self._smoothing if tree.func.name == _SMOOTHING else tree.func.name
        return Call(name, tuple(map(self.node, tree.args)))

    def _AggregateExpr(self, tree: Any) -> Node:  # noqa: N802
        grouping: Literal["by", "without"] = "by"
        labels: tuple[str, ...] = ()
        if tree.modifier is not None:
            grouping = "without" if str(tree.modifier.type).endswith("Without") else "by"
            labels = tuple(sorted(tree.modifier.labels or ()))
        parameter = None if tree.param is None else self.node(tree.param)
        return Aggregate(str(tree.op), self.node(tree.expr), grouping, labels, parameter)

    def _BinaryExpr(self, tree: Any) -> Node:  # noqa: N802
        modifier = tree.modifier
        matching = None if modifier is None else _matching(modifier)
        return Binary(
            str(tree.op),
            self.node(tree.lhs),
            self.node(tree.rhs),
            matching,
            modifier is not None and modifier.return_bool,
        )

    def _selected(self, tree: Any, window: str) -> Node:
        if tree.matchers.or_matchers:
            raise ValueError("`or` between matchers is not PromQL of Prometheus")
        matchers = [
            (matcher.name, _MATCH_OPERATORS[str(matcher.op).rpartition(".")[2]], matcher.value)
            for matcher in tree.matchers.matchers
        ]
        of_name = tuple((op, value) for name, op, value in matchers if name == "__name__")
        others = [matcher for matcher in matchers if matcher[0] != "__name__"]
        name = tree.name
        if name is None and len(of_name) == 1 and of_name[0][0] == "=":
            name, of_name = of_name[0][1], ()

        def of(series: Series) -> Selector:
            on = tuple(_matcher(series, *matcher) for matcher in others)
            return Selector(series, on, window, _offset(tree), _at(tree.at))

        if name is not None:
            series = self._find(name)
            if series is None:
                raise KeyError(name)
            return of(series)
        if not of_name:
            raise ValueError("a selector without a name reads every series that there is")
        found = self._find_all(of_name)
        if not found:
            raise KeyError(" and ".join(f"__name__{op}{value!r}" for op, value in of_name))
        return Names(of_name, tuple(map(of, found)))

    def _window(self, length: timedelta) -> str:
        milliseconds = round(length.total_seconds() * 1000)
        index = milliseconds - _FIRST_STAND_IN
        if 0 <= index < len(self._windows):
            return self._windows[index]
        return durations.text(milliseconds / 1000)


def _offset(tree: Any) -> str:
    if tree.offset is None:
        return ""
    seconds = float(tree.offset.total_seconds())
    return "-" * (seconds < 0) + durations.text(abs(seconds))


def _at(at: Any) -> str:
    if at is None:
        return ""
    moment = f"{at}".removeprefix("@ ")
    return moment.rstrip("0").rstrip(".") if "." in moment else moment


def _matching(modifier: Any) -> Matching | None:
    card = str(modifier.card).rpartition(".")[2]
    if modifier.matching is None:
        return None
    kind = "on" if str(modifier.matching.type).endswith("Include") else "ignoring"
    return Matching(
        cast(Literal["on", "ignoring"], kind),
        tuple(sorted(modifier.matching.labels or ())),
        _GROUPS.get(card, ""),
        tuple(sorted(modifier.group_labels or ())),
    )


def _matcher(series: Series, name: str, op: MatchOp, value: str) -> Matcher:
    known = next((label for label in series.labels if label.name == name), None)
    return Matcher(known or Label(name, "Undeclared.", max_values=_NO_LIMITS), op, value)


def same(text: str, node: Node, ignored: Collection[str] = ()) -> bool:
    """Whether text, read again, is this expression. ignored: labels whose matchers may differ."""
    series: dict[str, Series] = {}
    patterns: dict[tuple[tuple[MatchOp, str], ...], tuple[Series, ...]] = {}
    for inner in walk(node):
        if isinstance(inner, Selector):
            series[inner.series.name] = inner.series
        if isinstance(inner, Names):
            patterns[inner.matchers] = tuple(each.series for each in inner.selectors)
    try:
        read = nodes(text, series.get, lambda matchers: patterns.get(matchers, ()))
    except (ValueError, KeyError):
        return False
    return _plain(read, ignored) == _plain(node, ignored)


def _plain(node: Node, ignored: Collection[str]) -> Node:
    """The expression by what it means: numbers and durations by their value, labels and matchers
    sorted.
    """
    return rewrite(node, lambda inner: _plain_node(inner, ignored))


def _plain_node(node: Node, ignored: Collection[str]) -> Node:
    match node:
        case Number():
            return Number(Decimal(repr(float(node.value))))
        case Selector():
            return replace(
                node,
                matchers=tuple(
                    sorted(
                        (
                            _by_name(each)
                            for each in node.matchers
                            if each.label.name not in ignored
                        ),
                        key=repr,
                    )
                ),
                window=_duration(node.window),
                offset=_duration(node.offset),
            )
        case Subquery():
            window, step = _duration(node.window), _duration(node.step)
            return replace(node, window=window, step=step, offset=_duration(node.offset))
        case Aggregate():
            return replace(node, labels=tuple(sorted(node.labels)))
        case _:
            return node


def _by_name(matcher: Matcher) -> Matcher:
    return Matcher(Label(matcher.label.name, "", max_values=1), matcher.op, matcher.value)


def _duration(text: str) -> str:
    sign, length = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not length or length.startswith("$"):
        return text
    return f"{sign}{durations.milliseconds(length)}ms"
