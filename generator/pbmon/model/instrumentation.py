"""What the generated code of an app counts by itself: requests, statements, cache operations; and
the page that shows it.

Each is one file of the app, on top of the service's metrics module.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pbmon.arguments import checked
from pbmon.conventions import check_module_path
from pbmon.errors import DefinitionError
from pbmon.model.acceptance import Accepted
from pbmon.model.metrics import Counter, Gauge, Histogram, Metric
from pbmon.source import Source, here

SQL_OPERATIONS = ("select", "insert", "update", "delete", "merge", "other")
"""Kinds of statement that the generated hooks tell apart; `other` is every statement that is none
of the rest.
"""

CACHE_OPERATIONS = ("get", "set", "delete")
CACHE_STATUSES = ("hit", "miss", "ok", "error")

_CLOSED = {
    "method": ("the first methods that clients make up would be kept", '("GET", "POST", ...)'),
    "status": (
        "once max_values codes were seen a 500 counts as its 'other', and no alert sees it",
        "[str(code.value) for code in HTTPStatus]",
    ),
}
"""Labels of requests that need a closed set: what happens otherwise, and an example of values."""


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class Instrumentation:
    """A generated file of the app.

    path: of that file in the app's repository, ending in .py (`src/shop/middleware.py`).
    """

    path: str
    accept: Sequence[Accepted] = ()
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        check_module_path(self.path, "path", self.source)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the file counts in."""
        return ()

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        """What the app must use of the file, each with the metrics that are counted from then on.

        `Name(argument)` is a call of Name with that keyword.
        """
        return {}


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class HttpInstrumentation(Instrumentation):
    """An ASGI middleware for FastAPI and Starlette.

    requests: counter by method, endpoint and status. latency: histogram in seconds by method and
    endpoint, or by all three.
    websockets: gauge without labels. Each label needs an `other`, for what clients make up;
    method and status need values, so that nothing crowds out a method or an error.
    """

    requests: Counter
    latency: Histogram
    websockets: Gauge | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_labels(self, self.requests, {"method", "endpoint", "status"})
        _check_labels(self, self.latency, {"method", "endpoint"}, {"status"})
        _check_seconds(self, self.latency)
        for metric in (self.requests, self.latency):
            for label in metric.labels:
                if label.other is None:
                    raise DefinitionError(
                        self.source,
                        f"label {label.name!r} of {metric.name} has no value for what clients make"
                        " up, so those requests are not counted",
                        f"give it other='...' at {label.source}",
                    )
                if label.name in _CLOSED and not label.values:
                    happens, values = _CLOSED[label.name]
                    raise DefinitionError(
                        self.source,
                        f"label {label.name!r} of {metric.name} has no values, so {happens}",
                        f"give it values={values} at {label.source}",
                    )
        if self.websockets is not None:
            _check_labels(self, self.websockets, set())

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (
            self.requests,
            self.latency,
            *([self.websockets] if self.websockets is not None else ()),
        )

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        return {"PrometheusMiddleware": self.metrics}


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class MetricsEndpoint(Instrumentation):
    """The page that Prometheus scrapes, an ASGI app.

    settings: path of the generated module that reads the environment. prefix: what the app serves
    the page under; its URL is prefix + metrics_path, which a job of the service must scrape. port,
    metrics_path: defaults of the settings.
    """

    settings: str
    prefix: str = ""
    metrics_path: str = "/metrics"
    port: int = 9090

    def __post_init__(self) -> None:
        super().__post_init__()
        check_module_path(self.settings, "settings", self.source)
        for name, value in (("prefix", self.prefix), ("metrics_path", self.metrics_path)):
            if value != "" and not re.fullmatch(r"(/[\w.~-]+)+", value, re.ASCII):
                raise DefinitionError(
                    self.source,
                    f"{name} {value!r} is no path of a URL",
                    "it begins with / and does not end with one",
                )
        if not self.metrics_path:
            raise DefinitionError(
                self.source, "metrics_path is empty, so the page has no address", "as /metrics"
            )
        if not 0 < self.port < 65536:
            raise DefinitionError(self.source, f"port {self.port} does not exist", "1 to 65535")

    @property
    def url(self) -> str:
        """The path of the page's URL, with the default settings."""
        return self.prefix + self.metrics_path

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        return {"metrics": (), "MetricsPage": (), "router": ()}


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class DatabaseInstrumentation(Instrumentation):
    """Hooks for SQLAlchemy engines.

    duration: histogram in seconds by `operation`, whose values are among SQL_OPERATIONS. in_use,
    size: gauges without labels of the pool's connections, held now and at most. objects: gauge by
    one label, counted now and then by one query a value.
    active_users: gauge without labels, counted likewise.
    """

    duration: Histogram
    in_use: Gauge | None = None
    size: Gauge | None = None
    objects: Gauge | None = None
    active_users: Gauge | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_labels(self, self.duration, {"operation"})
        _check_seconds(self, self.duration)
        _check_values(self, self.duration, "operation", SQL_OPERATIONS)
        for gauge in (self.in_use, self.size, self.active_users):
            if gauge is not None:
                _check_labels(self, gauge, set())
        if self.objects is not None and (
            len(self.objects.labels) != 1 or not self.objects.labels[0].values
        ):
            has = ", ".join(label.name for label in self.objects.labels) or "none"
            raise DefinitionError(
                self.source,
                f"{self.objects.name} is counted by one query a value of its label, but it does not"
                " have one label with values",
                f"its labels: {has}",
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        gauges = (self.in_use, self.size, self.objects, self.active_users)
        return (self.duration, *(gauge for gauge in gauges if gauge is not None))

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        hooked = (self.duration, self.in_use, self.size)
        entries = {
            "observe_engine": hooked,
            "Counts": (self.objects,),
            "Counts(users)": (self.active_users,),
        }
        metrics_of = {
            entry: tuple(metric for metric in metrics if metric is not None)
            for entry, metrics in entries.items()
        }
        return {entry: metrics for entry, metrics in metrics_of.items() if metrics}


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class CacheInstrumentation(Instrumentation):
    """Wrappers around Redis clients, sync and async.

    operations: counter by operation (get, set, delete) and status (hit, miss, ok, error). duration:
    histogram in seconds by operation.
    """

    operations: Counter
    duration: Histogram

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_labels(self, self.operations, {"operation", "status"})
        _check_labels(self, self.duration, {"operation"})
        _check_seconds(self, self.duration)
        for metric in (self.operations, self.duration):
            _check_values(self, metric, "operation", CACHE_OPERATIONS, complete=True)
        _check_values(self, self.operations, "status", CACHE_STATUSES, complete=True)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.operations, self.duration)

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        return {"MeasuredCache": self.metrics, "AsyncMeasuredCache": self.metrics}


