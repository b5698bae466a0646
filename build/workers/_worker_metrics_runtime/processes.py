# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""What all processes have counted that share PROMETHEUS_MULTIPROC_DIR.

What ended processes have counted stays counted, in one file of each kind; their own
gauges (those of the modes all and live) go with them. A file that cannot be read is put
aside, and the others are served.
"""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, partial
from math import inf, nextafter
from operator import add
from pathlib import Path
from typing import Any, Final, TypeAlias

from prometheus_client import ProcessCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from .files import locked
from .reading import TORN, is_begun, put_aside, read_values, say_once, set_aside

__all__ = ["AllProcesses", "combined", "write_values"]

_PATIENCE: Final = 5.0
"""Seconds that a scrape waits for another one."""

_NOBODY: Final = 0
"""Stands in a file's name for all processes that have ended."""

_PID: Final = re.compile(r"(?:counter|gauge_\w+|histogram|summary)_(\d+)\.db", re.ASCII)

_Values: TypeAlias = dict[str, tuple[float, float]]
"""Value and time of its writing, by key."""


class AllProcesses:
    """What they have counted, and what Linux tells of those that live."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Raises TimeoutError when another scrape takes too long."""
        self._folder.mkdir(0o700, parents=True, exist_ok=True)
        with locked(self._folder, _PATIENCE):
            try:
                return self._collected()
            except (*TORN, PermissionError):
                unreadable = {file for file in _files(self._folder) if put_aside(file)}
                if not unreadable:
                    raise
                return self._collected(unreadable)

    def _collected(self, without: Collection[Path] = ()) -> list[Metric]:
        try:
            _take_over_dead(self._folder, without)
        except OSError as error:  # a full disk: the files stay as they are
            say_once(f"{self._folder} keeps files of ended processes", error)
        files = [
            file
            for file in _files(self._folder)
            if file not in without and is_begun(file)
        ]
        merge: Callable[[list[str]], Iterable[Metric]] = MultiProcessCollector.merge
        counted = list(merge([str(file) for file in files]))
        pids = {os.getpid(), *map(_pid, files)} - {_NOBODY}
        return [*counted, *_process_metrics(pids)]


def _files(folder: Path) -> list[Path]:
    """The processes' files, as counter_123.db and gauge_livesum_123.db."""
    files = [file for file in folder.glob("*_*.db") if _PID.fullmatch(file.name)]
    return sorted(file for file in files if file.is_file())  # others cannot be removed


def _pid(file: Path) -> int:
    match = _PID.fullmatch(file.name)
    return int(match[1]) if match else _NOBODY


def _is_in_use(file: Path, mapped_by: Callable[[int], str | None]) -> bool:
    """Whether the process that made the file lives: its id may be another one's now."""
    pid = _pid(file)
    if pid in {_NOBODY, os.getpid()}:
        return pid != _NOBODY
    mapped = mapped_by(pid)
    return mapped is None or file.name in mapped


def _mapped_by(pid: int) -> str | None:
    """What a process has mapped into memory; nothing if it is gone.

    None where that stays unknown: elsewhere than on Linux, or of another user.
    """
    if os.name != "posix":  # there, os.kill(pid, 0) ends the process
        return None
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/maps").read_text("utf-8", "replace")
    except ProcessLookupError:
        return ""
    except OSError:
        return None


def _take_over_dead(folder: Path, without: Collection[Path]) -> None:
    """Adds the files of ended processes up in one a kind, and drops their own gauges.

    Killed at any moment it counts nothing twice and loses nothing: what is to be done
    is written down first, and done again by the next scrape.
    """
    plan = folder / "merge.json"
    _carry_out(folder, plan)
    dead: dict[str, list[Path]] = {}
    living: dict[str, list[Path]] = {}
    mapped_by = cache(_mapped_by)  # each process is looked at once
    for file in _files(folder):
        if file in without:
            continue
        kind = file.stem.rpartition("_")[0]
        of_kind = living if _is_in_use(file, mapped_by) else dead
        of_kind.setdefault(kind, []).append(file)
    replaced: dict[str, str] = {}
    removed: list[str] = []
    for kind, all_files in dead.items():
        archive = f"{kind}_{_NOBODY}.db"
        if [file.name for file in all_files] == [archive]:
            continue
        files = [file for file in all_files if not put_aside(file)]
        ended = [file.name for file in files if file.name != archive]
        removed += ended
        # gauge_all has a series for each process, which would stay for ever.
        if ended and not kind.startswith(("gauge_live", "gauge_all")):
            replaced[f"{kind}.merging"] = archive
            values = combined(kind, files, living.get(kind, []))
            write_values(folder / f"{kind}.merging", values)
    if removed:
        todo = json.dumps({"replaced": replaced, "removed": removed})
        (folder / "merge.tmp").write_text(todo, "utf-8")
        (folder / "merge.tmp").replace(plan)
        _carry_out(folder, plan)


