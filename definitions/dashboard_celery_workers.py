"""The Celery workers: how much they do, how much waits, what fails and how long it takes."""

from __future__ import annotations

from pbmon import AUTO, BarGauge, Dashboard, Panel, Query, Row, Stat, job

from definitions import api, api_labels, workers
from definitions.alerts_availability import scheduled_task_missing, worker_metrics_absent
from definitions.alerts_high_error_rate import (
    high_export_task_failure_rate,
    high_extraction_task_failure_rate,
    high_maintenance_task_failure_rate,
    high_report_task_failure_rate,
    high_search_task_failure_rate,
)
from definitions.alerts_resource_exhaustion import worker_queue_backlog
from definitions.alerts_slow_tasks import (
    slow_export_task,
    slow_extraction_task,
    slow_report_task,
    slow_search_index_task,
)

_extraction = job.is_(workers.EXTRACTION)
_search = job.is_(workers.SEARCH)
_others = job.is_in(workers.EXPORT, workers.MAINTENANCE, workers.REPORT_GENERATOR, workers.REPORT)

celery_workers = Dashboard(
    "PyBase Celery workers",
    uid="pybase-celery-workers",
    file="celery-workers",
    description=(
        "Extraction, search, exports, maintenance, reports: whether tasks are done, in time and"
        " without failures."
    ),
    rows=[
        Row(
            "Now",
            Stat(
                "Tasks finished",
                workers.tasks.where(workers.status.is_in("success", "failure")).rate(AUTO).sum(),
                unit="ops",
                description="Tasks per second that succeeded or failed, all workers together.",
            ),
            Stat(
                "Tasks waiting",
                workers.queue_size.max(by=[workers.queue_name]).sum(),
                unit="short",
                description="Tasks in all queues. Growing means that the workers do not keep up.",
            ),
            Stat(
                "Tasks running",
                workers.active_tasks.sum(),
                unit="short",
                description="Tasks that some worker process works on now.",
            ),
            Stat(
                "Worker processes",
                workers.active_workers.sum(),
                alerts=[worker_metrics_absent],
                unit="short",
                description="Processes alive in all workers. 0 means nothing is done at all.",
            ),
        ),
        Row(
            "Failures",
            Panel(
                "Extraction tasks failing",
                Query(workers.failure_ratio.where(_extraction), "extraction worker"),
                alerts=[high_extraction_task_failure_rate],
                limits=(0, None),
                description=(
                    "Share of finished extraction tasks that failed. Retries are not failures yet."
                ),
            ),
            Panel(
                "Search tasks failing",
                Query(workers.failure_ratio.where(_search), "search worker"),
                alerts=[high_search_task_failure_rate],
                limits=(0, None),
                description=(
                    "Share of finished search tasks that failed. Retries are not failures yet."
                ),
            ),
            Panel(
                "Tasks by outcome",
                Query(workers.tasks.rate(AUTO).sum(by=[job, workers.status]), "{{job}} {{status}}"),
                unit="ops",
                stacked=True,
                description=(
                    "Attempts per second. Many retries and few successes mean that something the"
                    " tasks need is down."
                ),
            ),
            Panel(
                "Success rate",
                Query(1 - workers.failure_ratio, "{{job}}"),
                unit="percentunit",
                limits=(None, 1),
                description="Share of finished tasks that succeeded.",
            ),
            Panel(
                "Failures by error type",
                Query(workers.task_failures.rate(AUTO).sum().default(0), "all"),
                Query(
                    workers.task_failures.rate(AUTO)
                    .sum(by=[workers.task_type, workers.error_type])
                    .topk(8),
                    "{{task_type}} {{error_type}}",
                ),
                unit="ops",
                description="Tasks given up per second, by exception. Healthy is a flat line at 0.",
            ),
            Panel(
                "Retries by reason",
                Query(workers.task_retries.rate(AUTO).sum().default(0), "all"),
                Query(
                    workers.task_retries.rate(AUTO)
                    .sum(by=[workers.task_type, workers.reason])
                    .topk(8),
                    "{{task_type}} {{reason}}",
                ),
                unit="ops",
                description=(
                    "Tasks put back per second, by exception. A few are normal: a network fails now"
                    " and then."
                ),
            ),
        ),
        Row(
            "Duration",
            Panel(
                "Extraction tasks, p95",
                Query(workers.duration_p95.where(_extraction), "extraction worker"),
                alerts=[slow_extraction_task],
                description="95th percentile of all extraction tasks together, over 10 minutes.",
            ),
            Panel(
                "Search tasks, p95",
                Query(workers.duration_p95.where(_search), "search worker"),
                alerts=[slow_search_index_task],
                description="95th percentile of all search tasks together, over 10 minutes.",
            ),
            Panel(
                "p50 by task",
                Query(workers.task_p50.topk(8), "{{task_type}}"),
                description="Median duration of the eight slowest tasks.",
            ),
            Panel(
                "p95 by task",
                Query(workers.task_p95.topk(8), "{{task_type}}"),
                description=(
                    "95th percentile of the eight slowest tasks: tells which one an alert means."
                ),
            ),
            Panel(
                "p99 by task",
                Query(workers.task_p99.topk(8), "{{task_type}}"),
                description=(
                    "99th percentile of the eight slowest tasks: single large files show here"
                    " first."
                ),
            ),
            Panel(
                "SQL statements of the workers, p95",
                Query(workers.db_p95, "{{job}} {{operation}}"),
                description="95th percentile as the workers measure it.",
            ),
        ),
        Row(
            "Exports, reports and maintenance",
            Panel(
                "Their tasks failing",
                Query(workers.failure_ratio.where(_others), "{{job}}"),
                alerts=[
                    high_export_task_failure_rate,
                    high_report_task_failure_rate,
                    high_maintenance_task_failure_rate,
                ],
                limits=(0, None),
                description="Share of finished tasks that failed. Maintenance may fail more often.",
            ),
            Panel(
                "Their tasks, p95",
                Query(workers.duration_p95.where(_others), "{{job}}"),
                alerts=[slow_export_task, slow_report_task],
                description="95th percentile of all tasks of a worker together, over 10 minutes.",
            ),
            Panel(
                "Runs of scheduled tasks",
                Query(workers.scheduled_runs, "{{task_type}}"),
                alerts=[scheduled_task_missing],
                description="Runs in the last hour. None means that Celery beat stands still.",
            ),
        ),
        Row(
            "Queues and processes",
            BarGauge(
                "Queues",
                Query(workers.queue_size.max(by=[workers.queue_name]), "{{queue_name}}"),
                alerts=[worker_queue_backlog],
                description="Tasks that wait in each queue now.",
            ),
            Panel(
                "Queue sizes",
                Query(workers.queue_size.max(by=[workers.queue_name]), "{{queue_name}}"),
                alerts=[worker_queue_backlog],
                description=(
                    "Tasks that wait. A bulk upload makes a hill; a line that only rises needs more"
                    " workers."
                ),
            ),
            Panel(
                "Running tasks",
                Query(workers.active_tasks.sum(by=[workers.task_type]).topk(8), "{{task_type}}"),
                stacked=True,
                description="Tasks that run now. As many as processes: the workers are busy.",
            ),
            Panel(
                "Worker memory",
                Query(workers.worker_memory.sum(by=[workers.worker_type]), "{{worker_type}}"),
                description=(
                    "Memory of each worker's processes. Steps that never go down are a leak."
                ),
            ),
        ),
        Row(
            "Extraction as the API counts it",
            Panel(
                "Extractions",
                Query(
                    api.extraction_tasks.rate(AUTO)
                    .sum(by=[api_labels.task_type, api_labels.task_status])
                    .topk(8),
                    "{{task_type}} {{status}}",
                ),
                unit="ops",
                description="Extractions per second by kind and outcome.",
            ),
            Panel(
                "Extraction success rate",
                Query(api.extraction_success_ratio, "succeeded"),
                limits=(None, 1),
                description="Share of extractions that succeeded, as users see it.",
            ),
            Panel(
                "Extraction time, p95",
                Query(api.extraction_p95, "{{task_type}}"),
                description="95th percentile of the time one file takes, by kind.",
            ),
        ),
    ],
)
