"""Which process this is, whether another one lives, and the memory that it has.

A process is known by its id and by when it started: ids are given out again.
"""

from __future__ import annotations

import os
from pathlib import Path

NOBODY = "0"
"""The identity, of no process, under which values of those that are gone are kept."""


def _stat(pid: int | str) -> list[str]:
    """State of the process, its parent's id, and so on: proc(5) from the third field.

    Raises OSError where there is no such process, or no /proc.
    """
    text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    return text.rpartition(")")[2].split()


def identity_of(pid: int) -> str:
    """The process's id, and on Linux when it started: ids are given out again.

    123-45678, in ticks of the clock since the machine started; elsewhere 123.
    """
    try:
        return f"{pid}-{_stat(pid)[19]}"
    except OSError:
        return str(pid)


def pid_of(identity: str) -> int:
    """The process id in it; -1 if it is no identity."""
    pid, _, started = identity.partition("-")
    return int(pid) if pid.isdecimal() and (not started or started.isdecimal()) else -1


def is_alive(identity: str) -> bool:
    """Whether this very process runs.

    One that was killed does not, even if Celery has it yet, nor does one whose process
    id another one has by now.
    """
    if identity == NOBODY:
        return True
    pid, _, started = identity.partition("-")
    try:
        os.kill(int(pid), 0)
        stat = _stat(pid)
    except (ProcessLookupError, OverflowError):
        return False
    except (FileNotFoundError, PermissionError):
        return True
    return stat[0] not in {"X", "Z"} and started in {"", stat[19]}


def resident(pid: int) -> int:
    """Bytes of memory that the process has; 0 when it is gone, or not on Linux."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]
    except (ProcessLookupError, FileNotFoundError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


class _ThisProcess:
    """Its identity, without a look at /proc for each count."""

    def __init__(self) -> None:
        self.identity = identity_of(os.getpid())
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._look)

    def _look(self) -> None:
        self.identity = identity_of(os.getpid())


_this = _ThisProcess()


def identity() -> str:
    """Of this process."""
    return _this.identity
