"""The last attempts of a process, in a file that outlives it."""

from __future__ import annotations

import json
import mmap
import os
import sys
from pathlib import Path
from typing import Final

from ..files import allocate
from ..reading import TORN

__all__ = ["Ring", "attempts_in"]

_SLOTS: Final = 8
_ROOM: Final = 512
"""Bytes of a slot, unless an attempt needs more: number and state, then text."""

_HEAD: Final = 8
_RUNNING: Final = 1
_COUNTED: Final = 2


class Ring:
    """A file of slots that the process has mapped, one attempt after the other in each.

    Killed at any instruction the process leaves whole attempts behind. A slot has no
    number while its text is written; the number and the state are eight bytes, written
    at once. The text has the number too: of a slot that is being written a reader
    sees that the two do not belong together.
    """

    def __init__(self, path: Path) -> None:
        """Makes the file. Raises OSError where there is no room for it."""
        self._path = path
        self._number = 0
        self._last: tuple[str, ...] = ()
        self._open(path, _ROOM)

    def _open(self, path: Path, room: int) -> None:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            allocate(file, room * _SLOTS)
            os.ftruncate(file, room * _SLOTS)
            self._file = mmap.mmap(file, room * _SLOTS)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(file)
        self._room = room
        self._heads = memoryview(self._file).cast("q")

    def note(self, task_id: str, task_type: str, *, counted: bool) -> None:
        """The attempt begins, gets another name, or has been counted.

        Raises OSError where a long name finds no room.
        """
        if self._last != (task_id, task_type) or not counted:
            self._number += 1
            self._last = task_id, task_type
            self._write()
        if counted:
            self._state(_COUNTED)

    def _write(self) -> None:
        text = json.dumps([self._number, *self._last]).encode()
        if len(text) > self._room - _HEAD:
            self._grow(len(text))
        self._heads[self._slot() // 8] = 0
        begin = self._slot() + _HEAD
        self._file[begin : begin + self._room - _HEAD] = text.ljust(self._room - _HEAD)
        self._state(_RUNNING)

    def _slot(self) -> int:
        return self._number % _SLOTS * self._room

    def _state(self, state: int) -> None:
        self._heads[self._slot() // 8] = self._number * 4 + state

    def _grow(self, needed: int) -> None:
        """A file with longer slots in the place of this one, with what is in it."""
        old, old_room = bytes(self._file), self._room
        path = self._path.with_name(f"new-{self._path.name}")
        self._open(path, (2 * needed + _HEAD + 7) // 8 * 8)
        for slot in range(_SLOTS):
            place = slot * self._room
            kept = old[slot * old_room : (slot + 1) * old_room]
            self._file[place : place + self._room] = kept.ljust(self._room)
        path.replace(self._path)


def attempts_in(path: Path) -> dict[str, tuple[str, bool]]:
    """Type of each attempt, and whether it was counted, by the task's id.

    Empty where the file is gone or no such file.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    room = len(data) // _SLOTS
    found: list[tuple[int, str, str, bool]] = []
    for begin in range(0, room * _SLOTS, room or 1):
        head = int.from_bytes(data[begin : begin + _HEAD], sys.byteorder)
        number, state = divmod(head, 4)
        try:
            told, task_id, task_type = json.loads(data[begin + _HEAD : begin + room])
        except TORN:  # empty, being written, or of somebody else
            continue
        if told == number and isinstance(task_id, str) and isinstance(task_type, str):
            found.append((number, task_id, task_type, state == _COUNTED))
    return {
        task_id: (task_type, counted)
        for _, task_id, task_type, counted in sorted(found)
    }
