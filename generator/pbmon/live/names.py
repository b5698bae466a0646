"""The names under which the samples of a metric arrive."""

from __future__ import annotations

from pbmon.labels import re2_quote
from pbmon.model.distributions import Summary
from pbmon.model.metrics import Metric


def sample_names(metric: Metric) -> tuple[str, ...]:
    """Names of the metric's series; the first is the one that carries all labels, `le` included."""
    if metric.kind == "histogram":
        return (f"{metric.name}_bucket", f"{metric.name}_sum", f"{metric.name}_count")
    if metric.kind == "summary":
        quantiles = (metric.name,) if isinstance(metric, Summary) and metric.quantiles else ()
        return (*quantiles, f"{metric.name}_sum", f"{metric.name}_count")
    return (metric.name,)


def family_names(metric: Metric) -> tuple[str, ...]:
    """Names under which its type is announced: OpenMetrics omits the `_total` of a counter."""
    return (
        (metric.name, metric.name.removesuffix("_total"))
        if metric.kind == "counter"
        else (metric.name,)
    )


def one_of(names: list[str]) -> str:
    """A regular expression for these names."""
    return "|".join(re2_quote(name) for name in sorted(set(names)))