def _check_labels(
    where: Instrumentation, metric: Metric, needed: set[str], allowed: Collection[str] = ()
) -> None:
    has = {label.name for label in metric.labels}
    if not needed <= has <= needed | set(allowed):
        kind = type(where).__name__
        raise DefinitionError(
            where.source,
            f"{kind} sets {_listed(needed)} of {metric.name}, which has {_listed(has)}, so nothing"
            " could be counted",
            f"{metric.name} is defined at {metric.source}",
        )
    if metric.observed is not None:
        raise DefinitionError(
            where.source,
            f"{metric.name} is observed at {metric.observed.name}, so the app does not count in it",
            "use a metric of the app",
        )


def _check_values(
    where: Instrumentation,
    metric: Metric,
    name: str,
    emitted: Collection[str],
    complete: bool = False,
) -> None:
    """Refuses values of the label that the generated code never sets; complete: and missing ones.

    emitted: the values that the code sets.
    """
    label = next(label for label in metric.labels if label.name == name)
    values = set(label.domain) - {label.other}
    wrong = values - set(emitted) or (set(emitted) - values if complete else set())
    if wrong or not values:
        raise DefinitionError(
            where.source,
            f"label {name!r} of {metric.name} has {_listed(values)}, while the generated code sets"
            f" {_listed(emitted)}",
            f"{'missing' if wrong <= set(emitted) else 'unknown'}: {_listed(wrong or emitted)}; it"
            f" is defined at {label.source}",
        )


def _check_seconds(where: Instrumentation, metric: Histogram) -> None:
    if metric.unit != "s":
        raise DefinitionError(
            where.source,
            f"{metric.name} is not in seconds, in which the generated code measures",
            "name it ..._seconds",
        )


def _listed(names: Collection[str]) -> str:
    if not names:
        return "no labels"
    return ", ".join(sorted(names) if isinstance(names, set) else names)
