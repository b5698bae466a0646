"""One pane: is everything up, do users notice anything, what is about to run out."""

from __future__ import annotations

from pbmon import (
    AUTO,
    BarGauge,
    Dashboard,
    Panel,
    Query,
    Row,
    Stat,
    StateTimeline,
    Table,
    Text,
    alerts,
    alertstate,
    instance,
    job,
    scrape_duration,
    scrape_samples,
    severity,
    up,
)

from definitions import api, api_labels, node, postgres, prometheus, redis, slos, workers
from definitions.alerts_availability import job_absent, node_metrics_absent, target_down
from definitions.alerts_high_error_rate import (
    critical_api_error_rate,
    high_api_error_rate,
)
from definitions.alerts_resource_exhaustion import (
    database_connection_pool_exhausted,
    high_cpu_usage,
    high_disk_usage,
    high_memory_usage,
    redis_memory_high,
    worker_queue_backlog,
)
from definitions.alerts_slow_tasks import critical_api_latency, slow_api_latency
from definitions.dashboard_api_performance import api_performance
from definitions.dashboard_celery_workers import celery_workers
from definitions.dashboard_database_redis import UP_OR_DOWN, database_redis

_SAME_TIME = "?from=${__from}&to=${__to}"
_SLOS = (
    slos.api_availability,
    slos.api_latency,
    slos.extraction_success,
    slos.extraction_latency,
    slos.search_indexing,
)
_firing = alerts.where(alertstate.is_("firing"))

