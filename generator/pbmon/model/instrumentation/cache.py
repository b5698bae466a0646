"""What the generated wrappers of Redis clients count: operations and their time."""

from __future__ import annotations

from dataclasses import dataclass

from pbmon.arguments import checked
from pbmon.model.distributions import Histogram
from pbmon.model.instrumentation.instrumentation import (
    InstrumentationFile,
    check_labels,
    check_seconds,
    check_values,
)
from pbmon.model.metrics import Counter, Metric

CACHE_OPERATIONS = ("get", "set", "delete")
CACHE_STATUSES = ("hit", "miss", "ok", "error")


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class CacheInstrumentation(InstrumentationFile):
    """Wrappers around Redis clients, sync and async.

    operations: counter by operation (get, set, delete) and status (hit, miss, ok, error). duration:
    histogram in seconds by operation.
    """

    operations: Counter
    duration: Histogram

    def __post_init__(self) -> None:
        super().__post_init__()
        check_labels(self, self.operations, {"operation", "status"})
        check_labels(self, self.duration, {"operation"})
        check_seconds(self, self.duration)
        for metric in (self.operations, self.duration):
            check_values(self, metric, "operation", CACHE_OPERATIONS, complete=True)
        check_values(self, self.operations, "status", CACHE_STATUSES, complete=True)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.operations, self.duration)

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        return {"MeasuredCache": self.metrics, "AsyncMeasuredCache": self.metrics}
