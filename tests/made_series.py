"""Series for every metric of the strategies, in promtool's notation and as lines of the engine."""

from __future__ import annotations

from itertools import product

from pbmon import Counter, Histogram
from pbmon.expr.buckets import bucket_text
from pbmon.proof.promql.samples import Clock, Line, Segment, Store
from strategies import METRICS

STEPS = 120


def made() -> list[tuple[str, dict[str, str], float, float]]:
    """(name, labels, first value, growth per step) of two targets with every label value, so that
    everything has a value.
    """
    found = []
    for target, metric in product(("a:80", "b:80"), METRICS):
        domains = [
            [(label.name, value) for value in label.domain or ("one", "two")]
            for label in metric.labels
        ]
        for number, pairs in enumerate(product(*domains)):
            labels = {**dict(pairs), "job": "house", "instance": target}
            first = 3.0 + number + (target == "b:80") / 2
            if isinstance(metric, Counter):
                found.append((metric.name, labels, 1e6, first))
            elif isinstance(metric, Histogram):
                for place, bound in enumerate([*metric.buckets, float("inf")]):
                    found.append(
                        (
                            f"{metric.name}_bucket",
                            {**labels, "le": bucket_text(bound)},
                            1e6,
                            (place + 1) * first,
                        )
                    )
                found.append((f"{metric.name}_count", labels, 1e6, 4 * first))
                found.append((f"{metric.name}_sum", labels, 1e6, 9 * first))
            else:
                found.append((metric.name, labels, first, 1.0))
    return found


def samples(first: float, growth: float) -> list[float]:
    """A value per step that bends a little, so that no two windows happen to have the same rate."""
    return [round(first + growth * index * (1 + index / 997), 6) for index in range(STEPS + 1)]


def notation() -> list[dict[str, str]]:
    """As `input_series` of a promtool test."""
    found = []
    for name, labels, first, growth in made():
        pairs = ",".join(f'{key}="{value}"' for key, value in labels.items())
        found.append(
            {
                "series": f"{name}{{{pairs}}}",
                "values": " ".join(f"{value:.6f}" for value in samples(first, growth)),
            }
        )
    return found


def store(step: int, *, left_open: bool) -> Store:
    """As the engine's store."""
    filled = Store(Clock(step, step), left_open)
    for name, labels, first, growth in made():
        filled.add(
            name,
            [
                Line(
                    tuple(sorted(labels.items())),
                    [Segment(value, 0.0, 1) for value in samples(first, growth)],
                )
            ],
        )
    return filled
