# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""Counts Celery's tasks by its signals, each attempt once."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

from celery import (  # type: ignore[import-untyped,unused-ignore]
    current_task,
    signals,
)

from .attempts import Attempt, WorkerMetrics, cause_of, outcome
from .children import Children
from .identity import identity_of, is_alive

INTERVAL: Final = 5.0
"""Seconds between two looks at queues, memory and children that are gone."""

_LATE: Final = 2 * INTERVAL
"""Seconds in which a process that is being killed may still end its task."""


class _Lost(NamedTuple):
    """An attempt of which only the main process can tell how it ended.

    process: identity of the child that had it, if one did.
    """

    task_id: str
    task_type: str
    status: str
    cause: str
    pid: int | None
    process: str
    seconds: float | None
    told: float


class Tasks:
    """The attempts of one process. children: where they are known to others, if at all.

    is_child: whether this is a child of a prefork pool; prefork: or has such children.
    """

    def __init__(self, metrics: WorkerMetrics, children: Children | None) -> None:
        self.is_child = self.prefork = False
        self._metrics = metrics
        self._children = children
        self._attempts: dict[int, Attempt] = {}
        self._requests: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self._lost: deque[_Lost] = deque()
        for signal, receiver in (
            (signals.task_prerun, self._on_prerun),
            (signals.task_postrun, self._on_postrun),
            (signals.task_received, self._on_received),
            (signals.task_failure, self._on_failure),
            (signals.task_retry, self._on_retry),
            (signals.task_revoked, self._on_revoked),
        ):
            signal.connect(receiver, weak=False)

    def begin_child(self) -> None:
        """In a child that begins: what its parent had is none of its own."""
        self.is_child = True
        self._attempts.clear()
        self._lost.clear()
        if self._children:
            self._children.begin()

    def attempt(self) -> Attempt | None:
        """The attempt at a Celery task that this code is part of, if any."""
        return self._attempts.get(id(current_task.request)) if current_task else None

    def rename(self, attempt: Attempt, task_type: str) -> None:
        """Count the attempt under this name, wherever it is counted."""
        attempt.rename(task_type)
        self._note(attempt, counted=False)

    def _note(self, attempt: Attempt, counted: bool) -> None:
        if self.is_child and self._children:
            self._children.note(attempt, counted)

    # Attempts that end in the process in which they run.

    def _on_prerun(self, task: Any, task_id: str, **_: Any) -> None:
        if task.request.is_eager:  # called as a function, part of something else
            return
        attempt = Attempt(self._metrics, self._metrics.task_type(task.name), task_id)
        self._attempts[id(task.request)] = attempt
        self._note(attempt, counted=False)

    def _on_postrun(self, task: Any, retval: Any, state: Any, **_: Any) -> None:
        attempt = self._attempts.pop(id(task.request), None)
        if attempt is None:
            return
        status, cause = outcome(state, retval)
        if status == "success" and attempt.retried:
            # Put back by hand: to Celery a success, which started another task.
            self._metrics.retries.labels(
                task_type=attempt.task_type, reason=attempt.retried
            ).inc()
        if status == "retry" and attempt.retried not in {"", "Retry"}:
            cause = attempt.retried
        attempt.end(status, cause)
        if status:
            self._requests.pop(attempt.task_id, None)
            self._note(attempt, counted=True)

    # Attempts of which the main process tells how they ended: the task never began, or
    # its process could not say.

    def _on_received(self, request: Any, **_: Any) -> None:
        self._requests[request.id] = request

    def _on_failure(
        self, sender: Any, task_id: str, exception: Any = None, **_: Any
    ) -> None:
        if task_id in self._requests:  # Celery tells of a time limit twice
            self._tell(sender, task_id, "failure", cause_of(exception))

    def _on_retry(
        self, sender: Any, request: Any, reason: Any = None, **_: Any
    ) -> None:
        if request.id in self._requests:
            error = getattr(reason, "exc", None) or reason
            cause = cause_of(error) if error else "Retry"
            self._tell(sender, request.id, "retry", cause)

    def _on_revoked(
        self, sender: Any, request: Any, terminated: bool, **_: Any
    ) -> None:
        cause = "Terminated" if terminated else "TaskRevokedError"
        self._tell(sender, request.id, "failure", cause)

    def _tell(self, task: Any, task_id: str, status: str, cause: str) -> None:
        running = id(task.request) in self._attempts  # then its end is yet to come
        if self.is_child or running or task.request.is_eager:
            return
        request = self._requests.pop(task_id, None)
        began = getattr(request, "time_start", None)
        pid = request.worker_pid if began and self.prefork else None
        now = time.time()
        lost = _Lost(
            task_id,
            self._metrics.task_type(task.name),
            status,
            cause,
            pid,
            identity_of(pid) if pid is not None else "",
            now - began if began else None,
            now,
        )
        # Now, while the child has it in its file; it may also end the task only now.
        if not self._is_counted(lost):
            self._lost.append(lost)

    def _is_counted(self, lost: _Lost) -> bool:
        known = self._known(lost)
        return known is not None and known[1]

    def _known(self, lost: _Lost) -> tuple[str, bool] | None:
        if lost.pid is None or self._children is None:
            return None
        return self._children.attempt(lost.task_id, lost.pid)

    def settle(self) -> None:
        """Count attempts that the main process tells of, unless a child did already.

        A child that is being killed may still reach the end of its task.
        """
        for _ in range(len(self._lost)):
            lost = self._lost.popleft()
            if self._is_counted(lost):
                continue
            known = self._known(lost)
            if lost.process and is_alive(lost.process):
                if known or time.time() - lost.told < _LATE:
                    self._lost.append(lost)
                continue
            task_type = known[0] if known else lost.task_type
            self._metrics.count(task_type, lost.status, lost.cause, lost.seconds)
