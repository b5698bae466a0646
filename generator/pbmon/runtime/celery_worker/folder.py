"""The folder in which the processes of a prefork pool keep what they count.

It is chosen when this file is imported: metrics that are made later are in it.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from typing import Any, Final

from prometheus_client import values

from ..files import prepare, shared_folder
from .identity import identity


def _is_prefork_worker() -> bool:
    """Whether the call of this process is that of a worker with children."""
    # sys.argv is also that of what multiprocessing spawns.
    call = " ".join(sys.orig_argv)
    other_pool = r"(^| )(-P ?|--pool[= ])(solo|threads|gevent|eventlet)\b"
    return (
        os.name == "posix"
        and "worker" in sys.orig_argv
        and not re.search(other_pool, call)
    )


def _remove(folder: str, pid: int) -> None:
    if os.getpid() == pid:  # not in a child, which inherits what is to be done at exit
        shutil.rmtree(folder, ignore_errors=True)


def _choose() -> str:
    """The folder's name; empty where all is counted in this process."""
    given = shared_folder()
    if given or not _is_prefork_worker():
        return given
    made = tempfile.mkdtemp(prefix="worker-metrics-")
    atexit.register(_remove, made, os.getpid())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = made
    # It stays in os.environ, for this process and its forks, but what else tasks start
    # does not inherit it, or it would count into this worker's values.
    os.unsetenv("PROMETHEUS_MULTIPROC_DIR")
    return made


def _use(folder: str) -> None:
    """Let metrics that are made from now on keep their values there."""
    prepare(folder)
    # A second class would write into the files of the first one, if that calls them
    # alike: one that this package made, and elsewhere than on Linux any.
    alone = values.ValueClass is values.MutexValue or "-" in identity()
    if alone and not hasattr(values.ValueClass, "of_a_worker"):
        shared: Callable[[Callable[[], str]], Any] = values.MultiProcessValue
        values.ValueClass = shared(identity)
        values.ValueClass.of_a_worker = True


FOLDER: Final = _choose()
"""Its name; empty where all is counted in this process."""

if FOLDER:
    _use(FOLDER)
