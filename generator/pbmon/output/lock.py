"""One build at a time for each output folder.

On Linux and macOS the lock is taken on the folder above the output folder: that one exists, is not
replaced by a build, is shared by containers and users that share the tree, and needs no file that
git would show. A lock file in the temp folder serves where folders cannot be locked (Windows, some
network file systems); its name is made from the output folder's path. Either way the system drops
the lock when its owner dies.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pbmon.errors import UsageError

PATIENCE = 10.0  # seconds to wait for another build
_PAUSE = 0.02  # seconds between two tries


@contextmanager
def exclusive(target: Path, display: Path) -> Iterator[None]:
    """Holds the lock of the output folder `target`; UsageError if another process holds it for
    longer than PATIENCE.
    """
    descriptor = _open(target)
    try:
        end = time.monotonic() + PATIENCE
        while not _take(descriptor):
            if time.monotonic() > end:
                raise UsageError(
                    f"another build works on {display}, or on a folder beside it, and has not ended"
                    f" in {PATIENCE:g} seconds",
                    "wait for it to end, or stop it, then run this one again",
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _lock_file(target: Path) -> int:
    name = hashlib.sha256(os.fsencode(target)).hexdigest()[:16]
    return os.open(Path(tempfile.gettempdir(), f"pbmon-{name}.lock"), os.O_RDWR | os.O_CREAT, 0o666)


if sys.platform == "win32":
    import msvcrt

    _open = _lock_file

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _open(target: Path) -> int:
        above = next(folder for folder in target.parents if folder.is_dir())
        descriptor = os.open(above, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _take(descriptor)
        except OSError:  # NFS has no locks on what is open for reading only
            os.close(descriptor)
            return _lock_file(target)
        return descriptor

    def _take(descriptor: int) -> bool:
        """Taking a lock that is already held through the same descriptor succeeds."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
