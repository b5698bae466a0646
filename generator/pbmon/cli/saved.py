"""When files of a folder were saved."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

POLL = 0.1
"""Seconds between two looks at the definitions."""

SHARE = 10
"""A look takes at most one part in so many of the time: of thousands of files there are fewer."""

Files = dict[str, tuple[int, int, int]]
"""Time of the last change, size and number of each file, by path."""


def settled(definitions: Path, files: Files) -> Files:
    """The files, once two looks at them are equal: an editor may still write."""
    while files != (now := files_of(definitions)):
        files = now
    return files


def files_of(definitions: Path) -> Files:
    """Every file of the definitions, after a pause."""
    begin = time.monotonic()
    files = dict(_stamps(definitions))
    time.sleep(max(POLL, SHARE * (time.monotonic() - begin)))
    return files


def _stamps(folder: Path) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # gone in this moment
        return
    for entry in entries:
        if entry.name == "__pycache__" or entry.name.startswith("."):
            continue
        try:
            if entry.is_dir():
                yield from _stamps(Path(entry.path))
            else:
                stat = entry.stat()
                yield entry.path, (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            continue
