"""Deviations of values that are equal: what rounding leaves of them, and no answer to rest on."""

from __future__ import annotations

from collections.abc import Callable

from pbmon.expr.nodes import Binary, Call, Node
from pbmon.expr.walk import walk
from pbmon.proof.promql.reading import Instant
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.selection import Source

DEVIATIONS = frozenset({"stddev", "stdvar", "stddev_over_time", "stdvar_over_time"})
"""Operators and functions whose result may be what rounding left."""

_ROUNDING = 1e-9
"""A deviation that is so small, as a share of the mean, is that of equal values."""


def rounded(
    node: Binary, instant: Callable[[Node], Instant]
) -> Callable[[Source, float, float], bool] | None:
    """Whether a comparison asks for the distance of values from their mean while all are equal: it
    is what rounding left, which differs from Prometheus 2 to 3. None for a comparison that does not
    read both a mean and a deviation over time. instant: evaluates an expression.
    """
    calls = [inner for inner in walk(node) if isinstance(inner, Call)]
    means = [instant(call) for call in calls if call.function == "avg_over_time"]
    deviations = [instant(call) for call in calls if call.function in DEVIATIONS]
    if not means or not deviations:
        return None

    def is_rounded(source: Source, time: float, now: float) -> bool:
        sizes: dict[Labels, float] = {}
        for mean in means:
            for labels, value in mean(source, time, now).items():
                sizes[labels] = max(abs(value), sizes.get(labels, 0.0))
        return any(
            value < _ROUNDING * sizes.get(labels, 0.0)
            for deviation in deviations
            for labels, value in deviation(source, time, now).items()
        )

    return is_rounded
