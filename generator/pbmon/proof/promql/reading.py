"""The series that selectors and subqueries read, from where an expression is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from pbmon import durations
from pbmon.expr.nodes import Names, Node, Selector, Subquery
from pbmon.proof.promql.addition import Adding
from pbmon.proof.promql.moment import Moment
from pbmon.proof.promql.over_time import Range, Samples
from pbmon.proof.promql.samples import Labels, inside
from pbmon.proof.promql.vectors import UnknownSemantics, Vector, named


class Source(Protocol):
    """Where selectors find their series, and how Prometheus is set up.

    subquery_step: the seconds between evaluations of a subquery that does not say. newer: whether
    it is Prometheus 3.
    """

    @property
    def subquery_step(self) -> int: ...

    @property
    def newer(self) -> bool: ...

    @property
    def adding(self) -> Adding: ...

    def selected(
        self, node: Selector, time: float, now: float
    ) -> dict[Labels, tuple[float, float]]:
        """(time, value) of what an instant selector sees, of what was there at `now`."""

    def ranges(self, node: Selector, time: float, now: float) -> Mapping[Labels, Samples]:
        """Samples in the selector's range, of those that were there at `now`."""


class Reading:
    """now: the moment of the whole evaluation, which `start()` and `end()` of `@` mean even below a
    subquery, and after which there are no samples yet. evaluate: gives the instant vector of an
    expression at a time.
    """

    def __init__(
        self, source: Source, now: float, evaluate: Callable[[Node, float], Vector]
    ) -> None:
        self._source = source
        self.newer = source.newer
        self._now = now
        self._evaluate = evaluate

    def moment(self, time: float) -> Moment:
        return Moment(float(time), self.newer, self._source.adding)

    def seen(self, node: Selector | Names, time: float) -> dict[Labels, tuple[float, float]]:
        """(time, value) of the newest samples, by labels and name."""
        selectors = node.selectors if isinstance(node, Names) else (node,)
        if selectors[0].window:
            raise UnknownSemantics("samples over time have no value that a rule could have")
        found: dict[Labels, tuple[float, float]] = {}
        for selector in selectors:
            end = self._end(selector, time)
            for labels, sample in self._source.selected(selector, end, self._now).items():
                found[named(labels, selector.series.name)] = sample
        return found

    def ranges(
        self, node: Node, time: float, *, named_series: bool
    ) -> Iterator[tuple[Labels, Range]]:
        """The samples of each series. named_series: whether labels of scraped series include their
        names.
        """
        match node:
            case Selector():
                end = self._end(node, time)
                window = durations.seconds(node.window)
                moment = self.moment(time)
                for labels, samples in self._source.ranges(node, end, self._now).items():
                    full = named(labels, node.series.name) if named_series else labels
                    yield full, Range(samples, end, window, moment)
            case Names():
                for selector in node.selectors:
                    yield from self.ranges(selector, time, named_series=named_series)
            case Subquery():
                end, window = self._end(node, time), durations.seconds(node.window)
                for labels, samples in self._steps(node, end, window).items():
                    yield labels, Range(samples, end, window, self.moment(time))
            case _:
                raise UnknownSemantics(f"a range of a {type(node).__name__.lower()} is no PromQL")

    def _steps(self, node: Subquery, end: float, window: float) -> Mapping[Labels, Samples]:
        """What the operand gives at each step of a subquery."""
        step = durations.seconds(node.step) if node.step else float(self._source.subquery_step)
        result: dict[Labels, list[tuple[float, float]]] = {}
        for number in inside(end, window, step, left_open=self.newer):
            time = number * step
            for labels, value in self._evaluate(node.operand, time).items():
                result.setdefault(labels, []).append((time, value))
        return result

    def _end(self, node: Selector | Subquery, time: float) -> float:
        """The time that a selector or a subquery looks at."""
        if node.at:
            time = self._now if node.at in {"start()", "end()"} else float(node.at)
        if not node.offset:
            return time
        shift = durations.seconds(node.offset.removeprefix("-"))
        return round(time + shift if node.offset.startswith("-") else time - shift, 3)
