"""The app's middleware, metrics page and hooks: Python files on top of its metrics module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbmon.artifact import Artifact
from pbmon.model.instrumentation import (
    CacheInstrumentation,
    DatabaseInstrumentation,
    HttpInstrumentation,
    MetricsEndpoint,
)
from pbmon.model.metrics import Gauge
from pbmon.plan.instrumentation import PlannedInstrumentation
from pbmon.plan.modules import import_name, symbol_of
from pbmon.render.environment import rendered
from pbmon.render.python_text import beside, imports, python, wrapped


def render(planned: Iterable[PlannedInstrumentation]) -> Iterator[Artifact]:
    """The files of each definition."""
    for instrumentation in planned:
        match instrumentation.definition:
            case HttpInstrumentation() as http:
                yield _artifact(instrumentation, http.path, "asgi_middleware.py.j2", **_http(http))
            case MetricsEndpoint() as endpoint:
                yield _artifact(
                    instrumentation, endpoint.settings, "metrics_settings.py.j2", endpoint=endpoint
                )
                yield _artifact(
                    instrumentation,
                    endpoint.path,
                    "metrics_endpoint.py.j2",
                    endpoint=endpoint,
                    settings=import_name(endpoint.settings),
                )
            case DatabaseInstrumentation() as database:
                yield _artifact(
                    instrumentation, database.path, "database_hooks.py.j2", **_database(database)
                )
            case CacheInstrumentation() as cache:
                yield _artifact(instrumentation, cache.path, "cache_wrapper.py.j2", **_cache(cache))
            case other:
                raise NotImplementedError(f"{type(other).__name__} has no renderer here")


def _artifact(
    instrumentation: PlannedInstrumentation, path: str, template: str, **values: object
) -> Artifact:
    text = rendered(
        template,
        python=python,
        beside=beside,
        wrapped=wrapped,
        module=import_name(instrumentation.module.path),
        imports=imports,
        runtime=import_name(instrumentation.module.runtime),
        **values,
    )
    return Artifact(path, text, {(): instrumentation.definition.source})


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
