"""PyBase's definitions hold what its app exposes and what its team asked to be told."""

from __future__ import annotations

import pytest
from pbmon.expr.walk import selectors
from pbmon.model.distributions import Histogram
from pbmon.plan.plan import Plan

LATENCY = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
SQL = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

# symbol, name, type, labels, buckets
METRICS = [
    ("api_request_counter", "http_requests_total", "counter", "endpoint method status", ()),
    (
        "api_latency_histogram",
        "http_request_duration_seconds",
        "histogram",
        "endpoint method",
        LATENCY,
    ),
    ("extraction_task_counter", "extraction_tasks_total", "counter", "status task_type", ()),
    (
        "extraction_duration_histogram",
        "extraction_duration_seconds",
        "histogram",
        "task_type",
        (1, 5, 10, 30, 60, 120, 300, 600),
    ),
    ("websocket_connections_gauge", "websocket_connections_active", "gauge", "", ()),
    ("db_query_duration_histogram", "db_query_duration_seconds", "histogram", "operation", SQL),
    ("cache_operation_counter", "cache_operations_total", "counter", "operation status", ()),
    ("task_counter", "worker_tasks_total", "counter", "status task_type", ()),
    (
        "task_duration",
        "worker_task_duration_seconds",
        "histogram",
        "task_type",
        (1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
    ),
    ("task_retry_counter", "worker_task_retries_total", "counter", "reason task_type", ()),
    ("queue_size_gauge", "worker_queue_size", "gauge", "queue_name", ()),
    ("active_workers_gauge", "worker_processes_active", "gauge", "", ()),
    ("task_failure_counter", "worker_task_failures_total", "counter", "error_type task_type", ()),
    ("worker_memory_gauge", "worker_memory_bytes", "gauge", "worker_type", ()),
    ("worker_db_duration", "worker_db_operation_duration_seconds", "histogram", "operation", SQL),
]

# file, name, for, severity, threshold
ALERTS = [
    ("high-error-rate", "HighAPIErrorRate", "5m", "warning", 0.05),
    ("high-error-rate", "CriticalAPIErrorRate", "2m", "critical", 0.15),
    ("high-error-rate", "HighExtractionTaskFailureRate", "10m", "warning", 0.1),
    ("high-error-rate", "HighSearchTaskFailureRate", "10m", "warning", 0.1),
    ("high-error-rate", "HighClientErrorRate", "10m", "info", 0.2),
    ("high-error-rate", "ErrorRateSpike", "2m", "critical", 0.1),
    ("high-error-rate", "HighExportTaskFailureRate", "10m", "warning", 0.1),
    ("high-error-rate", "HighReportTaskFailureRate", "10m", "warning", 0.1),
    ("high-error-rate", "HighMaintenanceTaskFailureRate", "30m", "info", 0.5),
    ("slow-tasks", "SlowExportTask", "10m", "warning", 120),
    ("slow-tasks", "SlowReportTask", "10m", "warning", 300),
    ("availability", "ScheduledTaskMissing", "15m", "warning", 1),
    ("slow-tasks", "SlowAPILatency", "5m", "warning", 2),
    ("slow-tasks", "CriticalAPILatency", "2m", "critical", 5),
    ("slow-tasks", "SlowExtractionTask", "10m", "warning", 30),
    ("slow-tasks", "SlowSearchIndexTask", "10m", "warning", 10),
    ("slow-tasks", "DBQuerySlow", "5m", "warning", 1),
    ("slow-tasks", "CacheOperationSlow", "5m", "warning", 0.1),
    ("resource-exhaustion", "HighMemoryUsage", "5m", "critical", 0.9),
    ("resource-exhaustion", "HighDiskUsage", "10m", "warning", 0.85),
    ("resource-exhaustion", "HighCPUUsage", "10m", "warning", 0.9),
    ("resource-exhaustion", "DatabaseConnectionPoolExhausted", "2m", "critical", 0.95),
    ("resource-exhaustion", "RedisMemoryHigh", "5m", "warning", 0.8),
    ("resource-exhaustion", "WorkerQueueBacklog", "10m", "warning", 1000),
]


@pytest.mark.parametrize("expected", METRICS, ids=lambda row: row[1])
def test_the_app_keeps_the_metrics_it_has(pybase: Plan, expected: tuple[object, ...]) -> None:
    (metric,) = (metric for metric in pybase.catalog.metrics if metric.name == expected[1])
    labels = " ".join(sorted(label.name for label in metric.labels))
    buckets = metric.buckets if isinstance(metric, Histogram) else ()
    assert (metric.symbol, metric.name, metric.kind, labels, tuple(buckets)) == expected


@pytest.mark.parametrize("expected", ALERTS, ids=lambda row: row[1])
def test_the_team_is_told_what_it_asked_to_be_told(
    pybase: Plan, expected: tuple[object, ...]
) -> None:
    (alert,) = (alert for alert in pybase.alerts if alert.name == expected[1])
    (group,) = (group.name for group in pybase.alerting if alert in group.rules)
    assert alert.threshold is not None
    assert (group, alert.name, alert.for_, alert.severity, alert.threshold.value) == expected


def test_every_alert_says_which_service_and_component_it_is_about(pybase: Plan) -> None:
    assert not [
        alert.name
        for alert in pybase.alerts
        if not {"service", "component"} <= dict(alert.labels).keys()
    ]


@pytest.mark.parametrize("name", ["TargetDown", "JobAbsent"])
def test_no_scrape_job_is_left_out_of_the_alerts_on_targets(pybase: Plan, name: str) -> None:
    (alert,) = (alert for alert in pybase.alerts if alert.name == name)
    named = {
        job
        for selector in selectors(alert.expr)
        for matcher in selector.matchers
        for job in matcher.value.split("|")
    }
    assert named == {job.name for job in pybase.jobs}


@pytest.mark.parametrize(
    ("uid", "file"),
    [
        ("pybase-api-performance", "api-performance"),
        ("pybase-celery-workers", "celery-workers"),
        ("pybase-database-redis", "database-redis"),
        ("pybase-overview", "overview"),
    ],
)
def test_dashboards_stay_at_their_address_and_of_a_size_to_be_read(
    pybase: Plan, uid: str, file: str
) -> None:
    (dashboard,) = (dashboard for dashboard in pybase.dashboards if dashboard.uid == uid)
    assert dashboard.file == f"monitoring/grafana-dashboards/{file}.json"
    assert 4 <= sum(len(row.panels) for row in dashboard.rows) <= 26


def test_panels_read_no_raw_series_of_http_requests(pybase: Plan) -> None:
    """One refresh over an hour would read a billion samples of them where records take a few
    hundred thousand.
    """
    raw = [
        panel.title
        for dashboard in pybase.catalog.dashboards
        for panel in dashboard.panels
        for query in panel.queries
        for selector in selectors(query.expr.node)
        if selector.series.metric in {"http_requests_total", "http_request_duration_seconds"}
    ]
    assert raw == []


def test_every_line_of_a_dashboard_is_full(pybase: Plan) -> None:
    lines: dict[tuple[str, int], int] = {}
    for dashboard in pybase.dashboards:
        for row in dashboard.rows:
            for panel in row.panels:
                line = (f"{dashboard.uid} {row.title}", panel.grid.y)
                lines[line] = lines.get(line, 0) + panel.grid.w
    assert {line: width for line, width in lines.items() if width != 24} == {}
