"""A Celery worker's metrics module: at its end the call of what counts, with its metrics."""

from __future__ import annotations

from pbmon.model.instrumentation import celery
from pbmon.model.instrumentation.celery import CeleryInstrumentation
from pbmon.model.metrics import Metric
from pbmon.plan.modules import AppModule, import_name, symbol_of
from pbmon.render import modules
from pbmon.render.python_text import imports, python

RUNTIME = (
    "processes",
    *(
        f"{celery.RUNTIME}/{name}"
        for name in (
            "__init__",
            "attempts",
            "by_hand",
            "children",
            "folder",
            "identity",
            "page",
            "queues",
            "ring",
            "tasks",
            "worker",
        )
    ),
)
"""The modules of pbmon.runtime that it needs."""

_EXPORTED = ("TaskMetrics", "track_retry")
_IMPORTED = ("CountedBlock", "WorkerMetrics", "instrument")


def view(workers: CeleryInstrumentation, module: AppModule) -> dict[str, object]:
    """What the template needs: all that of a metrics module, and what is bound at its end."""
    roles: dict[str, Metric] = {
        "tasks": workers.tasks,
        "duration": workers.duration,
        "retries": workers.retries,
        "failures": workers.failures,
        "active": workers.active,
        "processes": workers.processes,
        "queue_size": workers.queue_size,
        "memory": workers.memory,
    }
    package = f"{import_name(module.runtime)}.{celery.RUNTIME}"
    return {
        **modules.view(module, _EXPORTED),
        "celery_imports": imports({package: _IMPORTED}),
        "roles": [f"{role}={symbol_of(metric)}" for role, metric in roles.items()],
        "options": [
            python(workers.tasks.name, 4, "key="),
            python(workers.host, 4, "host="),
            python(workers.port, 4, "port="),
        ],
    }
