"""Classic histograms: buckets, their count and sum, and the quantiles that they allow.

https://prometheus.io/docs/practices/histograms/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import ClassVar

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr import operations
from pbmon.expr.buckets import le_matcher
from pbmon.expr.nodes import Selector, Series
from pbmon.expr.numbers import literal
from pbmon.expr.operations import Side
from pbmon.expr.selection import CounterSelection, Selectable
from pbmon.expr.shapes import Shape
from pbmon.expr.vector import Expression, Vector
from pbmon.labels import Label, Matcher, le
from pbmon.source import here


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
    def series(self) -> tuple[Series, ...]:
        parts = (self.bucket_counts, self.observations, self.observed_sum)
        return tuple(part.selector.series for part in parts)

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
        if bound != inf and bound not in series.bounds:
            raise DefinitionError(
                here(),
                f"{series.metric} has no bucket that ends at {bound:g}",
                f"buckets: {_listed(series.bounds)}",
            )
        of_bound = next(label for label in series.labels if label.name == le.name)
        matcher = le_matcher(of_bound, bound)
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
        return Expression(mean.node, replace(mean.shape, unit=self.selector.series.unit))

    def _sibling(self, suffix: str, unit: str) -> CounterSelection:
        series = self.selector.series
        plain = tuple(label for label in series.labels if label.name != le.name)
        key = series.key and tuple(name for name in series.key if name != le.name)
        sibling = Series(series.metric + suffix, series.metric, "counter", plain, unit, key=key)
        return CounterSelection(replace(self.selector, series=sibling))


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
    quantiles = operations.called(
        "histogram_quantile", [Side(literal(q), Shape()), Side(buckets.node, buckets.shape)]
    )
    return Expression(quantiles.node, replace(quantiles.shape, unit=unit or buckets.unit))


def _listed(bounds: Sequence[float]) -> str:
    return ", ".join(f"{bound:g}" for bound in bounds)
