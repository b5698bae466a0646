"""What the generated code of Celery workers counts by itself, and in which metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.labels import Label, listed
from pbmon.model.acceptance import Accepted
from pbmon.model.metrics import Counter, Gauge, Histogram, Metric
from pbmon.source import Source, here

STATUSES = ("success", "failure", "retry")
"""How an attempt at a task ends; Celery's other states are no end, or one of these."""

_SUMMED = ("livesum",)
_OF_ONE_PROCESS = ("livesum", "max", "livemax", "mostrecent", "livemostrecent")


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class CeleryInstrumentation:
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
    accept: Sequence[Accepted] = ()
    source: Source = field(default_factory=here, init=False)

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
            self._check_labels(metric, needed)
        if self.duration.unit != "s":
            raise DefinitionError(
                self.source,
                f"{self.duration.name} is not in seconds, in which workers measure",
                "name it ..._seconds",
            )
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
        if not 0 < self.port < 65536:
            raise DefinitionError(self.source, f"port {self.port} does not exist", "1 to 65535")

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the worker counts in."""
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

    def _check_labels(self, metric: Metric, needed: set[str]) -> None:
        if {label.name for label in metric.labels} != needed:
            raise DefinitionError(
                self.source,
                f"a worker sets {', '.join(sorted(needed)) or 'no label'} of {metric.name}, which"
                f" has {listed(metric.labels)}, so nothing could be counted",
                f"{metric.name} is defined at {metric.source}",
            )
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
