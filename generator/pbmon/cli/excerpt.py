"""The line that a message is about, with carets under the part it means."""

from __future__ import annotations

import tokenize
from functools import lru_cache
from pathlib import Path

from rich.cells import cell_len

from pbmon.conventions import without_credentials
from pbmon.source import Source

WIDTH = 160
"""Characters of a line that are shown; what is beyond is cut."""


def excerpt(source: Source) -> list[str]:
    """The author's line, and below it carets under the call that the message is about; empty where
    the line cannot be read.

    Without known columns the whole line is marked.
    """
    line = _line(source)
    if not source.line or not line:
        return []
    begin, end = source.columns or (0, len(line.encode()))
    before, below = (
        _without_tabs(line.encode()[:column].decode(errors="ignore")) for column in (begin, end)
    )
    text = _without_tabs(line)
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


def _line(source: Source) -> str:
    """The line as it is now, without its end and without passwords; empty where there is none."""
    try:
        lines = _lines(source.path, Path(source.path).stat().st_mtime_ns)
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""
    index = max(source.line - 1, 0)
    return without_credentials(lines[index].rstrip()) if index < len(lines) else ""


@lru_cache(maxsize=8)
def _lines(path: str, _: int) -> list[str]:
    """Of a file, read once for all messages about it, and again at another time of change."""
    with tokenize.open(path) as file:  # in the encoding that the file says it has
        return file.readlines()


def _without_tabs(text: str) -> str:
    """The text with tabs as single spaces, so that carets are under the right characters."""
    return text.replace("\t", " ")
