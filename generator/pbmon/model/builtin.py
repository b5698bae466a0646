"""The series that every Prometheus has by itself.

https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#inspecting-alerts-during-runtime
"""

from __future__ import annotations

from dataclasses import replace

from pbmon.expr.nodes import Selector
from pbmon.expr.shapes import label_set
from pbmon.labels import TARGET_LABELS, Label, names
from pbmon.model.metrics import Gauge
from pbmon.model.project import SEVERITIES
from pbmon.model.rules import Alert
from pbmon.model.service import Exporter, labels_of_targets
from pbmon.source import module_here

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


class AlertGauge(Gauge):
    """A gauge of every alert that is pending or firing. It carries the labels that the alerts keep
    whose names the author's module knows.
    """

    @property
    def selector(self) -> Selector:
        series = super().selector.series
        of_itself = dict.fromkeys(names(series.labels))
        by_name: dict[str, Label] = {}
        for label in _labels_of_alerts():
            if label.name not in of_itself:
                alike = by_name.setdefault(label.name, label) == label
                # one without a help stands for every label of the name
                by_name[label.name] = label if alike else Label(label.name, "", max_values=1000)
        return Selector(replace(series, labels=label_set([*series.labels, *by_name.values()])))


def _labels_of_alerts() -> tuple[Label, ...]:
    """Labels of the alerts that the author's module has bound so far, or imported."""
    _, bound = module_here()
    return tuple(
        label for alert in bound.values() if isinstance(alert, Alert) for label in alert.carried
    )


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
alerts = AlertGauge(
    "ALERTS",
    "1 for every alert that is pending or firing.",
    labels=[alertname, alertstate, severity],
    observed=prometheus_itself,
    scoped=False,
    unit="bool",
)
alerts_for_state = AlertGauge(
    "ALERTS_FOR_STATE",
    "Since when each alert has been pending or firing, seconds since 1970.",
    labels=[alertname, severity],
    observed=prometheus_itself,
    scoped=False,
    unit="dateTimeAsIso",
)

ALERT_SERIES = frozenset({alerts.name, alerts_for_state.name})
"""Series that Prometheus stores only while an alert is pending or firing."""

BUILTIN = (up, scrape_duration, scrape_samples, process_start_time, alerts, alerts_for_state)
