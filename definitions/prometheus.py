"""Prometheus, which also watches itself."""

from __future__ import annotations

from pbmon import Counter, Exporter, Gauge, Job, Label, Service

exporter = Exporter(
    "prometheus",
    version="2.42 to 3.5",
    url="https://prometheus.io/docs/prometheus/latest/getting_started/",
)
service = Service(
    "prometheus",
    "Prometheus: collects the metrics and evaluates the rules.",
    owner="platform",
    jobs=[
        Job(
            "prometheus",
            ["localhost:9090"],
            labels={"service": "prometheus", "component": "monitoring"},
        )
    ],
    exporter=exporter,
)

rule_group = Label("rule_group", "File and name of the group.", max_values=30)

head_series = Gauge(
    "prometheus_tsdb_head_series", "Series in memory.", unit="short", observed=exporter
)
rule_failures = Counter(
    "prometheus_rule_evaluation_failures_total",
    "Rules that could not be evaluated.",
    labels=[rule_group],
    observed=exporter,
)
