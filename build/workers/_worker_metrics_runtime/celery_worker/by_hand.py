# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""Attempts that are counted by hand, where Celery does not run the task."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import Token
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from .attempts import Attempt, cause_of
from .worker import Worker

_F = TypeVar("_F", bound=Callable[..., Any])


class CountedBlock:
    """Counts a block or a function as one attempt at a task.

    with TaskMetrics("name"): ..., or @TaskMetrics("name") above a function, also an
    async one. Inside of a Celery task, which is counted anyway, it only tells the
    task's name, if Celery's own is none that the label task_type lists.

    worker: who counts; each subclass names one.
    """

    worker: ClassVar[Worker]

    def __init__(self, task_name: str) -> None:
        self._task_name = task_name
        self._attempt: Attempt | None = None
        self._token: Token[Attempt | None] | None = None

    def __enter__(self) -> Self:
        metrics, tasks = self.worker.metrics, self.worker.tasks
        running = tasks.attempt()
        if running is None:
            self._attempt = Attempt(metrics, metrics.task_type(self._task_name))
            self._token = self.worker.by_hand.set(self._attempt)
        elif (
            running.task_type not in metrics.task_types
            and self._task_name in metrics.task_types
        ):
            tasks.rename(running, self._task_name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return
        if self._token is not None:
            self.worker.by_hand.reset(self._token)
        if attempt.retried or cause_of(error) == "Retry":
            cause = cause_of(getattr(error, "exc", None) or error)
            attempt.end("retry", attempt.retried or cause)
        elif error is not None:
            attempt.end("failure", cause_of(error))
        else:
            attempt.end("success")

    def __call__(self, function: _F) -> _F:
        block, name = type(self), self._task_name
        counted: Any
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def counted(*args: Any, **kwargs: Any) -> Any:
                with block(name):
                    return await function(*args, **kwargs)
        else:

            @functools.wraps(function)
            def counted(*args: Any, **kwargs: Any) -> Any:
                with block(name):
                    return function(*args, **kwargs)

        result: _F = counted
        return result
