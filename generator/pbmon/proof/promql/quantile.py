"""Quantiles of classic histograms.

https://github.com/prometheus/prometheus/blob/main/promql/quantile.go
"""

from __future__ import annotations

from math import nan

from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import Vector, without


def histogram_quantile(q: float, buckets: Vector) -> Vector:
    """The q-quantile of each set of buckets that differ in `le` alone."""
    grouped: dict[Labels, list[tuple[float, float]]] = {}
    for labels, count in buckets.items():
        bound = dict(labels).get("le")
        if bound is not None:
            grouped.setdefault(without(labels, {"le"}), []).append((float(bound), count))
    return {labels: bucket_quantile(q, sorted(pairs)) for labels, pairs in grouped.items()}


def bucket_quantile(q: float, buckets: list[tuple[float, float]]) -> float:
    """The q-quantile of cumulative (upper bound, count) pairs sorted by bound; NaN without
    observations.

    As bucketQuantile() in promql/quantile.go.
    """
    if len(buckets) < 2 or buckets[-1][0] != float("inf") or not buckets[-1][1] > 0:
        return nan
    rank = q * buckets[-1][1]
    index = next(
        position
        for position, (_, count) in enumerate(buckets)
        if count >= rank or position == len(buckets) - 1
    )
    if index == len(buckets) - 1:
        return buckets[-2][0]
    upper, count = buckets[index]
    if index == 0 and upper <= 0:
        return upper
    lower, below = buckets[index - 1] if index else (0.0, 0.0)
    return lower + (upper - lower) * ((rank - below) / (count - below))
