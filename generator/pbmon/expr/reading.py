"""Makes expressions of PromQL that the author wrote as text, with its names resolved against the
definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from typing import Protocol

from pbmon.errors import DefinitionError
from pbmon.expr.buckets import is_bound, le_matcher
from pbmon.expr.derivation import is_scalar, shape
from pbmon.expr.extent import check_extent
from pbmon.expr.nodes import Call, Names, Node, Selector, Series, String, Subquery
from pbmon.expr.selection import Stored
from pbmon.expr.shapes import Shape, fulfils
from pbmon.expr.signatures import OPERATORS, SIGNATURES
from pbmon.expr.syntax import nodes
from pbmon.expr.vector import Expression, ScalarExpression, Vector
from pbmon.expr.walk import rewrite, selectors, walk
from pbmon.labels import Label, Matcher, MatchOp, listed, names
from pbmon.source import here


class Definitions(Protocol):
    """The series that definitions have made so far."""

    def series(self, name: str) -> Series | None:
        """The series of this name."""

    def all_series(self) -> Iterable[Series]:
        """Every series."""


_definitions: ContextVar[Definitions | None] = ContextVar("definitions", default=None)


@contextmanager
def names_from(definitions: Definitions) -> Iterator[None]:
    """While modules of definitions run, text is resolved against these."""
    token = _definitions.set(definitions)
    try:
        yield
    finally:
        _definitions.reset(token)


class _Used:
    """The series that `uses` names."""

    def __init__(self, uses: Sequence[Stored | Vector]) -> None:
        self._series = {
            series.name: series for used in uses for parts in _stored(used) for series in parts
        }

    def series(self, name: str) -> Series | None:
        return self._series.get(name)

    def all_series(self) -> Iterable[Series]:
        return self._series.values()


def _stored(used: Stored | Vector) -> Iterator[tuple[Series, ...]]:
    """The parts of each metric or record that is used."""
    if isinstance(used, Stored):
        yield used.series
    else:
        yield from ((selector.series,) for selector in selectors(used.node))


def expression(
    text: str,
    labels: Sequence[Label] | None,
    uses: Sequence[Stored | Vector] | None,
    unit: str | None,
) -> Expression:
    """The text as an expression. DefinitionError at the author's line when it does not parse, when
    it reads series, labels or values that do not exist, or differs from labels or uses where these
    are given.
    """
    excerpt = text if len(text) <= 200 else f"{text[:200]}…"
    node = _parsed(text, excerpt, uses)
    _check_kind(node, excerpt)
    node = rewrite(node, _checked)
    if uses is not None:
        read = {selector.series.name for selector in selectors(node)}
        named = ([part.name for part in parts] for used in uses for parts in _stored(used))
        if unread := sorted(parts[0] for parts in named if read.isdisjoint(parts)):
            raise DefinitionError(
                here(),
                f"promql() names {unread[0]!r} in `uses`, which its text does not read",
                "leave it out",
            )
    check_extent(node)
    derived = shape(node)
    if labels is not None and names(labels) != names(derived.labels):
        raise DefinitionError(
            here(),
            f"promql() keeps {listed(derived.labels)}, but `labels` says {listed(labels)}",
            "leave labels out: pbmon reads them from the text",
        )
    result = Shape(
        derived.labels,
        derived.optional,
        derived.key,
        derived.matchers,
        derived.unit if unit is None else unit,
    )
    return (ScalarExpression if is_scalar(node) else Expression)(node, result)


def _parsed(text: str, excerpt: str, uses: Sequence[Stored | Vector] | None) -> Node:
    known: Definitions | None = _Used(uses) if uses is not None else _definitions.get()

    def find(name: str) -> Series | None:
        return None if known is None else known.series(name)

    def find_all(matchers: tuple[tuple[MatchOp, str], ...]) -> tuple[Series, ...]:
        label = Label("name", "Name of a series.", max_values=1)
        every = () if known is None else known.all_series()
        fitting = {
            series.name: series
            for series in every
            if all(fulfils(Matcher(label, op, value), series.name) for op, value in matchers)
        }
        return tuple(fitting[name] for name in sorted(fitting))

    try:
        return nodes(text, find, find_all)
    except ValueError as error:
        problem = f"promql({excerpt!r}) does not parse: {error}"
        raise DefinitionError(here(), problem, "") from None
    except KeyError as unknown:
        name = unknown.args[0]
        if uses is None:
            problem = f"promql() reads {name!r}, which no definition so far has"
            help = "define it, or import the module that does; or name it: uses=[...]"
            every = [series.name for series in known.all_series()] if known else []
            if near := get_close_matches(name, every, 1):
                help = f"did you mean {near[0]}? or {help}"
        else:
            problem = f"promql() reads {name!r}, which `uses` does not name"
            listed_names = ", ".join(sorted(each.name for each in _Used(uses).all_series()))
            help = f"it names {listed_names or 'nothing'}"
        raise DefinitionError(here(), problem, help) from None


def _check_kind(node: Node, excerpt: str) -> None:
    """DefinitionError for what is neither a vector nor a number."""
    what = ""
    if isinstance(node, Subquery) or (isinstance(node, Selector | Names) and _window(node)):
        what = "samples over time"
    if isinstance(node, String):
        what = "a text"
    if what:
        raise DefinitionError(
            here(),
            f"promql({excerpt!r}) gives {what}, where a vector or a number belongs",
            "rate(...), max_over_time(...) and their kin make a vector of samples over time",
        )
    for inner in walk(node):
        if isinstance(inner, Call) and inner.function not in SIGNATURES:
            raise DefinitionError(
                here(),
                f"promql() calls {inner.function}(), whose labels pbmon cannot know",
                f"pbmon knows {', '.join(sorted(SIGNATURES))}, {', '.join(sorted(OPERATORS))}",
            )


def _window(node: Selector | Names) -> str:
    return node.window if isinstance(node, Selector) else node.selectors[0].window


_OF_COUNTERS = frozenset({"rate", "irate", "increase"})


def _checked(node: Node) -> Node:
    """The node, if it reads what exists: a bucket's bound as `at_most` writes it."""
    match node:
        case Selector():
            matchers = tuple(_matcher(node.series, matcher) for matcher in node.matchers)
            return Selector(node.series, matchers, node.window, node.offset, node.at)
        case Call(function, (Selector(series), *_)) if (
            function in _OF_COUNTERS and series.type == "gauge"
        ):
            raise DefinitionError(
                here(),
                f"promql() takes {function}() of {series.name}, which is a gauge: every time it"
                " falls, that counts as a restart from 0",
                "delta() or deriv(); or define it as a Counter",
            )
        case _:
            return node


def _matcher(series: Series, matcher: Matcher) -> Matcher:
    label = next((label for label in series.labels if label.name == matcher.label.name), None)
    if label is None:
        raise DefinitionError(
            here(),
            f"{series.name} has no label {matcher.label.name!r}",
            f"it has {listed(series.labels)}",
        )
    if label.name == "le" and matcher.op == "=" and is_bound(matcher.value, series.bounds):
        return le_matcher(label, float(matcher.value))
    if (
        label.values
        and matcher.value
        and not any(
            fulfils(Matcher(label, "=~" if "~" in matcher.op else "=", matcher.value), value)
            for value in label.domain
        )
        and "$" not in matcher.value
    ):
        values = ", ".join(map(repr, label.domain))
        verb = "matches" if "~" in matcher.op else "is"
        problem = (
            f"label {label.name!r} has no value {matcher.value!r}"
            if verb == "is"
            else f"no value of label {label.name!r} matches {matcher.value!r}"
        )
        raise DefinitionError(here(), problem, f"it has {values}")
    return Matcher(label, matcher.op, matcher.value)
