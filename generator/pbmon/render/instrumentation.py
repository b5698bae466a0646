"""The app's instrumentation: Python files that bind a metrics module to modules of the runtime."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple, assert_never

from pbmon.artifact import Artifact
from pbmon.model.instrumentation.cache import CacheInstrumentation
from pbmon.model.instrumentation.celery import CeleryInstrumentation
from pbmon.model.instrumentation.database import DatabaseInstrumentation
from pbmon.model.instrumentation.page import MetricsEndpoint
from pbmon.model.instrumentation.requests import HttpInstrumentation
from pbmon.model.metrics import Gauge
from pbmon.plan.instrumentation import PlannedInstrumentation
from pbmon.plan.modules import AppModule, import_name, symbol_of
from pbmon.render import celery, modules
from pbmon.render.environment import rendered
from pbmon.render.python_text import beside, imports, python, wrapped
from pbmon.render.texts import Texts


class File(NamedTuple):
    """A generated file: its template, and what gives the values of that."""

    path: str
    template: str
    values: Callable[[], Mapping[str, object]]


class Bindings(NamedTuple):
    """What a definition is rendered to.

    runtime: the modules of `pbmon.runtime` that do the work. files: what names metrics and labels.
    """

    runtime: tuple[str, ...]
    files: tuple[File, ...]


def render(
    planned: Iterable[PlannedInstrumentation], texts: Texts | None = None
) -> Iterator[Artifact]:
    """The files of each definition."""
    for instrumentation in planned:
        module, definition = instrumentation.module, instrumentation.definition
        for file in bindings(instrumentation).files:
            text = (texts or Texts()).get(
                file.template, (file.path, module, definition), partial(_text, file, module)
            )
            of_metrics = modules.sources(module) if file.path == module.path else {}
            yield Artifact(file.path, text, {(): definition.source} | of_metrics)


def _text(file: File, module: AppModule) -> str:
    common = {
        "python": python,
        "beside": beside,
        "wrapped": wrapped,
        "imports": imports,
        "module": import_name(module.path),
        "runtime": import_name(module.runtime),
    }
    return rendered(file.template, **{**common, **file.values()})


def bindings(planned: PlannedInstrumentation) -> Bindings:
    """The modules and files of the definition's kind."""
    match planned.definition:
        case HttpInstrumentation() as http:
            return Bindings(
                ("requests", "routes"),
                (File(http.path, "asgi_middleware.py.j2", partial(_http, http)),),
            )
        case MetricsEndpoint() as page:
            settings = import_name(page.settings)
            return Bindings(
                ("page", "processes", "rendering", "settings"),
                (
                    File(page.settings, "metrics_settings.py.j2", partial(dict, endpoint=page)),
                    File(
                        page.path,
                        "metrics_endpoint.py.j2",
                        partial(dict, endpoint=page, settings=settings),
                    ),
                ),
            )
        case DatabaseInstrumentation() as database:
            return Bindings(
                ("database",),
                (File(database.path, "database_hooks.py.j2", partial(_database, database)),),
            )
        case CacheInstrumentation() as cache:
            return Bindings(
                ("cache",),
                (File(cache.path, "cache_wrapper.py.j2", partial(_cache, cache)),),
            )
        case CeleryInstrumentation() as workers:
            values = partial(celery.view, workers, planned.module)
            return Bindings(
                celery.RUNTIME, (File(planned.module.path, "worker_module.py.j2", values),)
            )
        case _:
            assert_never(planned.definition)


def _http(http: HttpInstrumentation) -> dict[str, object]:
    return {
        "requests": symbol_of(http.requests),
        "latency": symbol_of(http.latency),
        "websockets": _symbol(http.websockets),
    }


def _database(database: DatabaseInstrumentation) -> dict[str, object]:
    objects = database.objects
    return {
        "duration": symbol_of(database.duration),
        "counted": objects is not None or database.active_users is not None,
        "in_use": _symbol(database.in_use),
        "size": _symbol(database.size),
        "objects": _symbol(objects),
        "active_users": _symbol(database.active_users),
        "object_label": objects.labels[0].name if objects is not None else "",
    }


def _cache(cache: CacheInstrumentation) -> dict[str, object]:
    return {"operations": symbol_of(cache.operations), "duration": symbol_of(cache.duration)}


def _symbol(gauge: Gauge | None) -> str | None:
    return symbol_of(gauge) if gauge is not None else None
