"""The complete new tree, made beside the old one: changed files written, all others moved over as
hard links.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Container, Mapping
from contextlib import suppress
from pathlib import Path

from pbmon.output.changes import Changes
from pbmon.output.paths import parents
from pbmon.output.tree import Tree, is_folder, is_same, survey


def stage(old: Path, tree: Tree, new: Path, changes: Changes, written: Mapping[str, bytes]) -> None:
    """Makes the folder `new`, complete and on disk. tree: the survey of `old`. written: bytes by
    path.

    OSError leaves a part of it behind.
    """
    new.mkdir()
    for path in changes.folders:
        if path in tree and tree[path].st_dev != old.stat().st_dev:
            raise mount_inside(old / path)
        (new / path).mkdir()
    for path in changes.untouched:
        _carry(old / path, new / path, tree[path])
    for path, content in written.items():
        write_new(new / path, content)
    altered = {next(parents(path), "") for path in (*changes.kinds, *written)}
    for path in (*reversed(changes.folders), ""):
        was_there = is_folder(tree[path]) if path in tree else not path and old.exists()
        if was_there:
            _dress(new / path, old / path)
        if path in altered:
            os.utime(new / path)
        sync(new / path)


def rescue(old: Path, tree: Tree, new: Path, ours: Container[str]) -> None:
    """Moves files into the new tree that somebody saved in the old one between its survey (tree)
    and the swap. ours: paths of pbmon.
    """
    for path, status in survey(old).items():
        if not is_folder(status) and path not in ours and not is_same(status, tree.get(path)):
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (old / path).replace(new / path)


def write_new(file: Path, content: bytes) -> None:
    """Writes a file that must not exist yet, and flushes it to the disk."""
    descriptor = os.open(
        file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644
    )
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(descriptor)


def _carry(source: Path, target: Path, status: os.stat_result) -> None:
    """The same file in both trees; a copy where the file system has no hard links.

    Windows gets copies: there a link shares the read-only mark, and a file so marked could not be
    deleted with the old tree.
    """
    if sys.platform != "win32" and not stat.S_ISLNK(status.st_mode):
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno == errno.EXDEV:
                raise mount_inside(source) from error
        else:
            return
    shutil.copy2(source, target, follow_symlinks=False)
    _give_owner(target, status)
    sync(target)


def mount_inside(path: Path) -> OSError:
    """The error for a mount inside the folder: it would vanish with the old tree, and no file can
    be renamed into it.
    """
    return OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(path))


def _dress(folder: Path, like: Path) -> None:
    """Gives a folder the owner, mode, times and attributes of the one it replaces."""
    _give_owner(folder, like.stat())
    shutil.copystat(like, folder)


def _give_owner(target: Path, status: os.stat_result) -> None:
    """Keeps the owner of a file when root runs the build."""
    if sys.platform != "win32":
        with suppress(PermissionError):
            os.chown(target, status.st_uid, status.st_gid, follow_symlinks=False)


def sync(path: Path) -> None:
    """Flushes a folder or a copied file to the disk where the system can: Windows opens no folders.
    Symbolic links are not followed.
    """
    if not path.is_symlink():
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
