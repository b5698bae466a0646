"""Selected series: a metric of some type, narrowed by matchers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from pbmon import durations
from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.buckets import bucket_pattern, bucket_text
from pbmon.expr.labelsets import LabelSet
from pbmon.expr.nodes import Selector, Series
from pbmon.expr.operations import Scalar, literal
from pbmon.expr.signatures import called
from pbmon.expr.vector import Expression, Vector, over_time
from pbmon.labels import Label, Matcher, le, listed, names
from pbmon.source import here


@checked
class Selectable(ABC):
    """Anything that stands for series under one name."""

    @property
    @abstractmethod
    def selector(self) -> Selector:
        """The syntax that selects the series."""

    def absent(self) -> Expression:
        """1 while no such series exists. The result carries only labels that a matcher fixes to one
        value.
        """
        return Expression(*called("absent", (self.selector,)), "short")

    def _where(self, matchers: Sequence[Matcher]) -> Selector:
        check_matchers(self.selector.series, matchers)
        return replace(self.selector, matchers=(*self.selector.matchers, *matchers))

    def _offset(self, duration: str) -> Selector:
        return replace(self.selector, offset=durations.checked(duration, "offset"))


@checked
class AnyCounter(Selectable):
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

    def rate(self, window: str) -> Expression:
        """Growth per second over the window; seconds per second become a ratio of time. Buckets
        keep the unit of their bounds.
        """
        series = self.selector.series
        unit = (
            series.unit
            if series.type == "bucket"
            else {"s": "percentunit", "bytes": "Bps"}.get(series.unit, "")
        )
        return self._ranged("rate", window, unit)

    def irate(self, window: str) -> Expression:
        """Growth per second between the last two samples; for panels, not for alerts."""
        return self._ranged("irate", window, "")

    def increase(self, window: str) -> Expression:
        """Growth over the window, in the counter's own unit."""
        return self._ranged("increase", window, self.selector.series.unit or "short")

    def resets(self, window: str) -> Expression:
        """How often the counter began again from zero."""
        return self._ranged("resets", window, "short")

    def _ranged(self, function: str, window: str, unit: str) -> Expression:
        durations.checked_window(window, "window")
        ranged = replace(self.selector, window=window)
        return Expression(*called(function, (ranged,), self.selector.series.labels), unit)


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

    @property
    def node(self) -> Selector:
        return self.selector

    @property
    def label_set(self) -> LabelSet:
        return self.selector.series.labels

    @property
    def unit(self) -> str:
        return self.selector.series.unit

    def delta(self, window: str) -> Expression:
        """Difference between the ends of the window."""
        return over_time("delta", self, window)

    def deriv(self, window: str) -> Expression:
        """Slope per second by linear regression."""
        return over_time("deriv", self, window)

    def changes(self, window: str) -> Expression:
        """How often the value changed within the window."""
        changed = over_time("changes", self, window)
        return Expression(changed.node, changed.label_set, "short")

    def predict_linear(self, window: str, seconds: Scalar) -> Expression:
        """Value so many seconds from now if the window's trend goes on."""
        durations.checked_window(window, "window")
        arguments = (replace(self.selector, window=window), literal(seconds))
        return Expression(*called("predict_linear", arguments, self.label_set), self.unit)


