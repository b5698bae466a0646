# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""The Celery worker of this process: its tasks, children, queues, memory, page."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import prometheus_client
from celery import signals  # type: ignore[import-untyped,unused-ignore]
from prometheus_client import Metric

from . import page
from .attempts import Attempt, WorkerMetrics, cause_of
from .children import Children
from .folder import FOLDER
from .identity import resident
from .queues import Queues
from .tasks import INTERVAL, Tasks

_logger = logging.getLogger(__name__)


class Worker:
    """Counts in these metrics. One object a process, children included.

    host, port: where the page is unless PROMETHEUS_METRICS_HOST and
    PROMETHEUS_METRICS_PORT say otherwise.
    """

    def __init__(self, metrics: WorkerMetrics, host: str, port: int) -> None:
        self.metrics = metrics
        self.tasks = Tasks(
            metrics, children := Children(Path(FOLDER)) if FOLDER else None
        )
        self.by_hand: ContextVar[Attempt | None] = ContextVar("by_hand", default=None)
        self._children = children
        self._address = host, port
        self._lock = threading.RLock()
        self._fork_is_safe = self._nameless = False
        self._stop = threading.Event()
        self._main_pid = 0
        self._server: Any = None
        self._name = ""
        for signal, receiver in (
            (signals.worker_init, self._on_worker_init),
            (signals.worker_process_init, self._on_process_init),
            (signals.worker_shutdown, self._on_worker_shutdown),
        ):
            signal.connect(receiver, weak=False)

    def attempt(self) -> Attempt | None:
        """The attempt that this code is part of, by Celery or by hand, if any."""
        return self.tasks.attempt() or self.by_hand.get()

    def track_retry(self, task_name: str, reason: str = "") -> None:
        """Count that the task is put back to be tried again.

        reason: as the label has it; without one, the class of the exception in hand. In
        a Celery task it counts if Celery does not: if the task ends well after all.
        """
        error = sys.exc_info()[1]
        reason = reason or (cause_of(error) if error else "Retry")
        attempt = self.attempt()
        if attempt is None:
            task_type = self.metrics.task_type(task_name)
            self.metrics.retries.labels(task_type=task_type, reason=reason).inc()
        else:
            attempt.retried = reason

    def _on_worker_init(self, sender: Any, **_: Any) -> None:
        if self._server is not None:
            return
        self._main_pid = os.getpid()
        self._name = os.environ.get("WORKER_NAME") or sender.hostname.partition("@")[0]
        prefork = bool(re.search("prefork|processes", str(sender.pool_cls)))
        self.tasks.prefork = prefork
        self.metrics.processes.set(0 if prefork else 1)
        if prefork and self._children is None:
            _logger.error(
                "Tasks are not counted: the pool is prefork, and nothing in the call "
                "of this process told so. Set PROMETHEUS_MULTIPROC_DIR to a folder."
            )
        if hasattr(os, "register_at_fork") and not self._fork_is_safe:
            # No child may begin with a lock that another thread of ours holds.
            self._fork_is_safe = True
            os.register_at_fork(
                before=self._lock.acquire,
                after_in_parent=self._lock.release,
                after_in_child=self._on_fork,
            )
        self._stop.clear()
        self._server = page.serve(self.collect, *self._address)
        queues = Queues(sender.app)
        threading.Thread(target=self._watch, args=(queues,), daemon=True).start()

    def _on_fork(self) -> None:
        """In a child of any kind, as those of the pool, beat's, or one of a task."""
        self._lock.release()
        if self._server is not None:
            self._server.socket.close()  # the main process keeps its own

    def _on_process_init(self, **_: Any) -> None:
        if os.getpid() == self._main_pid:  # the solo pool says so of itself
            return
        self.tasks.begin_child()
        self.metrics.processes.set(1)

    def _on_worker_shutdown(self, **_: Any) -> None:
        self._stop.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def collect(self) -> list[Metric]:
        """Everything the worker's processes have counted so far."""
        with self._lock:
            self._look()
            if not self._children:
                return list(prometheus_client.REGISTRY.collect())
            collectors = (
                prometheus_client.PROCESS_COLLECTOR,
                prometheus_client.PLATFORM_COLLECTOR,
                prometheus_client.GC_COLLECTOR,
            )
            own = [metric for each in collectors for metric in each.collect()]
            return [*self._children.collect(), *own]

    def _look(self) -> None:
        """Bring up to date what no task tells. The lock is held."""
        self.tasks.settle()
        pids = [os.getpid()]
        if self._children:
            self._children.compact()
            pids += self._children.living()
        memory = sum(map(resident, pids))
        if memory and not self._nameless:
            try:
                self.metrics.memory.labels(worker_type=self._name).set(memory)
            except ValueError as error:
                self._nameless = True
                _logger.error("The worker's memory is not told: %s", error)

    def _watch(self, queues: Queues) -> None:
        while not self._stop.wait(INTERVAL):
            try:
                sizes = queues.sizes()  # without the lock: a broker may take its time
                with self._lock:
                    for name, size in sizes.items():
                        self.metrics.queue_size.labels(queue_name=name).set(size)
                    self._look()
            except Exception:
                _logger.exception("The worker's metrics are not brought up to date")
