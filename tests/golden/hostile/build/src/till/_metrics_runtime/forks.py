# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""A lock that no fork leaves held: a child would wait for it for ever."""

from __future__ import annotations

import os
from threading import Lock
from types import TracebackType
from typing import Final

__all__ = ["ForkLock"]

_PATIENCE: Final = 1.0
"""Seconds that a fork waits for the thread that holds the lock."""


class ForkLock:
    """For one thread at a time. A fork waits until it is free, but not for ever.

    Its child begins without the parent's threads, one of which may have the lock, and
    so with a new one.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waited = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._before_fork,
                after_in_parent=self._in_parent,
                after_in_child=self._in_child,
            )

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def _before_fork(self) -> None:
        self._waited = self._lock.acquire(timeout=_PATIENCE)

    def _in_parent(self) -> None:
        if self._waited:
            self._lock.release()

    def _in_child(self) -> None:
        self._lock = Lock()
