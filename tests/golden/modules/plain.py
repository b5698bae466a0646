"""One gauge.

Each name below is a metric in prometheus_client's default registry.
`Metrics(registry)` makes them all for a registry of your own, as a test wants.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry

from _plain_runtime.metrics import GaugeSeries, MetricSet

__all__ = ["GaugeSeries", "Metrics", "records"]


class Metrics(MetricSet):
    """Every metric of this module, registered with one registry."""

    def __init__(
        self, registry: CollectorRegistry, *, strict: bool | None = None
    ) -> None:
        super().__init__(registry, strict=strict)
        new = self._metric
        self.records: Final = new(
            GaugeSeries,
            "records",
            'Records, "all" kinds.',
            multiprocess_mode="mostrecent",
        )


_default = Metrics(REGISTRY)
records = _default.records
