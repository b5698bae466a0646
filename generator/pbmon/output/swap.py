"""A staged tree takes the place of the output folder in one step.

Beside `build`, `.build.pbmon-new` is the tree being staged and, after the swap, the old one on its
way out. Where the system cannot exchange two folders, the old one first becomes `.build.pbmon-old`.
That name exists only when the new tree is complete, so both names without `build` mean that a build
was killed between two renames, and that the new tree holds.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
from pathlib import Path

from pbmon.errors import UsageError
from pbmon.output.tree import is_folder, survey


def staged(target: Path) -> Path:
    """Where the new tree is made."""
    return target.with_name(f".{target.name}.pbmon-new")


def retired(target: Path) -> Path:
    """Where the old tree goes if it cannot be exchanged."""
    return target.with_name(f".{target.name}.pbmon-old")


def current(target: Path) -> Path:
    """Where to read the tree: in the output folder, unless a killed build left the new tree beside
    it.
    """
    return staged(target) if _is_between(target) else target


def settle(target: Path) -> None:
    """Completes a build that was killed: puts its tree in place if the swap had begun, and deletes
    its leftovers.
    """
    new, old = staged(target), retired(target)
    if _is_between(target):
        new.rename(target)
    elif os.path.lexists(new) and os.path.lexists(old):
        raise UsageError(
            f"{target} was made anew after a build was killed while replacing it; files of yours"
            f" may be in {old} alone",
            f"move them from there into {target}, then delete {old} and {new}",
        )
    discard(new)
    discard(old)


def swap(target: Path) -> Path | None:
    """Puts the staged tree in place and returns where the old one is now; None if there was none.

    OSError if the system refuses: the old tree is then in place.
    """
    new, old = staged(target), retired(target)
    if not os.path.lexists(target):
        new.rename(target)
        return None
    if _exchange(new, target):
        return new
    target.rename(old)
    try:
        new.rename(target)
    except OSError as error:
        try:
            old.rename(target)
        except OSError:
            raise UsageError(
                f"{target} could be neither replaced nor put back ({error.strerror}): its old"
                f" content is in {old}, the new in {new}",
                "the next `pbmon build` puts the new content in place",
            ) from error
        raise
    return old


def discard(tree: Path) -> None:
    """Deletes a tree if there is one. Its files may be hard links to files that stay, so their
    modes are not changed.
    """
    if tree.is_symlink() or tree.is_file():
        tree.unlink()
    elif tree.exists():
        for path, status in survey(tree).items():
            if is_folder(status) and not status.st_mode & stat.S_IWUSR:
                (tree / path).chmod(stat.S_IRWXU)
        shutil.rmtree(tree)


def _is_between(target: Path) -> bool:
    return (
        not os.path.lexists(target)
        and os.path.lexists(retired(target))
        and os.path.lexists(staged(target))
    )


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two folders in one step; False where the system or the file system does not,
    whatever its reason.

    https://man7.org/linux/man-pages/man2/rename.2.html, RENAME_EXCHANGE
    https://developer.apple.com/documentation/kernel/vfs_rename_flags, RENAME_SWAP
    """
    paths = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            return (
                int(ctypes.CDLL(None).renameat2(-100, paths[0], -100, paths[1], ctypes.c_uint(2)))
                == 0
            )
        if sys.platform == "darwin":
            return int(ctypes.CDLL(None).renamex_np(*paths, ctypes.c_uint(2))) == 0
    except (AttributeError, OSError):  # a C library without the call, or Python without a C library
        pass
    return False
