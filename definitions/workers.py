"""The Celery workers: one image that runs as each of six workers, with the same metrics in all."""

from __future__ import annotations

from pbmon import (
    CeleryInstrumentation,
    Counter,
    DatabaseInstrumentation,
    Gauge,
    Histogram,
    Job,
    Label,
    Record,
    Service,
    either,
    histogram_quantile,
    job,
    le,
    ratio,
)

from definitions.shared import (
    EXPORT_TASKS,
    EXTRACTION_TASKS,
    MAINTENANCE_TASKS,
    REPORT_GENERATOR_TASKS,
    REPORT_TASKS,
    SEARCH_TASKS,
    SQL_BUCKETS,
    sql_operation,
)

EXTRACTION = "celery-extraction-worker"
SEARCH = "celery-search-worker"
EXPORT = "celery-export-worker"
MAINTENANCE = "celery-maintenance-worker"
REPORT_GENERATOR = "celery-report-generator-worker"
REPORT = "celery-report-worker"

_components = {
    EXTRACTION: "extraction",
    SEARCH: "search",
    EXPORT: "export",
    MAINTENANCE: "maintenance",
    REPORT_GENERATOR: "report-generator",
    REPORT: "report",
}
"""What each scrape job is called in the label `component`, and as WORKER_NAME."""

service = Service(
    "workers",
    "Celery workers: extraction from files, search index, exports, maintenance, reports.",
    owner="platform",
    module="workers/worker_metrics.py",
    jobs=[
        Job(name, [f"{name}:9090"], labels={"service": "worker", "component": component})
        for name, component in _components.items()
    ],
)

task_type = Label(
    "task_type",
    "Name of the Celery task.",
    values=(
        *EXTRACTION_TASKS,
        "extract_bulk",
        *SEARCH_TASKS,
        *EXPORT_TASKS,
        *MAINTENANCE_TASKS,
        *REPORT_GENERATOR_TASKS,
        *REPORT_TASKS,
    ),
    other="other",
)
status = Label(
    "status",
    "How an attempt ended; a retry is no failure yet.",
    values=("success", "failure", "retry"),
)
reason = Label(
    "reason", "Class of the exception that led to the retry.", max_values=20, other="other"
)
error_type = Label(
    "error_type", "Class of the exception that ended the task.", max_values=30, other="other"
)
queue_name = Label("queue_name", "Celery queue.", max_values=10, other="other")
worker_type = Label(
    "worker_type", "Which worker, from WORKER_NAME.", values=tuple(_components.values())
)

tasks = Counter(
    "worker_tasks_total",
    "Attempts at tasks that ended.",
    labels=[task_type, status],
    symbol="task_counter",
)
task_duration = Histogram(
    "worker_task_duration_seconds",
    "Time that one attempt at a task took.",
    labels=[task_type],
    buckets=[1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
    symbol="task_duration",
)
task_retries = Counter(
    "worker_task_retries_total",
    "Tasks put back to be tried again.",
    labels=[task_type, reason],
    symbol="task_retry_counter",
)
task_failures = Counter(
    "worker_task_failures_total",
    "Tasks given up.",
    labels=[task_type, error_type],
    symbol="task_failure_counter",
)
active_tasks = Gauge(
    "active_tasks",
    "Tasks running now.",
    labels=[task_type],
    unit="short",
    symbol="active_tasks_gauge",
)
queue_size = Gauge(
    "worker_queue_size",
    "Tasks that wait in the queue, and those a worker has fetched but not acknowledged.",
    labels=[queue_name],
    unit="short",
    symbol="queue_size_gauge",
    multiprocess_mode="mostrecent",
)
active_workers = Gauge(
    "worker_processes_active",
    "Worker processes that are alive.",
    unit="short",
    symbol="active_workers_gauge",
)
worker_memory = Gauge(
    "worker_memory_bytes",
    "Memory of the worker's processes together.",
    labels=[worker_type],
    symbol="worker_memory_gauge",
    multiprocess_mode="mostrecent",
)
db_duration = Histogram(
    "worker_db_operation_duration_seconds",
    "Time that one SQL statement of a worker took.",
    labels=[sql_operation],
    buckets=SQL_BUCKETS,
    symbol="worker_db_duration",
)

# Tasks are few and long, so their windows are ten minutes where the API's are five.

task_rate = Record(
    "job_status:worker_tasks:rate10m",
    tasks.rate("10m").sum(by=[job, status]),
    "Attempts that ended per second, by outcome.",
    unit="ops",
)
failure_ratio = Record(
    "job:worker_tasks_failed:ratio_rate10m",
    ratio(
        task_rate.where(status.is_("failure")).sum(by=[job]),
        task_rate.where(status.is_in("success", "failure")).sum(by=[job]),
    ),
    "Share of finished tasks that failed; retries are not finished.",
)
duration_buckets = Record(
    "job_task_type_le:worker_task_duration_seconds_bucket:rate10m",
    task_duration.bucket_counts.rate("10m").sum(by=[job, task_type, le]),
    "Attempts per second by task and duration bucket.",
    unit="ops",
)
duration_p95 = Record(
    "job:worker_task_duration_seconds:p95_10m",
    histogram_quantile(0.95, duration_buckets.sum(by=[job, le]), "s"),
    "95th percentile of task duration, all tasks of a worker together.",
)
task_p50 = Record(
    "job_task_type:worker_task_duration_seconds:p50_10m",
    histogram_quantile(0.5, duration_buckets, "s") >= 0,
    "Median duration by task.",
)
task_p95 = Record(
    "job_task_type:worker_task_duration_seconds:p95_10m",
    histogram_quantile(0.95, duration_buckets, "s") >= 0,
    "95th percentile of duration by task.",
)
task_p99 = Record(
    "job_task_type:worker_task_duration_seconds:p99_10m",
    histogram_quantile(0.99, duration_buckets, "s") >= 0,
    "99th percentile of duration by task.",
)
scheduled_runs = Record(
    "job_task_type:worker_scheduled_tasks:increase1h",
    either(
        *(
            tasks.where(job.is_(name), task_type.is_(task), status.is_("success"))
            .increase("1h")
            .sum(by=[job, task_type])
            for name, task in (
                (MAINTENANCE, "cleanup_expired_cache"),
                (REPORT_GENERATOR, "check_scheduled_reports"),
                (REPORT, "check_scheduled_custom_reports"),
            )
        )
    ),
    "Runs in the last hour of a task that Celery beat starts every few minutes.",
    unit="short",
)
db_p95 = Record(
    "job_operation:worker_db_operation_duration_seconds:p95_5m",
    db_duration.quantile(0.95, "5m", by=[job, sql_operation]) >= 0,
    "95th percentile of the workers' SQL statements by kind.",
)

celery = CeleryInstrumentation(
    tasks=tasks,
    duration=task_duration,
    retries=task_retries,
    failures=task_failures,
    active=active_tasks,
    processes=active_workers,
    queue_size=queue_size,
    memory=worker_memory,
)
database_hooks = DatabaseInstrumentation(path="workers/worker_database.py", duration=db_duration)
