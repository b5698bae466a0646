"""Processes that outlive the command which started them, each the leader of its own group."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from pbmon.errors import UsageError

PATIENCE = 10.0  # seconds between asking a process to end and killing it
_PAUSE = 0.05


@dataclass(frozen=True)
class Seen:
    """A process of the system. group: id of its process group. started: see `_started`."""

    group: int
    started: str
    ended: bool


@dataclass(frozen=True)
class Started:
    """A process that pbmon started; `started` tells it from a later one with the same number."""

    pid: int
    started: str


NEVER = Started(0, "")


def start(
    command: list[str], *, log: Path, folder: Path, environment: Mapping[str, str], user: str | None
) -> Started:
    """Starts the command in `folder`; what it prints goes to `log`. user: who it runs as, None for
    who runs pbmon.

    Raises UsageError where it cannot be started.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PROMETHEUS_", "PYTHON", "PG"))
    }
    try:
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={**inherited, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C ends pbmon, and down ends the whole group
                **as_user(user),
            )
    except OSError as error:
        raise UsageError(
            f"{command[0]} cannot be started: {error.strerror or error}",
            "see whether it is a program",
        ) from None
    process.returncode = 0  # nobody waits for it: it is to outlive this process
    seen = table().get(process.pid)
    return Started(process.pid, seen.started if seen else "")


def as_user(user: str | None) -> dict[str, Any]:
    """Arguments of subprocess that drop root's rights for those of the user."""
    return (
        {}
        if user is None
        else {"user": user, "group": user if _has_group(user) else None, "extra_groups": []}
    )


def members(process: Started, processes: Mapping[int, Seen]) -> list[int]:
    """The numbers of the running processes of its group; none where its own number belongs to
    another process by now.
    """
    leader = processes.get(process.pid)
    if not process.pid or (leader is not None and leader.started != process.started):
        return []
    return sorted(
        pid for pid, seen in processes.items() if seen.group == process.pid and not seen.ended
    )


def runs(process: Started, processes: Mapping[int, Seen]) -> bool:
    """Whether the process itself still runs, whatever its children do."""
    return process.pid in members(process, processes)


def stop(processes: Iterable[Started], ask: signal.Signals) -> None:
    """Asks each process to end and waits; kills what is left of its group after
    PATIENCE seconds.
    """
    waiting = [process for process in processes if members(process, table())]
    for process in waiting:
        if runs(process, table()):
            _send(process.pid, ask)
    end = time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end:
        time.sleep(_PAUSE)
        now = table()
        for process in [process for process in waiting if not runs(process, now)]:
            waiting.remove(process)
            _kill(process)
    for process in waiting:
        _kill(process)


def _kill(process: Started) -> None:
    """Kills all of the group, and waits until it is gone."""
    for _ in range(100):
        left = members(process, table())
        if not left:
            return
        for pid in left:
            _send(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def table() -> dict[int, Seen]:
    """Every process of the machine that may be seen, by number."""
    seen = {}
    for pid in psutil.pids():  # process_iter() would take a later process for the one it knows
        # the process has just ended, or belongs to another user
        with suppress(psutil.Error, OSError):
            process = psutil.Process(pid)
            ended = process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
            seen[pid] = Seen(os.getpgid(pid), _started(process), ended)
    return seen


def _started(process: psutil.Process) -> str:
    """When it was started, to a hundredth of a second.

    On Linux it is relative to the start of the machine: the time since 1970 changes with the clock.
    """
    since = psutil.boot_time() if sys.platform == "linux" else 0.0
    return f"{process.create_time() - since:.2f}"


def _has_group(name: str) -> bool:
    import grp

    return any(group.gr_name == name for group in grp.getgrall())
