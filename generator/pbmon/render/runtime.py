"""The modules that an app's generated files share, copied from `pbmon.runtime` as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files

from pbmon.artifact import Artifact
from pbmon.model.instrumentation import (
    CacheInstrumentation,
    DatabaseInstrumentation,
    HttpInstrumentation,
    Instrumentation,
    MetricsEndpoint,
)
from pbmon.plan.modules import AppModule
from pbmon.plan.plan import Plan

METRICS = ("__init__", "encoding", "files", "forks", "metrics", "reading")
"""What every metrics module needs."""

CELERY = (
    "processes",
    *(
        f"celery_worker/{name}"
        for name in (
            "__init__",
            "attempts",
            "by_hand",
            "children",
            "folder",
            "identity",
            "page",
            "queues",
            "tasks",
            "worker",
        )
    ),
)
"""What that of a Celery worker needs besides."""

_FOR: dict[type[Instrumentation], tuple[str, ...]] = {
    HttpInstrumentation: ("requests", "routes"),
    MetricsEndpoint: ("page", "processes", "settings"),
    DatabaseInstrumentation: ("database",),
    CacheInstrumentation: ("cache",),
}


def render(plan: Plan) -> Iterator[Artifact]:
    """A folder beside each metrics module, with the modules that its files need."""
    for module in plan.modules:
        kinds = {
            type(planned.definition)
            for planned in plan.instrumentation
            if planned.module.path == module.path
        }
        names = {name for kind in kinds for name in _FOR[kind]}
        if module.celery:
            names.update(CELERY)
        yield from copies(module, (*METRICS, *sorted(names)))


def copies(module: AppModule, names: Iterable[str]) -> Iterator[Artifact]:
    """The modules of these names in the folder beside the metrics module."""
    for name in names:
        text = files("pbmon.runtime").joinpath(f"{name}.py").read_text("utf-8")
        yield Artifact(f"{module.runtime}/{name}.py", text, copied=True)
