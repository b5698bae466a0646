# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""The files in which a process counts when several share PROMETHEUS_MULTIPROC_DIR.

prometheus_client maps a file for each kind of metric into memory. On a full disk such
a map kills the process, and a file that is torn keeps it from starting. Here the room
of a file is reserved before it is mapped. Without room the process goes on, says so
once, and writes what it has counted as soon as there is room again.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO, Final

from prometheus_client import multiprocess, values
from prometheus_client.mmap_dict import MmapedDict

from .reading import is_begun, put_aside, read_values, say_once
from .slots import fork_mark

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "ReservedFile",
    "allocate",
    "locked",
    "prepare",
    "shared_folder",
]

_BEGINNING: Final = 1 << 16
"""Bytes of a new file, as prometheus_client makes it."""

_PAUSE: Final = 10.0
"""Seconds until a file that had no room is tried again."""

_prepared: set[str] = set()


class _Threads:
    """Lets one thread of this process at a time have the folder's lock."""

    lock = threading.Lock()


def shared_folder() -> str:
    """PROMETHEUS_MULTIPROC_DIR if set: absolute, for an app may change its own."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    if folder and not Path(folder).is_absolute():
        folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(Path(folder).absolute())
    return folder


def prepare(folder: str) -> None:
    """Makes the folder; metrics made from now on keep what they count there, safely."""
    if folder in _prepared:
        return
    _prepared.add(folder)
    try:
        Path(folder).mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:  # nor can the files be made, but the app can do without
        say_once(f"{folder} cannot be made, so nobody sees the metrics", error)
    untyped: list[Any] = [values, multiprocess]
    for module in untyped:
        if module.MmapedDict is MmapedDict:  # another one may be there already
            module.MmapedDict = ReservedFile
    _forget_namesake(folder)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _forked(folder))


def _forked(folder: str) -> None:
    _Threads.lock = (
        threading.Lock()
    )  # another thread of the parent may hold the old one
    _forget_namesake(folder)


def _forget_namesake(folder: str) -> None:
    """Removes the own gauges of an ended process that had this one's id.

    They would go on from there. Files that this process has open, for gauges made
    before this file was imported, stay; only Linux tells which those are.
    """
    pid = os.getpid()
    try:
        files = [*Path(folder).glob(f"gauge_live*_{pid}.db")]
        files += Path(folder).glob(f"gauge_all_{pid}.db")
        opened = Path("/proc/self/maps").read_text("utf-8", "replace") if files else ""
        for file in files:
            if file.name not in opened:
                file.unlink()
    except FileNotFoundError:  # the folder is gone, or this is not Linux
        return


@contextmanager
def locked(folder: Path, patience: float) -> Iterator[None]:
    """For one process at a time: to look at the folder, or to make a file in it.

    The lock ends with the process that holds it, and a forked one does not inherit it.
    Raises TimeoutError when the lock is held for longer than `patience` seconds.
    """
    until = monotonic() + patience
    threads = _Threads.lock
    if not threads.acquire(timeout=patience):
        raise TimeoutError("another thread has held the metrics' folder for too long")
    try:
        with (folder / "scrape.lock").open("ab") as lock:
            _lock(lock, until)
            yield
    finally:
        threads.release()


def _lock(lock: BinaryIO, until: float) -> None:
    while fcntl is not None:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EAGAIN}:
                raise
        else:
            return
        if monotonic() > until:
            raise TimeoutError("another process has held scrape.lock for too long")
        sleep(0.005)


class ReservedFile(MmapedDict):
    """A process's values of one kind of metric, in a file that has room for them."""

    _open: Callable[..., None] = MmapedDict.__init__
    read_all_values_from_file = staticmethod(read_values)

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        self._fname = filename
        self._f: Any = None
        self._m: Any = None
        self._positions: dict[str, int] = {}
        self._next_try = 0.0
        self._mark: Any = None
        self._view: Any = None
        self._viewed: Any = None
        if read_mode:
            self._open(filename, True)
        else:
            self._is_open()

    def _is_open(self) -> bool:
        """Whether there is a file; tries to make it now and then."""
        if self._f is not None:
            return True
        if monotonic() < self._next_try:
            return False
        self._next_try = monotonic() + _PAUSE
        try:
            self._make()
        except OSError as error:
            self._f = None
            self._fname = self._fname.removesuffix(".new")
            self._positions = {}
            say_once(f"{self._fname} cannot be made, so nobody sees its metrics", error)
            return False
        return True

    def _make(self) -> None:
        folder = Path(self._fname).parent
        folder.mkdir(0o700, parents=True, exist_ok=True)  # one may have removed it
        with suppress(TimeoutError), locked(folder, 1.0):
            # Under the lock: a scrape takes a file that nobody maps for a dead one's.
            self._take()
        if self._f is None:  # the lock is held by a process that stands still
            self._take()

    def _take(self) -> None:
        file = Path(self._fname)
        if is_begun(file) and not put_aside(file):  # of a process that had the same id
            _reserve(self._fname)
            self._open(self._fname)
            return
        new = file.with_name(f"{file.name}.new")  # a scrape sees it when it is mapped
        new.unlink(missing_ok=True)
        _reserve(str(new))
        self._open(str(new))
        self._fname = str(file)
        new.replace(file)

    def _init_value(self, key: str) -> None:
        if self._f is not None:
            # length of the key, the key filled up to 8 bytes, value, time
            needed = self._used + 4 + len(key.encode()) + 8 + 16
            capacity = self._capacity
            while capacity < needed:
                capacity *= 2
            if capacity > self._capacity:
                allocate(self._f.fileno(), capacity)
        untyped: Any = super()
        untyped._init_value(key)

    def read_value(self, key: str) -> tuple[float, float]:
        """Value and time of its writing; zeros where there is no room to keep them."""
        try:
            if self._is_open():
                known: tuple[float, float] = super().read_value(key)  # type: ignore[no-untyped-call]
                return known
        except OSError as error:
            self._say_full(error)
        return 0.0, 0.0

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Keeps the value, or where there is no room leaves that to the next one."""
        try:
            if self._f is not None or self._is_open():
                super().write_value(key, value, timestamp)  # type: ignore[no-untyped-call]
        except OSError as error:
            self._say_full(error)

    def place_of(self, key: str) -> tuple[Any, int, Any] | None:
        """Where the value of this key is written: a view of doubles, and its index.

        The third's first byte is 1 as long as it may be written there: neither in a
        forked process nor when the file is closed. None where nobody may.
        """
        position = self._positions.get(key)
        if position is None or self._m is None or self._capacity % 8:
            return None
        if self._mark is None:
            self._mark = fork_mark()
        if self._mark is None:
            return None
        if self._viewed is not self._m:  # it has grown: what was mapped stays mapped
            self._viewed, self._view = self._m, memoryview(self._m).cast("d")
        return self._view, position // 8, self._mark

    def close(self) -> None:
        """Ends the use of the file for good."""
        if self._mark is not None:
            self._mark[0] = 0
        if self._view is not None:
            self._view.release()
        super().close()  # type: ignore[no-untyped-call]
        self._next_try = inf

    def _say_full(self, error: OSError) -> None:
        say_once(f"{self._fname} cannot grow, so new series are not seen", error)


def _reserve(name: str) -> None:
    """Gives the file its first room, or an existing one all of its room."""
    file = os.open(name, os.O_RDWR | os.O_CREAT, 0o666)
    size = os.fstat(file).st_size
    try:
        allocate(file, size or _BEGINNING)
    except OSError:
        if not size:
            Path(name).unlink()
        raise
    finally:
        os.close(file)


def allocate(file: int, size: int) -> None:
    """Reserves room. Raises OSError on a full disk. Some file systems cannot do it."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file, 0, size)
        except OSError as error:
            if error.errno not in _UNABLE:
                raise


_UNABLE: Final = {errno.EINVAL, errno.ENODEV, errno.ENOSYS, errno.EOPNOTSUPP}
