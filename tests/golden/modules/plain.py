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


def _forget_namesake() -> None:
    """Removes the own gauges of an ended process that had this one's id.

    They would go on from there. Files that this process has open, for gauges made
    before this file was imported, stay; only Linux tells which those are.
    """
    suffix = f"_{os.getpid()}.db"
    try:
        names = [name for name in os.listdir(_shared) if name.endswith(suffix)]
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            opened = maps.read() if names else ""
        for name in names:
            if name.startswith(("gauge_live", "gauge_all")) and name not in opened:
                os.unlink(os.path.join(_shared, name))
    except FileNotFoundError:  # the folder is gone, or this is not Linux
        return


_shared = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if _shared:
    os.makedirs(_shared, 0o700, exist_ok=True)
    _forget_namesake()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_namesake)

_default = Metrics(prometheus_client.REGISTRY)
records = _default.records
