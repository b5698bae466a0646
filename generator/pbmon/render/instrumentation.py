"""The app's middleware, metrics page and hooks: Python files on top of its metrics module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from pbmon.artifact import Artifact
from pbmon.labels import Label
from pbmon.model.instrumentation import (
    CACHE_STATUSES,
    CacheInstrumentation,
    DatabaseInstrumentation,
    HttpInstrumentation,
    MetricsEndpoint,
)
from pbmon.model.metrics import Gauge, Metric
from pbmon.plan.instrumentation import PlannedInstrumentation, import_name
from pbmon.plan.modules import symbol_of
from pbmon.render.environment import rendered
from pbmon.render.modules_names import argument_names
from pbmon.render.python_text import beside, python, wrapped


def render(planned: Iterable[PlannedInstrumentation]) -> Iterator[Artifact]:
    """The files of each definition."""
    for own in planned:
        match own.definition:
            case HttpInstrumentation() as http:
                yield _artifact(own, http.path, "asgi_middleware.py.j2", **_http(http))
            case MetricsEndpoint() as endpoint:
                yield _artifact(
                    own,
                    endpoint.settings,
                    "metrics_settings.py.j2",
                    endpoint=endpoint,
                )
                settings = import_name(endpoint.settings)
                yield _artifact(
                    own,
                    endpoint.path,
                    "metrics_endpoint.py.j2",
                    endpoint=endpoint,
                    settings=settings,
                )
            case DatabaseInstrumentation() as database:
                yield _artifact(
                    own,
                    database.path,
                    "database_hooks.py.j2",
                    **_database(database),
                )
            case CacheInstrumentation() as cache:
                yield _artifact(own, cache.path, "cache_wrapper.py.j2", **_cache(cache))


def _artifact(own: PlannedInstrumentation, path: str, template: str, **values: object) -> Artifact:
    imported = import_name(own.module.path)
    imports = partial(_imports, imported)
    text = rendered(
        template,
        python=python,
        beside=beside,
        wrapped=wrapped,
        module=imported,
        imports=imports,
        **values,
    )
    return Artifact(path, text, {(): own.definition.source})


def _imports(module: str, names: Iterable[str]) -> str:
    """`from module import names`, in one line where it fits."""
    ordered = sorted(set(names))
    flat = f"from {module} import {', '.join(ordered)}"
    return flat if len(flat) <= 88 else wrapped(f"from {module} import (", ordered, ")")


def _labels(metric: Metric, **given: str) -> str:
    """Source of what `labels()` takes: `method=method, endpoint=endpoint`. given: source of each
    value by the label's name.
    """
    arguments = argument_names(metric.labels)
    values = (
        f"{argument}={given[label.name]}"
        for argument, label in zip(arguments, metric.labels, strict=True)
    )
    return ", ".join(values)


def _http(http: HttpInstrumentation) -> dict[str, object]:
    method, endpoint, status = (
        _label(http.requests, name) for name in ("method", "endpoint", "status")
    )
    return {
        "requests": symbol_of(http.requests),
        "latency": symbol_of(http.latency),
        "websockets": _symbol(http.websockets),
        "methods": [python(value, 4) for value in method.values],
        "other_method": method.other,
        "other_endpoint": endpoint.other,
        "other_status": status.other,
        "requests_labels": _labels(
            http.requests, method="method", endpoint="endpoint", status="status"
        ),
        "latency_labels": _labels(
            http.latency, method="method", endpoint="endpoint", status="status"
        ),
    }


def _database(database: DatabaseInstrumentation) -> dict[str, object]:
    operation = _label(database.duration, "operation")
    values = [value for value in operation.domain if value != operation.other or value == "other"]
    objects = database.objects
    return {
        "duration": symbol_of(database.duration),
        "operations": [python(value, 4) for value in values],
        "other": operation.other,
        "counted": objects is not None or database.active_users is not None,
        "in_use": _symbol(database.in_use),
        "size": _symbol(database.size),
        "objects": _symbol(objects),
        "active_users": _symbol(database.active_users),
        "object_label": objects.labels[0].name if objects is not None else "",
    }


def _cache(cache: CacheInstrumentation) -> dict[str, object]:
    return {
        "operations": symbol_of(cache.operations),
        "duration": symbol_of(cache.duration),
        "operations_labels": _labels(cache.operations, operation="operation", status="status"),
        "statuses": [python(status) for status in CACHE_STATUSES],
    }


def _label(metric: Metric, name: str) -> Label:
    return next(label for label in metric.labels if label.name == name)


def _symbol(gauge: Gauge | None) -> str | None:
    return symbol_of(gauge) if gauge is not None else None
