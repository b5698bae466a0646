"""File and line of an object's author."""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

_above: ContextVar[str] = ContextVar("above", default="")


@dataclass(frozen=True, order=True)
class Source:
    """A line in somebody's file. Prints as `definitions/api.py:41`; line 0 means the file as a
    whole.

    file: below the folder of the definitions, whose own name it begins with, so that it is the same
    wherever pbmon is called; this is what generated files say. call: the code and the instruction
    that stood there, where Python was running it. above: what leads from the current directory to
    that folder, with a `/` at its end.
    """

    file: str
    line: int
    call: tuple[CodeType, int] | None = field(default=None, compare=False, repr=False)
    above: str = field(default_factory=_above.get, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def path(self) -> str:
        """The file as messages show it: relative to the current directory."""
        return self.file if self.file.startswith("<") else self.above + self.file

    @property
    def columns(self) -> tuple[int, int] | None:
        """Where in its line the call begins and ends, in bytes of UTF-8; None if unknown.

        A call of several lines ends behind the first one. Computed on demand, since messages show
        few sources. https://docs.python.org/3/reference/datamodel.html#codeobject.co_positions
        """
        if self.call is None:
            return None
        code, instruction = self.call
        position = next(islice(code.co_positions(), instruction // 2, None), None)
        if position is None:
            return None
        line, end_line, begin, end = position
        if line != self.line or begin is None or end is None:
            return None
        return begin, end if end_line == line else sys.maxsize


_derived_from: ContextVar[Source | None] = ContextVar("derived_from", default=None)


@contextmanager
def read_from(folder: Path) -> Iterator[None]:
    """Within this context here() is that line: the author's, for definitions that pbmon derives."""
    parent, here = Path(os.path.abspath(folder)).parent, Path.cwd()  # noqa: PTH100 - keeps links
    if parent.is_relative_to(here):
        above = parent.relative_to(here).as_posix()
    else:
        above = "" if folder.is_absolute() else folder.parent.as_posix()
    token = _above.set("" if above in {"", "."} else f"{above}/")
    try:
        yield
    finally:
        _above.reset(token)


@contextmanager
def derived_from(source: Source) -> Iterator[None]:
    """While it lasts, here() is that line: for definitions that pbmon makes from one that somebody
    wrote there.
    """
    token = _derived_from.set(source)
    try:
        yield
    finally:
        _derived_from.reset(token)


_FAR = 10_000
"""Bytes of instructions from which on a table of lines is worth making."""

_table: ContextVar[tuple[CodeType | None, list[int], list[int]]] = ContextVar(
    "table", default=(None, [], [])
)
"""The latest long code, where each of its lines begins, and those lines."""


def _line(frame: FrameType) -> int:
    """The frame's line. Python counts from the beginning of the code each time, so a module of
    thousands of panels would take time by the square of them.
    """
    if frame.f_lasti < _FAR:
        return frame.f_lineno
    code, begins, lines = _table.get()
    if code is not frame.f_code:
        code = frame.f_code
        table = [(begin, line) for begin, _, line in code.co_lines() if line is not None]
        begins, lines = [begin for begin, _ in table], [line for _, line in table]
        _table.set((code, begins, lines))
    return lines[bisect_right(begins, frame.f_lasti) - 1]


def here() -> Source:
    """The nearest line on the call stack that is not pbmon's own: the one the author wrote.

    The catalog compiles definitions under a path relative to the project, so the file is already
    fit to be shown.
    """
    if source := _derived_from.get():
        return source
    for frame in _authors():
        return Source(frame.f_code.co_filename, _line(frame), (frame.f_code, frame.f_lasti))
    return Source("<pbmon>", 0)


def module_here() -> tuple[str, Mapping[str, object]]:
    """The file of the author's module that is running, and the names that it has bound so far;
    nothing where none is, or where pbmon derives definitions.
    """
    if _derived_from.get() is None:
        for frame in _authors():
            if frame.f_code.co_name == "<module>":
                return frame.f_code.co_filename, frame.f_globals
    return "", {}


def _authors() -> Iterator[FrameType]:
    """Frames on the call stack that are not pbmon's own, the nearest first."""
    frame: FrameType | None = sys._getframe(1)
    # pbmon importing itself
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        module = frame.f_globals.get("__name__", "")
        if (
            module != "pbmon"
            and not module.startswith("pbmon.")
            and frame.f_code.co_filename != "<string>"
        ):
            yield frame
        frame = frame.f_back