overview = Dashboard(
    "PyBase overview",
    uid="pybase-overview",
    file="overview",
    description=(
        "Start here: health of every service, firing alerts, what users feel, and what runs out"
        " next."
    ),
    rows=[
        Row(
            "Health",
            Stat(
                "Firing alerts",
                Query(_firing.where(severity.is_("critical")).count().default(0), "critical"),
                Query(_firing.where(severity.is_("warning")).count().default(0), "warning"),
                Query(_firing.where(severity.is_("info")).count().default(0), "info"),
                thresholds={1: "red"},
                width=12,
                description=(
                    "Alerts that fire now, by severity. Critical ones need somebody at once; their"
                    " runbooks say what to do."
                ),
            ),
            Stat(
                "Targets down",
                up.equals(0).count().default(0),
                alerts=[target_down],
                thresholds={1: "red"},
                description="Processes that Prometheus cannot scrape. Healthy is 0.",
            ),
            Stat(
                "Jobs",
                up.count(by=[job]).count(),
                alerts=[job_absent],
                description=(
                    "Scrape jobs that have a target. Fewer than usual means a service has vanished"
                    " from the configuration."
                ),
            ),
            StateTimeline(
                "Services",
                Query(up, "{{job}} {{instance}}"),
                Query(postgres.up, "PostgreSQL behind {{instance}}"),
                Query(redis.up, "Redis behind {{instance}}"),
                mappings=UP_OR_DOWN,
                width=16,
                description="Whether each process answers. A gap means that nothing was asked.",
            ),
            Text(
                "Where to look next",
                f"""\
- [API performance](/d/{api_performance.uid}{_SAME_TIME}): errors, latency, slowest endpoints
- [Celery workers](/d/{celery_workers.uid}{_SAME_TIME}): each worker, its tasks and queues
- [Database and Redis](/d/{database_redis.uid}{_SAME_TIME}): connections, locks, memory, cache
- [Error budgets](/d/pybase-slo-overview): what each objective has left, and what burns it
""",
                width=8,
            ),
        ),
        Row(
            "What users feel",
            Panel(
                "Requests to the API",
                Query(api.request_rate, "answered"),
                description="Requests answered per second. A sudden drop is as bad as errors.",
            ),
            Panel(
                "Failing requests",
                Query(api.error_ratio, "5xx"),
                Query(api.client_error_ratio, "4xx"),
                alerts=[high_api_error_rate, critical_api_error_rate],
                limits=(0, None),
                description=(
                    "Share of requests answered with 5xx (our mistake) and 4xx (the client's)."
                ),
            ),
            Panel(
                "Latency",
                Query(api.latency_p50, "p50"),
                Query(api.latency_p95, "p95"),
                alerts=[slow_api_latency, critical_api_latency],
                description="Median and 95th percentile of the API's latency.",
            ),
            Panel(
                "Tasks failing",
                Query(workers.failure_ratio, "{{job}}"),
                limits=(0, None),
                description=(
                    "Share of finished tasks that failed: files without data, records that search"
                    " does not find."
                ),
            ),
            Panel(
                "Tasks waiting",
                Query(workers.queue_size.max(by=[workers.queue_name]), "{{queue_name}}"),
                alerts=[worker_queue_backlog],
                description="Tasks in each queue. A line that only rises needs more workers.",
            ),
            Panel(
                "Workers",
                Query(workers.active_workers.sum(by=[job]), "{{job}} processes"),
                Query(workers.active_tasks.sum(by=[job]), "{{job}} running tasks"),
                description=(
                    "Processes alive and tasks they run. As many tasks as processes: the workers"
                    " are busy."
                ),
            ),
            Table(
                "Slowest endpoints",
                api.endpoint_p95.max(by=[api_labels.endpoint]).topk(5),
                columns={api_labels.endpoint: "Endpoint", "Value": "p95"},
                link=("API performance at this time", f"/d/{api_performance.uid}{_SAME_TIME}"),
                width=24,
                description="The five slowest endpoints now. A click leads to the API's dashboard.",
            ),
        ),
        Row(
            "Error budgets",
            BarGauge(
                "Error budget spent",
                *(Query(1 - slo.budget_left, slo.name) for slo in _SLOS),
                unit="percentunit",
                limits=(0, 1),
                thresholds={0.75: "orange", 1: "red"},
                width=12,
                description=(
                    "Share of each objective's error budget that is gone. From 100 % on the"
                    " objective is missed."
                ),
            ),
            Panel(
                "Burn rate",
                *(Query(slo.burn_rate, slo.name) for slo in _SLOS),
                width=12,
                limits=(0, None),
                description=(
                    "How fast each budget burnt in the last hour. At 1 it is used up exactly when"
                    " its window ends."
                ),
            ),
        ),
        Row(
            "What runs out",
            Panel(
                "Memory of the host",
                Query(node.memory_used, "{{instance}}"),
                alerts=[high_memory_usage, node_metrics_absent],
                limits=(0, 1),
                description="Share of memory that programs hold.",
            ),
            Panel(
                "CPU of the host",
                Query(node.cpu_used, "{{instance}}"),
                alerts=[high_cpu_usage],
                limits=(0, 1),
                description="Share of CPU time not idle.",
            ),
            Panel(
                "Disks of the host",
                Query(node.disk_used, "{{mountpoint}}"),
                alerts=[high_disk_usage],
                limits=(0, 1),
                description="Share of each file system that is not free.",
            ),
            BarGauge(
                "Connections of PostgreSQL",
                Query(postgres.connections_used, "PostgreSQL"),
                alerts=[database_connection_pool_exhausted],
                limits=(0, 1),
                width=12,
                height=4,
                description="Share of max_connections in use.",
            ),
            BarGauge(
                "Memory of Redis",
                Query(redis.memory_ratio, "Redis"),
                alerts=[redis_memory_high],
                limits=(0, 1),
                width=12,
                height=4,
                description="Share of maxmemory in use. Empty when Redis has no limit.",
            ),
        ),
        Row(
            "Monitoring itself",
            Panel(
                "Samples per scrape",
                Query(scrape_samples.sum(by=[job]), "{{job}}"),
                description=(
                    "What each job exposes. A step down means that metrics are gone, a steady climb"
                    " that a label has no bound."
                ),
            ),
            Panel(
                "Slowest scrapes",
                Query(scrape_duration.topk(8), "{{job}} {{instance}}"),
                description=(
                    "Time a scrape takes. Near 10 s it times out, and the target counts as down."
                ),
            ),
            Panel(
                "Series in Prometheus",
                Query(prometheus.head_series.sum(by=[instance]), "{{instance}}"),
                description="Series in memory; about 4 KiB each.",
            ),
            Panel(
                "Rules that fail",
                Query(prometheus.rule_failures.rate(AUTO).sum(), "evaluations"),
                unit="ops",
                description=(
                    "Rules that Prometheus cannot evaluate, per second. Healthy is 0: a failing"
                    " rule never alerts."
                ),
            ),
            collapsed=True,
        ),
    ],
)
