"""The end of a Celery worker's metrics module: the call of what counts, with its metrics."""

from __future__ import annotations

from pbmon.model.celery import CeleryInstrumentation
from pbmon.model.metrics import Metric
from pbmon.plan.celery import RUNTIME
from pbmon.plan.modules import symbol_of
from pbmon.render.python_text import imports, python

EXPORTED = ("TaskMetrics", "track_retry")
_IMPORTED = ("CountedBlock", "WorkerMetrics", "instrument")


def view(celery: CeleryInstrumentation, runtime: str) -> dict[str, object]:
    """What the template needs besides. runtime: how the module's runtime is imported."""
    roles: dict[str, Metric] = {
        "tasks": celery.tasks,
        "duration": celery.duration,
        "retries": celery.retries,
        "failures": celery.failures,
        "active": celery.active,
        "processes": celery.processes,
        "queue_size": celery.queue_size,
        "memory": celery.memory,
    }
    return {
        "celery_imports": imports({f"{runtime}.{RUNTIME}": _IMPORTED}),
        "roles": [f"{role}={symbol_of(metric)}" for role, metric in roles.items()],
        "options": [
            python(celery.tasks.name, 4, "key="),
            python(celery.host, 4, "host="),
            python(celery.port, 4, "port="),
        ],
    }
