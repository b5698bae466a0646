"""The bounds of the result of each PromQL function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Protocol

from pbmon.expr.nodes import Call, Node, Number
from pbmon.plan.lineage import Lineage
from pbmon.proof.values.intervals import EVERYTHING, Interval, summed


class Reach(Protocol):
    """What is known of the arguments: their bounds, and what they are recorded from."""

    @property
    def lineage(self) -> Lineage: ...

    def of(self, node: Node, /) -> Interval:
        """Bounds of an argument."""


def _same(call: Call, reach: Reach) -> Interval:
    """A value among those of the first argument."""
    return reach.of(call.arguments[0])


def _sum(call: Call, reach: Reach) -> Interval:
    return summed(reach.of(call.arguments[0]))


def _growth(call: Call, reach: Reach) -> Interval:
    """The growth of a value that falls only when it starts again from zero."""
    return (0.0, inf) if reach.of(call.arguments[0])[0] >= 0 else EVERYTHING


def _tally(call: Call, reach: Reach) -> Interval:  # noqa: ARG001 - whatever is counted
    return 0.0, inf


def _one(call: Call, reach: Reach) -> Interval:  # noqa: ARG001 - whatever is there
    return 1.0, 1.0


def _one_or_more(call: Call, reach: Reach) -> Interval:  # noqa: ARG001 - whatever is counted
    return 1.0, inf


def _anything(call: Call, reach: Reach) -> Interval:  # noqa: ARG001 - nothing is known
    return EVERYTHING


def _clamp(call: Call, reach: Reach) -> Interval:
    operand, *limits = call.arguments
    numbers = [float(limit.value) for limit in limits if isinstance(limit, Number)]
    if len(numbers) < len(limits):
        return EVERYTHING
    lowest, highest = numbers
    low, high = (max(lowest, min(highest, value)) for value in reach.of(operand))
    return low, high


def _quantile(call: Call, reach: Reach) -> Interval:
    share, buckets = call.arguments
    bounds = [bound for below in reach.lineage.raw(buckets) for bound in below.series.bounds]
    if not bounds or min(bounds) <= 0 or reach.of(buckets)[0] < 0:
        return EVERYTHING
    # Observations in the lowest bucket are taken to lie evenly from 0 to its bound.
    return (float(share.value) * min(bounds) if isinstance(share, Number) else 0.0), max(bounds)


CALLS: Mapping[str, Callable[[Call, Reach], Interval]] = {
    "absent": _one,
    "avg_over_time": _same,
    "changes": _tally,
    "clamp": _clamp,
    "count_over_time": _one_or_more,
    "delta": _anything,
    "deriv": _anything,
    "histogram_quantile": _quantile,
    "increase": _growth,
    "irate": _growth,
    "label_replace": _same,
    "last_over_time": _same,
    "max_over_time": _same,
    "min_over_time": _same,
    "predict_linear": _anything,
    "present_over_time": _anything,
    "rate": _growth,
    "resets": _tally,
    "sum_over_time": _sum,
    "time": _anything,
    "vector": _same,
}
"""By the function's name; a function that is missing here can be worth anything."""
