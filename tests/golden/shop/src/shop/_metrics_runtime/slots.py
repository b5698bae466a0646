# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""Where counters and histograms keep numbers: added to without a lock, and exactly.

CPython hands the interpreter from one thread to another, runs a signal's handler or a
greenlet, only where code calls something, begins, or jumps back. `slot.value += amount`
with two floats does none of these, so no other addition falls in between. A Python that
promises less, one without the global lock or PyPy, keeps prometheus_client's values,
which have a lock each.
"""

from __future__ import annotations

import mmap
import sys
from typing import Any, Final

from prometheus_client import values

__all__ = ["MappedSlot", "Slot", "fork_mark", "slot_of"]

_ADDS_AT_ONCE: Final = (
    sys.implementation.name == "cpython" and "free-threading" not in sys.version
)
"""Whether no thread comes between the reading and the writing of an addition."""

_WIPE_ON_FORK: Final = 18
"""madvise(2): a child sees zeros. Of Linux 4.14 and later."""


class Slot:
    """A number in memory; what prometheus_client asks of its own values."""

    __slots__ = ("exemplar", "value")

    def __init__(self) -> None:
        self.value = 0.0
        self.exemplar: Any = None

    def inc(self, amount: float) -> None:
        self.value += amount

    def set(self, value: float, *_: Any, **__: Any) -> None:
        self.value = float(value)

    def get(self) -> float:
        return self.value

    def set_exemplar(self, exemplar: Any) -> None:
        self.exemplar = exemplar

    def get_exemplar(self) -> Any:
        return self.exemplar


class MappedSlot:
    """A number in a file that the process has mapped: it writes its eight bytes.

    The value is prometheus_client's, which keeps its place in the file. It is asked the
    first time, after a fork, and where its file has no room.
    """

    __slots__ = ("_mark", "_place", "_value", "_view")

    def __init__(self, value: Any) -> None:
        self._value = value
        self._mark: Any = b"\0"
        self._view: Any = None
        self._place = 0

    def inc(self, amount: float) -> None:
        if self._mark[0]:  # the file is open, and this process has opened it
            value = self._value
            value._value += amount
            self._view[self._place] = value._value
        else:
            self._inc_anew(amount)

    def _inc_anew(self, amount: float) -> None:
        value = self._value
        value.inc(amount)
        place_of = getattr(value._file, "place_of", None)
        found = place_of(value._key) if place_of else None
        if found is not None:
            self._view, self._place, mark = found
            self._mark = mark
            # Another thread may have added while this one wrote what it had read.
            self._view[self._place] = value._value

    def set(self, value: float, timestamp: float | None = None) -> None:
        self._value.set(value, timestamp)

    def get(self) -> float:
        known: float = self._value.get()
        return known

    def set_exemplar(self, exemplar: Any) -> None:
        self._value.set_exemplar(exemplar)

    def get_exemplar(self) -> Any:
        return self._value.get_exemplar()


def slot_of(value: Any) -> Any:
    """What counts in the place of a new value of prometheus_client's; else itself."""
    if not _ADDS_AT_ONCE:
        return value
    if type(value) is values.MutexValue:
        return Slot()
    if getattr(value, "_multiprocess", False) and hasattr(value, "_file"):
        return MappedSlot(value)
    return value


def fork_mark() -> mmap.mmap | None:
    """A byte that is 1 in this process and 0 in every process that it forks.

    None where the system has no such thing. Unlike a hook of Python's it also tells of
    forks that a program around Python makes, and unlike the process id it asks nobody.
    """
    if sys.platform != "linux":
        return None
    page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        page.madvise(_WIPE_ON_FORK)
    except OSError:
        return None
    page[0] = 1
    return page
