"""What the generated middleware counts: requests and their time."""

from __future__ import annotations

from dataclasses import dataclass

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.model.distributions import Histogram
from pbmon.model.instrumentation.instrumentation import (
    InstrumentationFile,
    check_labels,
    check_seconds,
)
from pbmon.model.metrics import Counter, Gauge, Metric

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
class HttpInstrumentation(InstrumentationFile):
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
        check_labels(self, self.requests, {"method", "endpoint", "status"})
        check_labels(self, self.latency, {"method", "endpoint"}, {"status"})
        check_seconds(self, self.latency)
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
            check_labels(self, self.websockets, set())

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
