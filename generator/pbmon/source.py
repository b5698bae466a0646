"""File and line of an object's author."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import FrameType


@dataclass(frozen=True, order=True)
class Source:
    """A line in somebody's file. Prints as `definitions/api.py:41`; line 0 means the file as a
    whole.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


_derived_from: ContextVar[Source | None] = ContextVar("derived_from", default=None)


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


def here() -> Source:
    """The nearest line on the call stack that is not pbmon's own: the one the author wrote.

    The catalog compiles definitions under a path relative to the project, so the file is already
    fit to be shown.
    """
    if source := _derived_from.get():
        return source
    frame: FrameType | None = sys._getframe(1)
    # pbmon importing itself
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        module = frame.f_globals.get("__name__", "")
        if (
            module != "pbmon"
            and not module.startswith("pbmon.")
            and frame.f_code.co_filename != "<string>"
        ):
            return Source(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return Source("<pbmon>", 0)
