"""Metrics that say how values are spread: histograms and summaries.

https://prometheus.io/docs/practices/histograms/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from typing import Literal

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.buckets import bucket_text
from pbmon.expr.histograms import AnyHistogram
from pbmon.expr.nodes import Selector, Series
from pbmon.expr.selection import CounterSelection, GaugeSelection
from pbmon.labels import Label, le, quantile
from pbmon.model.metrics import Metric


@checked
@dataclass(frozen=True, eq=False)
class Histogram(Metric, AnyHistogram):
    """Observed values in cumulative buckets.

    buckets: finite upper bounds, ascending, in the histogram's unit.
    """

    buckets: Sequence[float] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        bounds = tuple(map(float, self.buckets))
        object.__setattr__(self, "buckets", bounds)
        if not bounds:
            raise DefinitionError(
                self.source,
                f"histogram {self.name} has no buckets, so no quantile can be computed",
                "buckets=[.1, 1, 10]",
            )
        if any(not isfinite(bound) for bound in bounds):
            raise DefinitionError(
                self.source,
                f"histogram {self.name} lists a bound that is no number",
                "+Inf is always there; leave it out",
            )
        for low, high in pairwise(bounds):
            if low >= high:
                raise DefinitionError(
                    self.source,
                    f"buckets of {self.name} do not ascend: {high:g} follows {low:g}",
                    "sort them and list each once",
                )
        if self.unit in {"s", "bytes"} and bounds[0] < 0:
            raise DefinitionError(
                self.source,
                f"histogram {self.name} has a bucket below zero, which no duration or size reaches",
                "begin above 0",
            )

    @property
    def kind(self) -> Literal["histogram"]:
        return "histogram"

    @property
    def cardinality(self) -> int:
        """Buckets, +Inf, _sum and _count of every combination."""
        return self.combinations * (len(self.buckets) + 3)

    @property
    def selector(self) -> Selector:
        texts = (*map(bucket_text, self.buckets), "+Inf")
        bounded = Label("le", le.help, values=texts, source=self.source)
        return Selector(self._series("_bucket", "bucket", [bounded], tuple(self.buckets)))


@checked
@dataclass(frozen=True, eq=False)
class Summary(Metric):
    """Quantiles that an exporter computed itself; they cannot be aggregated. Observed only.

    quantiles: as exposed in the label `quantile` (`("50", "99")`); empty when only sum and count
    are exposed.
    """

    quantiles: Sequence[str] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.observed is None:
            raise DefinitionError(
                self.source,
                f"summary {self.name} is the app's own, and quantiles of several processes do not"
                " add up",
                "use a Histogram",
            )

    @property
    def kind(self) -> Literal["summary"]:
        return "summary"

    @property
    def series(self) -> tuple[Series, ...]:
        parts = (self.values, self.observations, self.observed_sum)
        return tuple(part.selector.series for part in parts)

    @property
    def cardinality(self) -> int:
        """Quantiles, _sum and _count of every combination."""
        return self.combinations * (len(self.quantiles) + 2)

    @property
    def values(self) -> GaugeSelection:
        """The quantiles, with label `quantile`."""
        bounded = Label(
            "quantile", quantile.help, values=self.quantiles, max_values=10, source=self.source
        )
        return GaugeSelection(Selector(self._series("", "gauge", [bounded])))

    @property
    def observations(self) -> CounterSelection:
        """How many values were observed (`_count`)."""
        return CounterSelection(Selector(self._series("_count", "counter")))

    @property
    def observed_sum(self) -> CounterSelection:
        """Sum of the observed values (`_sum`)."""
        return CounterSelection(Selector(self._series("_sum", "counter")))
