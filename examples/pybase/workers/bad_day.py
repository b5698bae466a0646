"""Makes tasks slow, retried or failing while the fault switches say so."""

from __future__ import annotations

import random
import time

from celery import Task

from pybase import faults


class Hiccup(Exception):
    """Goes away by itself, so the task is tried again."""


class Breakdown(Exception):
    """Does not go away: the task is given up."""


def happen(task: Task, worker: str) -> None:
    """To be called first in a task of the worker `extraction` or `search`."""
    faults.refresh()
    on = faults.current()
    if delay := getattr(on, f"{worker}_delay"):
        time.sleep(delay)
    if random.random() < getattr(on, f"{worker}_retry_ratio"):  # noqa: S311 - no secret
        raise task.retry(exc=Hiccup("the fault retry_ratio is on"), countdown=1, max_retries=3)
    if random.random() < getattr(on, f"{worker}_failure_ratio"):  # noqa: S311
        raise Breakdown("the fault failure_ratio is on")
