"""Functions of the samples that a series has within a window.

https://prometheus.io/docs/prometheus/latest/querying/functions/#aggregation_over_time
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from pbmon.arguments import checked
from pbmon.expr.nodes import Node
from pbmon.expr.numbers import Scalar, literal

Result = TypeVar("Result")


class Ranged(ABC, Generic[Result]):
    """What functions over a range are made from."""

    @abstractmethod
    def _over(self, function: str, window: str, step: str, *arguments: Node) -> Result:
        """The function over the series' own samples, or, with a step or of an expression, over
        a subquery. arguments: those besides the range.
        """


@checked
class Sampled(Ranged[Result]):
    """Functions that make sense of anything with samples, so that counters have them too."""

    def count_over_time(self, window: str, step: str = "") -> Result:
        """Number of samples of each series within the window."""
        return self._over("count_over_time", window, step)

    def present_over_time(self, window: str, step: str = "") -> Result:
        """1 for each series that has a sample within the window."""
        return self._over("present_over_time", window, step)

    def absent_over_time(self, window: str, step: str = "") -> Result:
        """1 when no series has a sample within the window. The result carries only labels that a
        matcher fixes to one value.
        """
        return self._over("absent_over_time", window, step)

    def changes(self, window: str, step: str = "") -> Result:
        """How often the value of each series changed within the window."""
        return self._over("changes", window, step)

    def resets(self, window: str, step: str = "") -> Result:
        """How often the value fell within the window: a counter began again from zero."""
        return self._over("resets", window, step)


@checked
class OverTime(Sampled[Result]):
    """Functions of values that go up and down."""

    def avg_over_time(self, window: str, step: str = "") -> Result:
        """Mean of each series within the window."""
        return self._over("avg_over_time", window, step)

    def max_over_time(self, window: str, step: str = "") -> Result:
        """Largest value of each series within the window."""
        return self._over("max_over_time", window, step)

    def min_over_time(self, window: str, step: str = "") -> Result:
        """Smallest value of each series within the window."""
        return self._over("min_over_time", window, step)

    def sum_over_time(self, window: str, step: str = "") -> Result:
        """Sum of the samples of each series within the window."""
        return self._over("sum_over_time", window, step)

    def last_over_time(self, window: str, step: str = "") -> Result:
        """Newest sample of each series within the window."""
        return self._over("last_over_time", window, step)

    def stddev_over_time(self, window: str, step: str = "") -> Result:
        """Standard deviation of the samples of each series within the window."""
        return self._over("stddev_over_time", window, step)

    def stdvar_over_time(self, window: str, step: str = "") -> Result:
        """Variance of the samples of each series within the window."""
        return self._over("stdvar_over_time", window, step)

    def quantile_over_time(self, q: Scalar, window: str, step: str = "") -> Result:
        """The q-quantile (0 to 1) of the samples of each series within the window."""
        return self._over("quantile_over_time", window, step, literal(q))

    def mad_over_time(self, window: str, step: str = "") -> Result:
        """Median of the distances from the median. Experimental in Prometheus 3."""
        return self._over("mad_over_time", window, step)

    def delta(self, window: str, step: str = "") -> Result:
        """Difference between the ends of the window."""
        return self._over("delta", window, step)

    def idelta(self, window: str, step: str = "") -> Result:
        """Difference between the last two samples; for panels, not for alerts."""
        return self._over("idelta", window, step)

    def deriv(self, window: str, step: str = "") -> Result:
        """Slope per second by linear regression."""
        return self._over("deriv", window, step)

    def predict_linear(self, window: str, seconds: Scalar, step: str = "") -> Result:
        """Value so many seconds from now if the window's trend goes on."""
        return self._over("predict_linear", window, step, literal(seconds))

    def holt_winters(self, window: str, level: Scalar, trend: Scalar, step: str = "") -> Result:
        """Smoothed value; Prometheus 3 has `double_exponential_smoothing` instead."""
        return self._over("holt_winters", window, step, literal(level), literal(trend))

    def double_exponential_smoothing(
        self, window: str, level: Scalar, trend: Scalar, step: str = ""
    ) -> Result:
        """Smoothed value; experimental in Prometheus 3, which has no `holt_winters`."""
        smoothing = literal(level), literal(trend)
        return self._over("double_exponential_smoothing", window, step, *smoothing)
