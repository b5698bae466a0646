"""Metrics of the API.

Each name below is a metric in prometheus_client's default registry.
`Metrics(registry)` makes them all for a registry of your own, as a test wants.

`labels()` takes exactly the labels of its metric, in order or by name, and gives the
series to count in. A label with a closed set has its values as a type; another value
becomes the label's `other`, or raises ValueError where it has none. A label without
one keeps the first `max_values` values a process sees; all later ones become `other`,
so that no client can add series without end.
Where all sets are closed and small every series begins at 0, so that a ratio has a
value before the first failure.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import product
from threading import Lock
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar, cast, get_args

import prometheus_client

__all__ = [
    "ApiRequestCounter",
    "CounterSeries",
    "GaugeSeries",
    "HistogramSeries",
    "HttpRequestDurationSeconds",
    "JobsRunning",
    "JobsTotal",
    "Method",
    "Metrics",
    "Queue",
    "QueueSize",
    "Status",
    "api_request_counter",
    "as_method",
    "connections",
    "http_request_duration_seconds",
    "jobs_running",
    "jobs_total",
    "queue_size",
]

_M = TypeVar("_M")
_S = TypeVar("_S")

if "PROMETHEUS_DISABLE_CREATED_SERIES" not in os.environ:
    # A second series for every counter and histogram, which no query needs.
    _disable: Callable[[], object] = prometheus_client.disable_created_metrics
    _disable()

Method = Literal["GET", "POST", "OTHER"]

Status = Literal["success", "failure"]

Queue = Literal["fast", "slow"]


def as_method(value: str) -> Method:
    """The value if its label has it, else what stands for all others."""
    if value in get_args(Method):
        return cast(Method, value)
    return "OTHER"


class CounterSeries(prometheus_client.Counter):
    """One series: its labels, if it has any, are given."""

    labels: None  # type: ignore[assignment]


class GaugeSeries(prometheus_client.Gauge):
    """One series: its labels, if it has any, are given."""

    labels: None  # type: ignore[assignment]


class HistogramSeries(prometheus_client.Histogram):
    """One series: its labels, if it has any, are given."""

    labels: None  # type: ignore[assignment]


class _Label(NamedTuple):
    """A label and its bound: a closed set of values, how many there may be, or both."""

    name: str
    values: Sequence[str] = ()
    max_values: int | None = None
    other: str | None = None

    def kept(self, value: object, seen: set[str]) -> str:
        """The value while there is room, else `other`. seen: values kept so far."""
        text = str.__str__(value) if isinstance(value, str) else str(value)
        if text in seen or text == self.other:
            return text
        room = len(self.values) if self.max_values is None else self.max_values
        if len(seen) < room and (not self.values or text in self.values):
            seen.add(text)
            return text
        if self.other is None:
            known = ", ".join(map(repr, self.values))
            raise ValueError(f"label {self.name} has no value {text!r}; it has {known}")
        return self.other


class _Labelled(Generic[_S]):
    """A metric with labels. A known series costs one dict lookup, and no lock."""

    _kind: type[_S]

    def __init__(
        self,
        name: str,
        documentation: str,
        labels: Sequence[_Label],
        *,
        zeros: bool = False,
        **options: Any,
    ) -> None:
        kind: Callable[..., Any] = self._kind
        parent = kind(name, documentation, [label.name for label in labels], **options)
        self._child: Callable[..., _S] = parent.labels
        self._labels = labels
        self._seen: list[set[str]] = [set() for _ in labels]
        self._series: dict[tuple[str, ...], _S] = {}
        self._lock = Lock()
        if zeros:
            for values in product(*(label.values for label in labels)):
                self._admit(values)

    def _admit(self, values: tuple[str, ...]) -> _S:
        """The series of these values, each replaced by `other` where it has no room."""
        with self._lock:
            key = tuple(map(_Label.kept, self._labels, values, self._seen))
            if key not in self._series:
                self._series[key] = self._child(*key)
            return self._series[key]


class ApiRequestCounter(_Labelled[CounterSeries]):
    """http_requests_total"""

    _kind = CounterSeries

    def labels(self, method: Method, endpoint: str, status: str) -> CounterSeries:
        key = (method, endpoint, status)
        return self._series.get(key) or self._admit(key)


class HttpRequestDurationSeconds(_Labelled[HistogramSeries]):
    """http_request_duration_seconds"""

    _kind = HistogramSeries

    def labels(self, method: Method) -> HistogramSeries:
        key = (method,)
        return self._series.get(key) or self._admit(key)


class JobsTotal(_Labelled[CounterSeries]):
    """jobs_total"""

    _kind = CounterSeries

    def labels(self, status: Status) -> CounterSeries:
        key = (status,)
        return self._series.get(key) or self._admit(key)


class QueueSize(_Labelled[GaugeSeries]):
    """queue_size"""

    _kind = GaugeSeries

    def labels(self, queue: Queue) -> GaugeSeries:
        key = (queue,)
        return self._series.get(key) or self._admit(key)


class JobsRunning(_Labelled[GaugeSeries]):
    """jobs_running"""

    _kind = GaugeSeries

    def labels(self, queue: Queue) -> GaugeSeries:
        key = (queue,)
        return self._series.get(key) or self._admit(key)


def _once(
    registry: prometheus_client.CollectorRegistry,
    metric: Callable[..., _M],
    name: str,
    documentation: str,
    labels: Sequence[Any] = (),
    **options: Any,
) -> _M:
    """A new metric, or the one in the registry: this file may be imported twice."""
    made: dict[str, _M] = registry.__dict__.setdefault("_made_once", {})
    definition = repr((name, documentation, labels, options))
    if definition not in made:
        made[definition] = metric(
            name, documentation, labels, registry=registry, **options
        )
    return made[definition]


class Metrics:
    """Every metric of this module, registered with one registry."""

    def __init__(self, registry: prometheus_client.CollectorRegistry) -> None:
        self.api_request_counter: Final = _once(
            registry,
            ApiRequestCounter,
            "http_requests_total",
            "Requests answered.",
            [
                _Label("method", get_args(Method), other="OTHER"),
                _Label("endpoint", max_values=5, other="<unmatched>"),
                _Label(
                    "status",
                    ["200", "404", "500", "more"],
                    max_values=2,
                    other="more",
                ),
            ],
        )
        self.http_request_duration_seconds: Final = _once(
            registry,
            HttpRequestDurationSeconds,
            "http_request_duration_seconds",
            "Time to answer.",
            [_Label("method", get_args(Method), other="OTHER")],
            buckets=[0.1, 1.0],
            zeros=True,
        )
        self.jobs_total: Final = _once(
            registry,
            JobsTotal,
            "jobs_total",
            "Jobs done.",
            [_Label("status", get_args(Status))],
            zeros=True,
        )
        self.queue_size: Final = _once(
            registry,
            QueueSize,
            "queue_size",
            "Jobs waiting.",
            [_Label("queue", get_args(Queue))],
            multiprocess_mode="max",
        )
        self.jobs_running: Final = _once(
            registry,
            JobsRunning,
            "jobs_running",
            "Jobs under way.",
            [_Label("queue", get_args(Queue))],
            multiprocess_mode="livesum",
            zeros=True,
        )
        self.connections: Final = _once(
            registry,
            GaugeSeries,
            "connections",
            "Open connections.",
            multiprocess_mode="livesum",
        )


def _forget_namesake() -> None:
    """Removes the own gauges of an ended process that had this one's id.

    They would go on from there. Files that this process has open, for gauges made
    before this file was imported, stay; only Linux tells which those are.
    """
    suffix = f"_{os.getpid()}.db"
    try:
        names = [name for name in os.listdir(_shared) if name.endswith(suffix)]
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            opened = maps.read() if names else ""
        for name in names:
            if name.startswith(("gauge_live", "gauge_all")) and name not in opened:
                os.unlink(os.path.join(_shared, name))
    except FileNotFoundError:  # the folder is gone, or this is not Linux
        return


_shared = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if _shared:
    os.makedirs(_shared, 0o700, exist_ok=True)
    _forget_namesake()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_namesake)

_default = Metrics(prometheus_client.REGISTRY)
api_request_counter = _default.api_request_counter
http_request_duration_seconds = _default.http_request_duration_seconds
jobs_total = _default.jobs_total
queue_size = _default.queue_size
jobs_running = _default.jobs_running
connections = _default.connections
