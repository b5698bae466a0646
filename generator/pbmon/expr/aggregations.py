"""Aggregations: one value for each group of series, or some series of each group.

https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from pbmon.arguments import checked
from pbmon.expr.nodes import Node
from pbmon.expr.numbers import Scalar, literal
from pbmon.labels import Label

Result = TypeVar("Result")
Labels = Sequence[Label] | None


class Aggregated(ABC, Generic[Result]):
    """What aggregations are made from."""

    @abstractmethod
    def _aggregated(
        self, operator: str, by: Labels, without: Labels, parameter: Node | None = None
    ) -> Result:
        """`operator by|without (labels) (parameter, self)`."""


@checked
class Counted(Aggregated[Result]):
    """Aggregations that look at no value, so that counters have them too."""

    def count(self, by: Labels = None, without: Labels = None) -> Result:
        """Number of series; the unit becomes `short`."""
        return self._aggregated("count", by, without)

    def grouped(self, by: Labels = None, without: Labels = None) -> Result:
        """1 for every group that has a series."""
        return self._aggregated("group", by, without)


@checked
class Aggregations(Counted[Result]):
    """Aggregations of values."""

    def sum(self, by: Labels = None, without: Labels = None) -> Result:
        """Sum over the labels not kept; one series without by and without."""
        return self._aggregated("sum", by, without)

    def avg(self, by: Labels = None, without: Labels = None) -> Result:
        """Mean over the labels not kept."""
        return self._aggregated("avg", by, without)

    def min(self, by: Labels = None, without: Labels = None) -> Result:
        """Smallest over the labels not kept."""
        return self._aggregated("min", by, without)

    def max(self, by: Labels = None, without: Labels = None) -> Result:
        """Largest over the labels not kept."""
        return self._aggregated("max", by, without)

    def stddev(self, by: Labels = None, without: Labels = None) -> Result:
        """Standard deviation over the labels not kept, of a whole population."""
        return self._aggregated("stddev", by, without)

    def stdvar(self, by: Labels = None, without: Labels = None) -> Result:
        """Variance over the labels not kept, of a whole population."""
        return self._aggregated("stdvar", by, without)

    def quantile(self, q: Scalar, by: Labels = None, without: Labels = None) -> Result:
        """The q-quantile (0 to 1) over the labels not kept: PromQL's aggregation `quantile`."""
        return self._aggregated("quantile", by, without, literal(q))

    def topk(self, k: int, by: Labels = None, without: Labels = None) -> Result:
        """The k largest series (of each group), all their labels kept."""
        return self._aggregated("topk", by, without, literal(k))

    def bottomk(self, k: int, by: Labels = None, without: Labels = None) -> Result:
        """The k smallest series (of each group), all their labels kept."""
        return self._aggregated("bottomk", by, without, literal(k))

    def limitk(self, k: int, by: Labels = None, without: Labels = None) -> Result:
        """Any k series (of each group), all their labels kept. Experimental in Prometheus 3."""
        return self._aggregated("limitk", by, without, literal(k))
