"""Metrics modules of Celery workers: the module, and at its end the call of what counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbmon.artifact import Artifact
from pbmon.model.metrics import Metric
from pbmon.plan.celery import RUNTIME, WorkerModule
from pbmon.plan.modules import import_name, symbol_of
from pbmon.render.environment import rendered
from pbmon.render.modules import sources, view
from pbmon.render.python_text import imports, python

_EXPORTED = ("TaskMetrics", "track_retry")
_IMPORTED = ("CountedBlock", "WorkerMetrics", "instrument")


def render(workers: Iterable[WorkerModule]) -> Iterator[Artifact]:
    """A Python module for each."""
    for worker in workers:
        yield Artifact(
            worker.module.path,
            rendered("worker_module.py.j2", **_view(worker)),
            sources(worker.module),
        )


def _view(worker: WorkerModule) -> dict[str, object]:
    celery = worker.celery
    package = f"{import_name(worker.module.runtime)}.{RUNTIME}"
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
    return view(worker.module, _EXPORTED) | {
        "package": package,
        "celery_imports": imports({package: _IMPORTED}),
        "roles": [f"{role}={symbol_of(metric)}" for role, metric in roles.items()],
        "options": [
            python(celery.tasks.name, 4, "key="),
            python(celery.host, 4, "host="),
            python(celery.port, 4, "port="),
        ],
    }
