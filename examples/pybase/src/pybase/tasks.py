"""What the API asks of the workers: tasks by name, so that it needs none of their code."""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery

from pybase.core.settings import settings

EXTRACTION, SEARCH = "extraction", "search"
"""The queues; each worker empties one."""

EVENTS = "pybase:events"
"""Channel on which the workers tell every process of the API what they finished."""

FINISHED = "pybase:finished"
"""List of what they finished, to be counted: whichever process of the API takes an entry counts it,
so that each counts once.
"""

MOST_FINISHED = 100_000
"""Entries kept while no API is there to take them."""


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
        task_publish_retry_policy={"max_retries": 1},
    )
    return app


def extract(task_type: str, upload_id: int) -> None:
    """Queues the extraction of an upload."""
    celery().send_task(task_type, [upload_id], queue=EXTRACTION)


def index(task_type: str, *arguments: Any) -> None:
    """Queues a task of the search worker."""
    celery().send_task(task_type, arguments, queue=SEARCH)
