"""Runs programs one after another in turns, and tells how long each took and how much memory it
needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_MAXRSS = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of ru_maxrss: man getrusage, of macOS and of Linux."""


@dataclass(frozen=True)
class Command:
    """What to run and in which folder. before: what to do first, unmeasured. environment: on top of
    this process's.
    """

    arguments: Sequence[str | Path]
    folder: Path
    before: Callable[[], None] = lambda: None
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Run:
    """One run, or the medians of several. wall, cpu: seconds; cpu counts its child processes too.
    peak: MiB of the largest process.

    output: what it printed.
    """

    wall: float
    cpu: float
    peak: float
    output: str = ""


def run(command: Command) -> Run:
    """Runs it once. Raises RuntimeError with its output where its exit code is not 0."""
    command.before()
    started = time.perf_counter()
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env={**os.environ, **(command.environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f"exit code {process.returncode}: {' '.join(map(str, command.arguments))}\n{output}"
        )
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _MAXRSS / 2**20, output)


def in_turns(commands: Mapping[str, Command], runs: int) -> dict[str, list[Run]]:
    """The runs of each command, in turns, so that a busy moment of the machine meets
    all of them.
    """
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(run(command))
    return found


def medians(runs: Sequence[Run]) -> Run:
    """Median of each figure."""
    return Run(
        median(run.wall for run in runs),
        median(run.cpu for run in runs),
        median(run.peak for run in runs),
    )
