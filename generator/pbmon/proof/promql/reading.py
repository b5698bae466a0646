"""The series that selectors and subqueries read, from where an expression is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pbmon import durations
from pbmon.expr.nodes import Names, Node, Selector, Subquery
from pbmon.proof.promql.moment import Moment
from pbmon.proof.promql.over_time import Range
from pbmon.proof.promql.samples import Labels, inside
from pbmon.proof.promql.selection import Selection, Source
from pbmon.proof.promql.vectors import UnknownSemantics, Vector, named

Seen = Callable[[Source, float, float], dict[Labels, tuple[float, float]]]
"""(time, value) of the newest samples, by labels and name; of a source, at a time, with what was
there at another.
"""

Ranges = Callable[[Source, float, float], Iterable[tuple[Labels, Range]]]
"""The samples of each series in a range, likewise."""

Instant = Callable[[Source, float, float], Vector]
"""An instant vector, likewise."""


def moment(source: Source, time: float) -> Moment:
    return Moment(float(time), source.newer, source.adding)


def seen(node: Selector | Names) -> Seen:
    """What instant selectors see."""
    if isinstance(node, Names):
        every = [seen(selector) for selector in node.selectors]

        def of_all(source: Source, time: float, now: float) -> dict[Labels, tuple[float, float]]:
            samples: dict[Labels, tuple[float, float]] = {}
            for each in every:
                samples |= each(source, time, now)
            return samples

        return of_all
    if node.window:
        raise UnknownSemantics("samples over time have no value that a rule could have")
    selection, end = Selection(node), _end(node)
    return lambda source, time, now: source.selected(selection, end(time, now), now)


def ranges(node: Node, operand: Callable[[Node], Instant], *, named_series: bool) -> Ranges:
    """operand: gives what evaluates the operand of a subquery. named_series: whether labels of
    scraped series include their names.
    """
    match node:
        case Selector():
            return _selected(node, named_series=named_series)
        case Names():
            every = [_selected(selector, named_series=named_series) for selector in node.selectors]
            return lambda source, time, now: (
                pair for each in every for pair in each(source, time, now)
            )
        case Subquery():
            return _steps(node, operand(node.operand))
        case _:
            raise UnknownSemantics(f"a range of a {type(node).__name__.lower()} is no PromQL")


def _selected(node: Selector, *, named_series: bool) -> Ranges:
    selection, end_of = Selection(node), _end(node)

    def read(source: Source, time: float, now: float) -> Iterator[tuple[Labels, Range]]:
        end, at = end_of(time, now), moment(source, time)
        for labels, samples in source.ranges(selection, end, now).items():
            full = named(labels, selection.name) if named_series else labels
            yield full, Range(samples, end, selection.window, at)

    return read


def _steps(node: Subquery, operand: Instant) -> Ranges:
    """What the operand gives at each step of a subquery."""
    end_of, window = _end(node), durations.seconds(node.window)
    own_step = durations.seconds(node.step) if node.step else 0.0

    def read(source: Source, time: float, now: float) -> Iterator[tuple[Labels, Range]]:
        end, step = end_of(time, now), own_step or float(source.subquery_step)
        series: dict[Labels, list[tuple[float, float]]] = {}
        for number in inside(end, window, step, left_open=source.newer):
            at = number * step
            for labels, value in operand(source, at, now).items():
                series.setdefault(labels, []).append((at, value))
        for labels, samples in series.items():
            yield labels, Range(samples, end, window, moment(source, time))

    return read


def _end(node: Selector | Subquery) -> Callable[[float, float], float]:
    """The time that a selector or a subquery looks at, of the time of its evaluation and that of
    the whole expression: `start()` and `end()` of `@` mean the latter even below a subquery.
    """
    shift = durations.shift(node.offset)
    if node.at in {"start()", "end()"}:
        return lambda _, now: round(now - shift, 3) if node.offset else now
    if node.at:
        fixed = round(float(node.at) - shift, 3) if node.offset else float(node.at)
        return lambda *_: fixed
    if not node.offset:
        return lambda time, _: time
    return lambda time, _: round(time - shift, 3)