def _carry_out(folder: Path, plan: Path) -> None:
    if not plan.exists():
        return
    try:
        todo = json.loads(plan.read_text("utf-8"))
        replaced = {
            Path(new).name: Path(old).name for new, old in todo["replaced"].items()
        }
        removed = [Path(name).name for name in todo["removed"]]
    except (KeyError, *TORN) as error:
        # The files that it is about are still there, and are merged anew.
        set_aside(plan, error)
        return
    for merged, archive in replaced.items():
        if (folder / merged).exists():
            (folder / merged).replace(folder / archive)
    for name in removed:
        (folder / name).unlink(missing_ok=True)
    plan.unlink()


def _read(files: Iterable[Path]) -> Iterator[tuple[str, float, float]]:
    for file in files:
        if is_begun(file):
            for key, value, time, _ in read_values(str(file)):
                yield key, value, time


def combined(kind: str, dead: list[Path], living: list[Path]) -> _Values:
    """What files of ended processes hold together, beside those of living ones."""
    merged: _Values = {}
    for key, value, time in _read(dead):
        new = value, time
        merged[key] = _joined(kind, merged[key], new) if key in merged else new
    if kind not in {"counter", "histogram", "summary"}:
        return merged
    # Added in another order, a sum may lose its last bit, which Prometheus takes for a
    # restart and counts all of it again. So the sum of all is never less than it was.
    before: dict[str, float] = {}
    others: dict[str, list[float]] = {}
    alive = {str(file) for file in living}
    for file in sorted([*dead, *living]):
        for key, value, _ in _read([file]):
            before[key] = before.get(key, 0.0) + value
            if str(file) in alive:
                others.setdefault(key, []).append(value)
    for key, (least, time) in merged.items():
        value = least
        while (missing := before[key] - _added(value, others.get(key, ()))) > 0:
            value = max(value + missing, nextafter(value, inf))
        merged[key] = value, time
    return merged


def _added(first: float, others: Iterable[float]) -> float:
    """One after the other, as prometheus_client adds; sum() is more exact than that."""
    total = first
    for value in others:
        total += value
    return total


def _joined(
    kind: str, one: tuple[float, float], other: tuple[float, float]
) -> tuple[float, float]:
    match kind:
        case "gauge_min":
            return min(one, other)
        case "gauge_max":
            return max(one, other)
        case "gauge_mostrecent":
            return max(one, other, key=lambda written: written[1])
        case _:
            return one[0] + other[0], max(one[1], other[1])


def write_values(file: Path, values: _Values) -> None:
    """A file as prometheus_client's own. On a full disk it is gone again.

    Raises OSError there, where a file mapped into memory would kill the process.
    """
    parts = [b""]
    for key, (value, time) in values.items():
        text = key.encode()
        padded = text + b" " * (8 - (len(text) + 4) % 8)
        parts.append(struct.pack(f"i{len(padded)}sdd", len(text), padded, value, time))
    parts[0] = struct.pack("ii", 8 + sum(map(len, parts)), 0)
    try:
        file.write_bytes(b"".join(parts))
    except OSError:
        file.unlink(missing_ok=True)
        raise


def _process_metrics(pids: Iterable[int]) -> list[Metric]:
    """process_* of these processes together: sums, and the start of the youngest."""
    total: dict[str, Metric] = {}
    for pid in sorted(pids):
        untyped: Any = ProcessCollector
        for metric in untyped("", partial(str, pid), registry=None).collect():
            first = total.setdefault(metric.name, metric)
            if first is not metric:
                join = max if metric.name == "process_start_time_seconds" else add
                (known,), (sample,) = first.samples, metric.samples
                value = join(known.value, sample.value)
                first.samples[0] = known._replace(value=value)
    return list(total.values())
