"""Metrics of the API.

Each name below is a metric in prometheus_client's default registry.
`Metrics(registry)` makes them all for a registry of your own, as a test wants.

`labels()` takes exactly the labels of its metric, in order or by name, and gives the
series to count in. A label with a closed set has its values as a type; another value
counts as the label's `other`. Where it has none, it is not counted and logged once, or
in strict mode raises ValueError: `Metrics(registry, strict=True)`, or in a process with
PROMETHEUS_STRICT_LABELS=true.
A label without a closed set keeps the first `max_values` values a process sees; all
later ones become `other`, so that no client can add series without end.
Where all sets are closed and small every series begins at 0, so that a ratio has a
value before the first failure.
"""

from __future__ import annotations

from typing import Final, Literal, cast, get_args

from prometheus_client import REGISTRY, CollectorRegistry

from _api_runtime.metrics import (
    CounterSeries,
    GaugeSeries,
    HistogramSeries,
    Label,
    LabelledCounter,
    LabelledGauge,
    LabelledHistogram,
    MetricSet,
)

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

Method = Literal["GET", "POST", "OTHER"]

Status = Literal["success", "failure"]

Queue = Literal["fast", "slow"]


def as_method(value: str) -> Method:
    """The value if its label has it, else what stands for all others."""
    if value in get_args(Method):
        return cast(Method, value)
    return "OTHER"


class ApiRequestCounter(LabelledCounter):
    """http_requests_total"""

    def labels(self, method: Method, endpoint: str, status: str) -> CounterSeries:
        return self.series(method, endpoint, status)


class HttpRequestDurationSeconds(LabelledHistogram):
    """http_request_duration_seconds"""

    def labels(self, method: Method) -> HistogramSeries:
        return self.series(method)


class JobsTotal(LabelledCounter):
    """jobs_total"""

    def labels(self, status: Status) -> CounterSeries:
        return self.series(status)


class QueueSize(LabelledGauge):
    """queue_size"""

    def labels(self, queue: Queue) -> GaugeSeries:
        return self.series(queue)


class JobsRunning(LabelledGauge):
    """jobs_running"""

    def labels(self, queue: Queue) -> GaugeSeries:
        return self.series(queue)


class Metrics(MetricSet):
    """Every metric of this module, registered with one registry."""

    def __init__(
        self, registry: CollectorRegistry, *, strict: bool | None = None
    ) -> None:
        super().__init__(registry, strict=strict)
        new = self._metric
        self.api_request_counter: Final = new(
            ApiRequestCounter,
            "http_requests_total",
            "Requests answered.",
            [
                Label("method", get_args(Method), other="OTHER"),
                Label("endpoint", max_values=5, other="<unmatched>"),
                Label("status", ["200", "404", "500", "more"], other="more"),
            ],
        )
        self.http_request_duration_seconds: Final = new(
            HttpRequestDurationSeconds,
            "http_request_duration_seconds",
            "Time to answer.",
            [Label("method", get_args(Method), other="OTHER")],
            buckets=[0.1, 1.0],
            zeros=True,
        )
        self.jobs_total: Final = new(
            JobsTotal,
            "jobs_total",
            "Jobs done.",
            [Label("status", get_args(Status))],
            zeros=True,
        )
        self.queue_size: Final = new(
            QueueSize,
            "queue_size",
            "Jobs waiting.",
            [Label("queue", get_args(Queue))],
            multiprocess_mode="max",
        )
        self.jobs_running: Final = new(
            JobsRunning,
            "jobs_running",
            "Jobs under way.",
            [Label("queue", get_args(Queue))],
            multiprocess_mode="livesum",
            zeros=True,
        )
        self.connections: Final = new(
            GaugeSeries,
            "connections",
            "Open connections.",
            multiprocess_mode="livesum",
        )


_default = Metrics(REGISTRY)
api_request_counter = _default.api_request_counter
http_request_duration_seconds = _default.http_request_duration_seconds
jobs_total = _default.jobs_total
queue_size = _default.queue_size
jobs_running = _default.jobs_running
connections = _default.connections
