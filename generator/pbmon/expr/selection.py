"""Selected series: a metric of some type, narrowed by matchers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from pbmon import durations
from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr import operations
from pbmon.expr.aggregations import Counted, Labels
from pbmon.expr.derivation import derived
from pbmon.expr.nodes import Node, Selector, Series
from pbmon.expr.operations import Side
from pbmon.expr.over_time import Sampled
from pbmon.expr.shapes import Shape
from pbmon.expr.vector import Expression, Vector
from pbmon.labels import Label, Matcher, le, listed, quantile
from pbmon.source import here

Moment = Literal["start", "end"] | float


class Stored:
    """Anything that Prometheus stores as series of one or several names."""

    @property
    def series(self) -> tuple[Series, ...]:
        """Every series that is stored for it, the main one first."""
        raise NotImplementedError


@checked
class Selectable(Stored, ABC):
    """Anything that stands for series under one name."""

    @property
    @abstractmethod
    def selector(self) -> Selector:
        """The syntax that selects the series."""

    @property
    def series(self) -> tuple[Series, ...]:
        return (self.selector.series,)

    @property
    def shape(self) -> Shape:
        """What is known of the series: see Shape."""
        return derived(self.selector, ())

    def absent(self) -> Expression:
        """1 while no such series exists. The result carries only labels that a matcher fixes to one
        value.
        """
        return self._apply("absent")

    def timestamp(self) -> Expression:
        """When each series had its newest sample, in seconds since 1970."""
        return self._apply("timestamp")

    @property
    def _side(self) -> Side:
        return Side(self.selector, self.shape)

    def _apply(self, function: str, *arguments: Node) -> Expression:
        return Expression(*operations.called(function, [self._side], arguments))

    def _aggregated(
        self, operator: str, by: Labels, without: Labels, parameter: Node | None = None
    ) -> Expression:
        return Expression(*operations.aggregated(operator, self._side, by, without, parameter))

    def _over(self, function: str, window: str, step: str, *arguments: Node) -> Expression:
        return Expression(*operations.over_range(function, self._side, window, step, arguments))

    def _where(self, matchers: Sequence[Matcher]) -> Selector:
        series = self.selector.series
        bound = tuple(bound_matcher(series, matcher) for matcher in matchers)
        return replace(self.selector, matchers=(*self.selector.matchers, *bound))

    def _offset(self, duration: str) -> Selector:
        durations.checked(duration.removeprefix("-"), "offset")
        return replace(self.selector, offset=duration)

    def _at(self, moment: Moment) -> Selector:
        if moment not in {"start", "end"} and not (isinstance(moment, int | float) and moment >= 0):
            raise DefinitionError(
                here(),
                f"{moment!r} is no moment that Prometheus knows",
                'at("start"), at("end"), or at(seconds since 1970)',
            )
        return replace(self.selector, at=f"{moment}()" if isinstance(moment, str) else f"{moment}")


@checked
class AnyCounter(Selectable, Counted["Expression"], Sampled["Expression"]):
    """Series that only grow until their process restarts: a counter, or the count, sum or buckets
    of a histogram.
    """

    NOUN: ClassVar = "counter"
    EXAMPLE: ClassVar = "requests"
    AS_VECTOR: ClassVar = 'a counter becomes a vector by .rate("5m")'

    def where(self, *matchers: Matcher) -> CounterSelection:
        """Only series that fulfil every matcher. DefinitionError when the metric lacks the label,
        or has another of that name.
        """
        return CounterSelection(self._where(matchers))

    def offset(self, duration: str) -> CounterSelection:
        """The series as they were so long ago."""
        return CounterSelection(self._offset(duration))

    def at(self, moment: Moment) -> CounterSelection:
        """The series as they were at the start or the end of a panel's range, or at a time."""
        return CounterSelection(self._at(moment))

    def rate(self, window: str) -> Expression:
        """Growth per second over the window; seconds per second become a ratio of time. Buckets
        keep the unit of their bounds.
        """
        return self._over("rate", window, "")

    def irate(self, window: str) -> Expression:
        """Growth per second between the last two samples; for panels, not for alerts."""
        return self._over("irate", window, "")

    def increase(self, window: str) -> Expression:
        """Growth over the window, in the counter's own unit."""
        return self._over("increase", window, "")


@checked
class AnyGauge(Selectable, Vector):
    """Series that go up and down; usable as they are."""

    NOUN: ClassVar = "gauge"
    EXAMPLE: ClassVar = "lamps"

    def where(self, *matchers: Matcher) -> GaugeSelection:
        """Only series that fulfil every matcher. DefinitionError when the metric lacks the label,
        or has another of that name.
        """
        return GaugeSelection(self._where(matchers))

    def offset(self, duration: str) -> GaugeSelection:
        """The series as they were so long ago."""
        return GaugeSelection(self._offset(duration))

    def at(self, moment: Moment) -> GaugeSelection:
        """The series as they were at the start or the end of a panel's range, or at a time."""
        return GaugeSelection(self._at(moment))

    @property
    def node(self) -> Selector:
        return self.selector

    @property
    def unit(self) -> str:
        return self.selector.series.unit


class CounterSelection(AnyCounter):
    """A counter narrowed by matchers."""

    def __init__(self, selector: Selector) -> None:
        self._selector = selector

    @property
    def selector(self) -> Selector:
        return self._selector


class GaugeSelection(AnyGauge):
    """A gauge narrowed by matchers."""

    def __init__(self, selector: Selector) -> None:
        self._selector = selector

    @property
    def selector(self) -> Selector:
        return self._selector


def bound_matcher(series: Series, matcher: Matcher) -> Matcher:
    """The matcher, on the series' own label where it names `le` or `quantile` in general.

    DefinitionError for one whose label the series lacks, or whose label is another of the same
    name, and for the bound of a bucket that does not exist.
    """
    label = next((label for label in series.labels if label.name == matcher.label.name), None)
    if label is None:
        raise DefinitionError(
            here(),
            f"{series.metric} has no label {matcher.label.name!r}",
            f"it has {listed(series.labels)}",
        )
    if matcher.label in {le, quantile}:
        return _checked_value(label, matcher)
    # a label that only a record names has no help: it is whatever label has that name
    if label != matcher.label and label.help:
        raise DefinitionError(
            here(),
            f"{series.metric} has another label {label.name!r} than the one matched here, so"
            " values can differ",
            f"its own is defined at {label.source}, this one at {matcher.label.source}",
        )
    return matcher


def _checked_value(label: Label, matcher: Matcher) -> Matcher:
    if matcher.op in {"=", "!="} and label.values and matcher.value not in label.domain:
        raise DefinitionError(
            here(),
            f"label {label.name!r} has no value {matcher.value!r}",
            f"it has {', '.join(map(repr, label.domain))}",
        )
    return replace(matcher, label=label)
