"""The output folder: where it really is, whether pbmon may write there, whether others use it too,
and how to explain a refusal of the system.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pbmon.errors import UsageError

_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_PINNED = (errno.EXDEV, errno.EBUSY)


def locate(out: Path, definitions: Path | None = None) -> Path:
    """The real path of the output folder, which need not exist yet; a symbolic link to a folder
    stands for that folder.

    UsageError for folders that must not hold generated files: the root of the disk, a home folder,
    the folder of the definitions and those in it.
    """
    try:
        target = out.resolve()
    except RuntimeError:
        raise UsageError(
            f"{out} is a symbolic link that leads back to itself", "point it to a folder"
        ) from None
    for place in (target, *target.parents):
        if os.path.lexists(place):
            if not place.is_dir():
                raise UsageError(
                    f"{out if place == target else place} is not a folder, so nothing can be built"
                    " in it",
                    "move it away, or choose another folder",
                )
            break
    if reason := _unfit(target, definitions and definitions.resolve()):
        raise UsageError(
            f"{out} {reason}, so generated files have no place there",
            "choose another folder, such as `build`, or `.` in the app's repository",
        )
    return target


def _unfit(target: Path, definitions: Path | None) -> str:
    """Why a build should not write into the folder; empty when it may."""
    reasons = {
        "is the root of the disk": target == target.parent,
        "is or holds your home folder": _holds(target, _home()),
        "is the folder of the definitions": target == definitions,
        "lies among the definitions, which would read the generated Python": (
            definitions and _holds(definitions, target)
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def belongs_to_others(target: Path, definitions: Path | None = None) -> bool:
    """Whether the folder may hold other files too, so that it is never replaced: it contains the
    definitions or the shell's current folder, or is the root of a repository.
    """
    return (
        _holds(target, definitions and definitions.resolve())
        or _holds(target, Path.cwd())
        or os.path.lexists(target / ".git")
    )


def require_apart(
    rendered: Iterable[str], target: Path, definitions: Path | None, display: Path
) -> None:
    """UsageError where a file would be rendered into the folder of the definitions."""
    folder = definitions.resolve() if definitions else None
    if folder is None or not folder.is_relative_to(target):
        return
    for path in rendered:
        if (target / path).is_relative_to(folder):
            raise UsageError(
                f"{display / path} would lie among the definitions, which would read it",
                "choose another folder for it in the definitions, or another one with --out",
            )


def _holds(folder: Path, other: Path | None) -> bool:
    return other is not None and other.is_relative_to(folder)


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # a user without one, as in some containers
        return None


def require_writable(target: Path) -> None:
    """PermissionError naming the folder, or the one above it (the new tree is made beside the old),
    if it is read-only.
    """
    for place in (target, target.parent):
        if place.exists() and not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))


@contextmanager
def explained(out: Path, doing: str) -> Iterator[None]:
    """Turns every OSError inside into a UsageError that names the path. doing: "compared" or
    "written".
    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise UsageError(
            f"{out} cannot be {doing} and stays as it is: {error.strerror or error}{where}",
            _help(error, out),
        ) from error


def _help(error: OSError, out: Path) -> str:
    if error.errno in _DENIED:
        return (
            f"make {out} and the folder above it writable for you, or choose another folder with"
            " --out"
        )
    if error.errno in _FULL:
        return (
            "free some space on the disk; a build needs room for what changes, beside what is there"
        )
    if error.errno in _PINNED:
        return (
            f"{out}, or a folder in it, is a mount or belongs to a layer of a container image,"
            " which cannot be replaced: build into a folder of its own inside the mount, or delete"
            " the folder first"
        )
    return (
        "see that nothing else works on the folder, then run the build again; or choose another"
        " folder with --out"
    )
