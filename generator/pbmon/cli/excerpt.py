"""The line that a message is about, with a caret under what stands there."""

from __future__ import annotations

import linecache

from rich.cells import cell_len

from pbmon.source import Source

WIDTH = 160
"""Characters of a line that are shown; what is beyond is cut."""


def excerpt(source: Source) -> list[str]:
    """The author's line, and below it signs under the call that the message is about; empty where
    the line cannot be read.

    Under a whole line where nobody knows which part of it is meant.
    """
    linecache.checkcache(source.path)  # a command that stays may print twice, with an edit between
    line = linecache.getline(source.path, source.line).rstrip() if source.line else ""
    if not line.strip():
        return []
    begin, end = source.columns or (0, len(line.encode()))
    before, below = (
        _shown(line.encode()[:column].decode(errors="ignore")) for column in (begin, end)
    )
    text = _shown(line)
    indent = len(text) - len(text.lstrip())
    left = max(cell_len(before), cell_len(text[:indent]))
    number = f"{source.line:5} | "
    margin = " " * (len(number) - 2) + "| "
    signs = "^" * max(1, min(cell_len(below), WIDTH) - left)
    return (
        [number + text[:WIDTH], margin + " " * left + signs]
        if left < WIDTH
        else [number + text[:WIDTH]]
    )


def _shown(text: str) -> str:
    """A tab is as wide as a space, so that the signs stand under what they mean."""
    return text.replace("\t", " ")
