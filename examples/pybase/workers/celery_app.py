"""The Celery application of all workers: `celery --app workers.celery_app worker --queues
extraction`.
"""

from __future__ import annotations

# First: it counts the tasks, and decides how before anything else uses prometheus_client.
import workers.worker_metrics  # noqa: F401 # isort: skip

from pybase.database import engine
from pybase.tasks import celery
from workers import (
    export_tasks,
    extraction_tasks,
    maintenance_tasks,
    report_tasks,
    search_tasks,
)
from workers.worker_database import observe_engine

observe_engine(engine())
app = celery()

__all__ = [
    "app",
    "export_tasks",
    "extraction_tasks",
    "maintenance_tasks",
    "report_tasks",
    "search_tasks",
]
