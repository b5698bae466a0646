"""Something happens at the n-th call of the system: an error, or death.

Python reports each such call to audit hooks before it makes it
(https://docs.python.org/3/library/audit_events.html), so no function of `os` or `shutil` is missed,
whoever calls it. A hook cannot be taken out again; this one sleeps unless told.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_CALLS = ("os.", "open", "shutil.", "ctypes.", "fcntl.")
_armed: list[Callable[[], None]] = []


def _hook(event: str, _: object) -> None:
    if _armed and event.startswith(_CALLS):
        _armed[-1]()


sys.addaudithook(_hook)


class Steps:
    """Counts calls. reached: whether the call at which something happens was made."""

    def __init__(self, first: int, last: int, happening: Callable[[], None]) -> None:
        self.first, self.last, self.happening = first, last, happening
        self.made = 0

    @property
    def reached(self) -> bool:
        return self.made > self.first

    def __call__(self) -> None:
        step = self.made
        self.made += 1
        if self.first <= step <= self.last:
            self.happening()


@contextmanager
def at_step(first: int, happening: Callable[[], None], last: int | None = None) -> Iterator[Steps]:
    """Inside, calls number `first` to `last` (`first` alone if None), counted from 0, meet the
    happening.
    """
    steps = Steps(first, first if last is None else last, happening)
    _armed.append(steps)
    try:
        yield steps
    finally:
        _armed.remove(steps)
