# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""The processes of a prefork pool, by the files that they keep in one folder."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from ..processes import combined, write_values
from ..reading import TORN, check_values, is_begun, put_aside, say_once
from .attempts import Attempt
from .identity import NOBODY, identity, is_alive, pid_of
from .ring import Ring, attempts_in

_REMEMBERED: Final = 1000
"""Attempts of children that are gone which are kept in mind."""

_KIND: Final = re.compile(r"(counter|gauge_\w+|histogram|summary)_")

_T = TypeVar("_T")


class Children:
    """Their counts, and their last attempts.

    `<kind>_<identity>.db` holds values. `attempts_<identity>` holds the last attempts
    of a child, so that it is known of one that is gone whether it counted them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unreadable: set[Path] = set()
        self._ring: Ring | None = None
        self._ring_of = ""
        self._gone: OrderedDict[tuple[int, str], tuple[str, bool]] = OrderedDict()

    def begin(self) -> None:
        """In a child: it begins."""
        self._own_ring()

    def note(self, attempt: Attempt, counted: bool) -> None:
        """In a child: an attempt begins, gets another name, or has been counted."""
        try:
            if ring := self._own_ring():
                ring.note(attempt.task_id, attempt.task_type, counted=counted)
        except OSError:  # the disk is full, of which others tell
            return

    def _own_ring(self) -> Ring | None:
        """This process's; none where the disk is full, until it has room."""
        if self._ring_of != identity():  # this process was forked from that one
            try:
                self._ring = Ring(self._folder / f"attempts_{identity()}")
                self._ring_of = identity()
            except OSError:
                return None
        return self._ring

    def attempt(self, task_id: str, pid: int) -> tuple[str, bool] | None:
        """Type of the attempt, and whether its process counted it; None if unknown."""
        for path in self._noted():
            if pid_of(_identity(path)) == pid and task_id in (
                known := attempts_in(path)
            ):
                return known[task_id]
        return self._gone.get((pid, task_id))

    def _noted(self) -> list[Path]:
        return [
            path
            for path in self._folder.glob("attempts_*")
            if pid_of(_identity(path)) > 0
        ]

    def living(self) -> list[int]:
        """Process ids of the children."""
        names = map(_identity, self._noted())
        return [pid_of(name) for name in names if is_alive(name)]

    def compact(self) -> None:
        """Keep what children that are gone have counted; forget what only they were."""
        for path in self._noted():
            if not is_alive(_identity(path)):
                for task_id, known in attempts_in(path).items():
                    self._gone[pid_of(_identity(path)), task_id] = known
                path.unlink(missing_ok=True)
        while len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)
        try:
            self._despite_torn(self._add_up)
        except OSError as error:  # a full disk: the files stay as they are
            say_once(f"{self._folder} keeps files of ended processes", error)

    def _add_up(self) -> None:
        """Make one file a kind of those whose process is gone."""
        gone: dict[str, list[Path]] = {}
        living: dict[str, list[Path]] = {}
        for path in self._files():
            alive = _identity(path) != NOBODY and is_alive(_identity(path))
            (living if alive else gone).setdefault(_kind(path), []).append(path)
        for kind, paths in gone.items():
            archive = self._folder / f"{kind}_{NOBODY}.db"
            ended = [path for path in paths if path != archive]
            # What a process says of itself alone is nothing when it is gone.
            if ended and not kind.startswith(("gauge_live", "gauge_all")):
                for path in filter(is_begun, paths):
                    check_values(str(path))
                if values := combined(kind, paths, living.get(kind, [])):
                    write_values(archive.with_suffix(".new"), values)
                    archive.with_suffix(".new").replace(archive)
            for path in ended:
                path.unlink(missing_ok=True)

    def _despite_torn(self, reading: Callable[[], _T]) -> _T:
        """Its answer. A file that it cannot read is put aside, and it reads anew."""
        try:
            return reading()
        except (*TORN, PermissionError):
            self._unreadable = {path for path in self._files() if put_aside(path)}
            return reading()

    def _files(self) -> Sequence[Path]:
        """Files with values, always in the same order, as sums depend on it.

        Of gauges our own is first: where one shows the greatest of all values and ours
        is NaN, that is what it shows.
        """
        files = [
            path
            for path in self._folder.glob("*_*.db")
            if _KIND.match(path.name)
            and pid_of(_identity(path)) >= 0
            and path not in self._unreadable
            and path.is_file()  # others could not be removed, and be added up again
        ]
        return sorted(files, key=lambda path: (not _is_own_gauge(path), path))

    def collect(self) -> list[Metric]:
        """The values of all processes together. Label pid: without when it started."""
        metrics = self._despite_torn(self._merged)
        for metric in metrics:
            for sample in metric.samples:
                if "pid" in sample.labels and metric.type == "gauge":
                    sample.labels["pid"] = sample.labels["pid"].partition("-")[0]
        return metrics

    def _merged(self) -> list[Metric]:
        merge: Callable[[list[str]], Iterable[Metric]] = MultiProcessCollector.merge
        return list(merge([str(path) for path in self._files() if is_begun(path)]))


def _kind(path: Path) -> str:
    return path.stem.rpartition("_")[0]


def _identity(path: Path) -> str:
    """Of the process whose file it is."""
    return path.stem.rpartition("_")[2]


def _is_own_gauge(path: Path) -> bool:
    return path.name.startswith("gauge") and _identity(path) == identity()
