"""One gauge.

Each name below is a metric in prometheus_client's default registry.
`Metrics(registry)` makes them all for a registry of your own, as a test wants.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import prometheus_client

__all__ = ["GaugeSeries", "Metrics", "records"]

_M = TypeVar("_M")

if "PROMETHEUS_DISABLE_CREATED_SERIES" not in os.environ:
    # A second series for every counter and histogram, which no query needs.
    _disable: Callable[[], object] = prometheus_client.disable_created_metrics
    _disable()


class GaugeSeries(prometheus_client.Gauge):
    """One series: its labels, if it has any, are given."""

    labels: None  # type: ignore[assignment]


def _once(
    registry: prometheus_client.CollectorRegistry,
    metric: Callable[..., _M],
    name: str,
    documentation: str,
    labels: Sequence[Any] = (),
    **options: Any,
) -> _M:
    """A new metric, or the one in the registry: this file may be imported twice."""
    made: dict[str, _M] = registry.__dict__.setdefault("_made_once", {})
    definition = repr((name, documentation, labels, options))
    if definition not in made:
        made[definition] = metric(
            name, documentation, labels, registry=registry, **options
        )
    return made[definition]


class Metrics:
    """Every metric of this module, registered with one registry."""

    def __init__(self, registry: prometheus_client.CollectorRegistry) -> None:
        self.records: Final = _once(
            registry,
            GaugeSeries,
            "records",
            'Records, "all" kinds.',
            multiprocess_mode="mostrecent",
        )


_default = Metrics(prometheus_client.REGISTRY)
records = _default.records
