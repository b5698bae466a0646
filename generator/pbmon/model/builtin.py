"""The series that every Prometheus has by itself.

https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#inspecting-alerts-during-runtime
"""

from __future__ import annotations

from dataclasses import replace

from pbmon.expr.nodes import Selector
from pbmon.expr.shapes import label_set
from pbmon.labels import TARGET_LABELS, Label
from pbmon.model.metrics import Gauge
from pbmon.model.project import SEVERITIES
from pbmon.model.service import Exporter, labels_of_targets

prometheus_itself = Exporter(
    "prometheus", version="2.42 to 3.5", url="https://prometheus.io/docs/concepts/jobs_instances/"
)
client_libraries = Exporter(
    "prometheus client libraries",
    version="any",
    url="https://prometheus.io/docs/instrumenting/writing_clientlibs/",
)

alertname = Label("alertname", "Name of the alert.", max_values=500)
alertstate = Label("alertstate", "Whether its `for` has passed.", values=("pending", "firing"))
severity = Label("severity", "How fast somebody has to act.", max_values=len(SEVERITIES))


class TargetGauge(Gauge):
    """A gauge that every target has. It carries the target labels of the services whose names the
    author's module knows, its own among them.
    """

    @property
    def selector(self) -> Selector:
        labels = label_set([*TARGET_LABELS, *labels_of_targets(beside=False)])
        return Selector(replace(super().selector.series, labels=labels))


up = TargetGauge(
    "up",
    "1 while the last scrape of the target worked, else 0.",
    observed=prometheus_itself,
    unit="bool_yes_no",
)
scrape_duration = TargetGauge(
    "scrape_duration_seconds", "How long the last scrape took.", observed=prometheus_itself
)
scrape_samples = TargetGauge(
    "scrape_samples_scraped",
    "Samples the last scrape brought.",
    observed=prometheus_itself,
    unit="short",
)
process_start_time = TargetGauge(
    "process_start_time_seconds",
    "When the process started, seconds since 1970.",
    observed=client_libraries,
    unit="dateTimeAsIso",
)
alerts = Gauge(
    "ALERTS",
    "1 for every alert that is pending or firing.",
    labels=[alertname, alertstate, severity],
    observed=prometheus_itself,
    scoped=False,
    unit="short",
)

BUILTIN = (up, scrape_duration, scrape_samples, process_start_time, alerts)
