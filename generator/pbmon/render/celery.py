"""Metrics modules of Celery workers: the module, and behind it what counts by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbmon.artifact import Artifact
from pbmon.model.metrics import Metric
from pbmon.plan.celery import WorkerModule
from pbmon.plan.modules import symbol_of
from pbmon.render.environment import rendered
from pbmon.render.modules import sources, view
from pbmon.render.python_text import beside, python, wrapped

_EXPORTED = ("TaskMetrics", "track_retry")


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
    module = view(worker.module, _EXPORTED)
    return module | {
        "from_typing": _from_typing({"Any", "NamedTuple", "Self", "TypeVar", *module["typing"]}),
        "roles": [beside(f"_{role}: Any =", symbol_of(metric)) for role, metric in roles.items()],
        "celery": celery,
        "host": python(celery.host),
        "port": python(str(celery.port)),
        "key": python(f"_worker of {celery.tasks.name}", 14),
    }


def _from_typing(names: Iterable[str]) -> str:
    line = wrapped("from typing import (", sorted(names), ")", after=-2)
    return line if "\n" in line else line.replace("(", "").replace(")", "")
