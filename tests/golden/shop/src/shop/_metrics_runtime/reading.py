# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""Reads the files of processes, and puts those aside that cannot be read."""

from __future__ import annotations

import json
import logging
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG
from typing import Final, TypeAlias

from prometheus_client.metrics_core import Metric

__all__ = [
    "TORN",
    "check_values",
    "is_begun",
    "put_aside",
    "read_values",
    "say_once",
    "set_aside",
]

TORN: Final = (AttributeError, RecursionError, TypeError, ValueError, struct.error)
"""What reading a file raises that no process of prometheus_client has written."""

_log: Final = logging.getLogger(__name__)
_said: set[str] = set()


def set_aside(file: Path, reason: object) -> None:
    """Renames a file that cannot be read, so that the others are served; says so."""
    try:
        file.replace(file.with_name(f"{file.name}.bad"))
    except FileNotFoundError:
        return
    except OSError as error:
        say_once(f"{file} cannot be read ({reason}) and stays", error)
    else:
        _log.error("%s cannot be read (%s): now %s.bad", file, reason, file.name)


def put_aside(file: Path) -> bool:
    """Whether the file could not be read; then it is out of the way if that can be."""
    try:
        if is_begun(file):
            check_values(str(file))
    except TORN as error:
        set_aside(file, error)
        return True
    except PermissionError as error:
        say_once(f"{file} cannot be read", error)
        return True
    return False


def is_begun(file: Path) -> bool:
    """Whether it is a file that holds anything: it is made before it is written."""
    try:
        status = file.stat()
    except OSError:  # prometheus_client's mark_process_dead was here
        return False
    return S_ISREG(status.st_mode) and status.st_size > 0


def say_once(text: str, error: object) -> None:
    """Logs the trouble unless it was logged before in this process."""
    if text not in _said:
        _said.add(text)
        _log.error("%s: %s", text, error)


_Entry: TypeAlias = tuple[str, float, float, int]
"""Key, value, time of its writing, and where the value stands in the file."""


def read_values(name: str) -> Iterator[_Entry]:
    """What the file of a process holds. Raises one of TORN where it cannot be that.

    prometheus_client's own reader can go round in circles in such a file.
    """
    with Path(name).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        (used,) = _LENGTH.unpack(file.read(4))
        if used and not 8 <= used <= size:
            raise ValueError(f"{used} bytes are in use, and {size} are there")
        data = bytes(4) + file.read(max(used - 4, 0))
    place = 8
    while place < used:
        (size,) = _LENGTH.unpack_from(data, place)
        value = place + 4 + size + 8 - (size + 4) % 8
        if size <= 0 or value + 16 > used:
            raise ValueError(f"a key of {size} bytes at {place} has no room")
        key = data[place + 4 : place + 4 + size].decode()
        yield key, *_VALUE.unpack_from(data, value), value
        place = value + 16


def check_values(name: str) -> None:
    """Raises one of TORN for a file that could not be served."""
    for key, *_ in read_values(name):
        metric, sample, labels, documentation = json.loads(key)
        for text in (sample, documentation, *labels.values()):
            if not isinstance(text, str):
                raise TypeError(f"{text!r} of {metric!r} is no text")
        Metric(metric, documentation, "unknown")  # raises ValueError for a wrong name
        if not sample.startswith(metric):
            raise ValueError(f"{sample!r} is no sample of {metric!r}")
        float(labels.get("le", "+Inf"))


_LENGTH: Final = struct.Struct("i")
_VALUE: Final = struct.Struct("dd")
