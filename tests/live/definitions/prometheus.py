"""Prometheus, an exporter like others to these tests."""

from __future__ import annotations

from pbmon import Exporter, Gauge, Job, Label, Service

exporter = Exporter("prometheus", version="2.42 to 3.5")
service = Service("prometheus", jobs=[Job("prometheus", ["localhost:9090"])], exporter=exporter)

version = Label("version", "Version that runs.", max_values=1)
build_info = Gauge(
    "prometheus_build_info",
    "Which version runs.",
    labels=[version],
    unit="short",
    observed=exporter,
)
