"""What lies in a folder, without following symbolic links."""

from __future__ import annotations

import os
import stat
from collections.abc import Container
from pathlib import Path

# lstat of every entry, by its path relative to the folder with `/` between the parts, in order of
# path.
Tree = dict[str, os.stat_result]


def survey(folder: Path, within: Container[str] | None = None) -> Tree:
    """Every entry below a folder; nothing where the folder does not exist. OSError for what cannot
    be read.

    within: the only folders below it to look into, by path; None for all of them.
    """
    tree: Tree = {}
    pending = [""] if os.path.lexists(folder) else []
    while pending:
        above = pending.pop()
        for child in (folder / above).iterdir():
            path = f"{above}/{child.name}" if above else child.name
            tree[path] = child.lstat()
            if is_folder(tree[path]) and (within is None or path in within):
                pending.append(path)
    return dict(sorted(tree.items()))


def is_folder(status: os.stat_result) -> bool:
    """Whether it is a real folder, not a symbolic link or a Windows junction to another place."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISDIR(status.st_mode) and getattr(status, "st_reparse_tag", 0) != junction


def content(file: Path) -> bytes | None:
    """The bytes of a plain file; None for a symbolic link, a folder or a device."""
    return file.read_bytes() if stat.S_ISREG(file.lstat().st_mode) else None


def is_same(one: os.stat_result, other: os.stat_result | None) -> bool:
    """Whether an entry was neither replaced nor written between two looks at it."""
    return other is not None and _trace(one) == _trace(other)


def _trace(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
