"""What the API asks of the workers: tasks by name, so that it needs none of their code."""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery

from pybase.core.settings import settings

EXTRACTION, SEARCH, EXPORT, MAINTENANCE = "extraction", "search", "export", "maintenance"
REPORT_GENERATOR, REPORT = "report-generator", "report"
"""The queues; each worker empties one."""

EVENTS = "pybase:events"
"""Channel on which the workers tell every process of the API what they finished."""

FINISHED = "pybase:finished"
"""List of what they finished, to be counted: whichever process of the API takes an entry counts it,
so that each counts once.
"""

MOST_FINISHED = 100_000
"""Entries kept while no API is there to take them."""


_SCHEDULE = {
    "export_data_scheduled": (20.0, EXPORT),
    "cleanup_expired_cache": (30.0, MAINTENANCE),
    "purge_old_trash": (60.0, MAINTENANCE),
    "check_scheduled_reports": (20.0, REPORT_GENERATOR),
    "cleanup_old_reports": (60.0, REPORT_GENERATOR),
    "check_scheduled_custom_reports": (20.0, REPORT),
    "cleanup_old_custom_reports": (60.0, REPORT),
}
"""What Celery beat starts, each so many seconds, and in which queue. A real PyBase waits longer;
here a graph has something to show soon.
"""


@cache
def celery() -> Celery:
    """The Celery application: broker in Redis db 1, results in db 2 for ten minutes."""
    mine = settings()
    app = Celery("pybase", broker=f"{mine.redis}/1", backend=f"{mine.redis}/2")
    app.conf.update(
        task_default_queue=SEARCH,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        result_expires=600,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 600},
        beat_schedule={
            task: {"task": task, "schedule": seconds, "options": {"queue": queue}}
            for task, (seconds, queue) in _SCHEDULE.items()
        },
        task_publish_retry_policy={"max_retries": 1},
    )
    return app


def follow_up(queue: str, task_type: str, *arguments: Any) -> None:
    """Queues the task that comes after another one."""
    celery().send_task(task_type, arguments, queue=queue)


def extract(task_type: str, upload_id: int) -> None:
    """Queues the extraction of an upload."""
    celery().send_task(task_type, [upload_id], queue=EXTRACTION)


def index(task_type: str, *arguments: Any) -> None:
    """Queues a task of the search worker."""
    celery().send_task(task_type, arguments, queue=SEARCH)
