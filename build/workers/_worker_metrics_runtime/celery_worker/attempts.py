# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""Attempts at tasks, and the metrics that they count in."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class WorkerMetrics:
    """Where a worker counts: metrics of the metrics module, with these labels.

    tasks: task_type, status. duration: task_type, in seconds. retries: task_type,
    reason. failures: task_type, error_type. active: task_type. processes: no label.
    queue_size: queue_name. memory: worker_type, in bytes.
    """

    tasks: Any
    duration: Any
    retries: Any
    failures: Any
    active: Any
    processes: Any
    queue_size: Any
    memory: Any

    @property
    def task_types(self) -> Collection[str]:
        """Names that the label task_type lists; none where it lists nothing."""
        listed: Collection[str] = self.tasks.label_bounds["task_type"].values
        return listed

    def task_type(self, name: str) -> str:
        """A task as the label calls it: workers.search.index_table is index_table."""
        return name if name in self.task_types else name.rpartition(".")[2]

    def count(
        self, task_type: str, status: str, cause: str, seconds: float | None
    ) -> None:
        """Count an attempt that ended. seconds: None where nobody measured it."""
        if seconds is not None:
            self.duration.labels(task_type=task_type).observe(max(seconds, 0.0))
        if status == "failure":
            self.failures.labels(task_type=task_type, error_type=cause).inc()
        if status == "retry":
            self.retries.labels(task_type=task_type, reason=cause).inc()
        self.tasks.labels(task_type=task_type, status=status).inc()


class Attempt:
    """One attempt at a task, while it runs. retried: why track_retry() was called."""

    def __init__(
        self, metrics: WorkerMetrics, task_type: str, task_id: str = ""
    ) -> None:
        self.task_type = task_type
        self.task_id = task_id
        self.retried = ""
        self._metrics = metrics
        self._began = time.perf_counter()
        metrics.active.labels(task_type=task_type).inc()

    def rename(self, task_type: str) -> None:
        """Count under this name instead."""
        self._metrics.active.labels(task_type=self.task_type).dec()
        self._metrics.active.labels(task_type=task_type).inc()
        self.task_type = task_type

    def end(self, status: str, cause: str = "") -> None:
        """Count it: success, failure or retry; with another status, not at all."""
        self._metrics.active.labels(task_type=self.task_type).dec()
        if status:
            seconds = time.perf_counter() - self._began
            self._metrics.count(self.task_type, status, cause, seconds)


def cause_of(error: object) -> str:
    """An exception as the labels reason and error_type call it."""
    return type(error).__name__


def outcome(state: object, result: Any) -> tuple[str, str]:
    """Status and cause of an attempt, from Celery's state; "" if it does not count."""
    match state:
        case "SUCCESS":
            return "success", ""
        case "FAILURE":
            return "failure", cause_of(result)
        case "RETRY":
            return "retry", cause_of(getattr(result, "exc", None) or result)
        case "REJECTED":
            return ("retry" if result.requeue else "failure"), cause_of(result)
        case _:
            return "", ""