@checked
class AnyHistogram(Selectable):
    """A classic histogram. Its selector is that of the buckets."""

    NOUN: ClassVar = "histogram"
    EXAMPLE: ClassVar = "latency"
    AS_VECTOR: ClassVar = 'a histogram becomes a vector by .quantile(0.95, "5m") or .mean("5m")'

    def where(self, *matchers: Matcher) -> HistogramSelection:
        """Only series that fulfil every matcher. DefinitionError when the metric lacks the label,
        or has another of that name.
        """
        return HistogramSelection(self._where(matchers))

    @property
    def bucket_counts(self) -> CounterSelection:
        """The cumulative buckets, with label `le`."""
        return CounterSelection(self.selector)

    @property
    def observations(self) -> CounterSelection:
        """How many values were observed (`_count`)."""
        return self._sibling("_count", "")

    @property
    def observed_sum(self) -> CounterSelection:
        """Sum of the observed values (`_sum`), in the histogram's unit."""
        return self._sibling("_sum", self.selector.series.unit)

    def at_most(self, bound: float) -> CounterSelection:
        """Observations of at most this value. DefinitionError when no bucket ends there."""
        series = self.selector.series
        if bound not in series.bounds:
            raise DefinitionError(
                here(),
                f"{series.metric} has no bucket that ends at {bound:g}",
                f"buckets: {_listed(series.bounds)}",
            )
        pattern = bucket_pattern(bound)
        matcher = Matcher(le, "=~", pattern) if pattern else Matcher(le, "=", bucket_text(bound))
        return CounterSelection(replace(self.selector, matchers=(*self.selector.matchers, matcher)))

    def quantile(self, q: float, window: str, by: Sequence[Label] = ()) -> Expression:
        """The q-quantile (0 to 1) per group, in the histogram's unit, estimated from
        the buckets.
        """
        return histogram_quantile(
            q, self.bucket_counts.rate(window).sum(by=[*by, le]), self.selector.series.unit
        )

    def mean(self, window: str, by: Sequence[Label] = ()) -> Expression:
        """Mean of the observed values per group, in the histogram's unit; absent while nothing is
        observed.
        """
        total = self.observed_sum.rate(window).sum(by=by)
        mean = total / (self.observations.rate(window).sum(by=by) > 0)
        return Expression(mean.node, mean.label_set, self.selector.series.unit)

    def _sibling(self, suffix: str, unit: str) -> CounterSelection:
        series = self.selector.series
        plain = tuple(label for label in series.labels if label.name != "le")
        return CounterSelection(
            replace(
                self.selector,
                series=Series(series.metric + suffix, series.metric, "counter", plain, unit),
            )
        )


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


class HistogramSelection(AnyHistogram):
    """A histogram narrowed by matchers."""

    def __init__(self, selector: Selector) -> None:
        self._selector = selector

    @property
    def selector(self) -> Selector:
        return self._selector


@checked
def histogram_quantile(q: float, buckets: Vector, unit: str = "") -> Expression:
    """The q-quantile of bucket rates. DefinitionError when `le` is gone or q is outside 0 to 1.

    https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
    """
    if not 0 < q < 1:
        raise DefinitionError(
            here(),
            f"quantile {q} is outside 0 to 1, so the result is infinite",
            "the 95th percentile is 0.95",
        )
    if "le" not in names(buckets.label_set):
        raise DefinitionError(
            here(),
            "a quantile needs the label 'le', which the expression dropped",
            f"it has {listed(buckets.label_set)}; keep le in by",
        )
    arguments = (literal(q), buckets.node)
    call = called("histogram_quantile", arguments, buckets.label_set)
    return Expression(*call, unit or buckets.unit)


def check_matchers(series: Series, matchers: Sequence[Matcher]) -> None:
    """DefinitionError for a matcher whose label the series lacks, or whose label is another of the
    same name.
    """
    for matcher in matchers:
        label = next((label for label in series.labels if label.name == matcher.label.name), None)
        if label is None:
            raise DefinitionError(
                here(),
                f"{series.metric} has no label {matcher.label.name!r}",
                f"it has {listed(series.labels)}",
            )
        if label != matcher.label:
            raise DefinitionError(
                here(),
                f"{series.metric} has another label {label.name!r} than the one matched here, so"
                " values can differ",
                f"its own is defined at {label.source}, this one at {matcher.label.source}",
            )


def _listed(bounds: Sequence[float]) -> str:
    return ", ".join(f"{bound:g}" for bound in bounds)
