"""What the generated code of Celery workers counts by itself, and in which metrics."""

from __future__ import annotations

from dataclasses import dataclass

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.labels import Label
from pbmon.model.distributions import Histogram
from pbmon.model.instrumentation.instrumentation import (
    Instrumentation,
    check_labels,
    check_port,
    check_seconds,
)
from pbmon.model.metrics import Counter, Gauge, Metric

RUNTIME = "celery_worker"
"""The package that does the work, as it is called in pbmon.runtime and in the app."""

STATUSES = ("success", "failure", "retry")
"""How an attempt at a task ends; Celery's other states are no end, or one of these."""

_SUMMED = ("livesum",)
_OF_ONE_PROCESS = ("livesum", "max", "livemax", "mostrecent", "livemostrecent")


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class CeleryInstrumentation(Instrumentation):
    """Everything a Celery worker counts, in the metrics of the service in the same file.

    tasks: attempts that ended, by task_type and status (success, failure, retry). duration: seconds
    of each attempt, by task_type.
    retries: by task_type and reason. failures: by task_type and error_type. active: tasks running
    now, by task_type.
    processes: processes alive. queue_size: by queue_name. memory: bytes of all the worker's
    processes, by worker_type.
    host, port: where a worker serves its metrics unless PROMETHEUS_METRICS_HOST and
    PROMETHEUS_METRICS_PORT say otherwise.
    Raises DefinitionError for a metric that has other labels, or cannot hold what a worker sets.
    """

    tasks: Counter
    duration: Histogram
    retries: Counter
    failures: Counter
    active: Gauge
    processes: Gauge
    queue_size: Gauge
    memory: Gauge
    host: str = "127.0.0.1"
    port: int = 9090

    def __post_init__(self) -> None:
        for metric, needed in (
            (self.tasks, {"task_type", "status"}),
            (self.duration, {"task_type"}),
            (self.retries, {"task_type", "reason"}),
            (self.failures, {"task_type", "error_type"}),
            (self.active, {"task_type"}),
            (self.processes, set()),
            (self.queue_size, {"queue_name"}),
            (self.memory, {"worker_type"}),
        ):
            check_labels(self, metric, needed)
            self._check_values(metric)
        check_seconds(self, self.duration)
        for gauge, modes in (
            (self.active, _SUMMED),
            (self.processes, _SUMMED),
            (self.queue_size, _OF_ONE_PROCESS),
            (self.memory, _OF_ONE_PROCESS),
        ):
            if gauge.multiprocess_mode not in modes:
                raise DefinitionError(
                    self.source,
                    f"{gauge.name} has multiprocess_mode {gauge.multiprocess_mode!r}, which is"
                    " wrong for a worker with children",
                    f"it is one of {', '.join(modes)}",
                )
        check_port(self, self.port)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (
            self.tasks,
            self.duration,
            self.retries,
            self.failures,
            self.active,
            self.processes,
            self.queue_size,
            self.memory,
        )

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        return {"": self.metrics}

    @property
    def symbols(self) -> frozenset[str]:
        return frozenset(
            {"CountedBlock", "TaskMetrics", "WorkerMetrics", "instrument", "track_retry"}
        )

    def _check_values(self, metric: Metric) -> None:
        for label in metric.labels:
            if label.name == "status":
                self._check_status(metric, label)
            elif label.name != "worker_type" and label.other is None:
                raise DefinitionError(
                    self.source,
                    f"label {label.name!r} of {metric.name} has no value for what it does not list,"
                    " so that would not be counted",
                    f"give it other='...' at {label.source}",
                )

    def _check_status(self, metric: Metric, label: Label) -> None:
        missing = [status for status in STATUSES if label.values and status not in label.domain]
        if missing:
            raise DefinitionError(
                self.source,
                f"label 'status' of {metric.name} has no value {missing[0]!r}, which a worker sets",
                f"it needs {', '.join(STATUSES)}; it is defined at {label.source}",
            )
