"""Free ports on 127.0.0.1."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack

from pbmon.errors import UsageError

HOST = "127.0.0.1"
_RANGE = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections (Linux from 32768, macOS from 49152),
so that none of those takes a port between the moment it is found free and the moment its part
listens there.
"""


def addresses(names: Iterable[str]) -> dict[str, str]:
    """host:port by name, each free now. Raises UsageError where there are not enough."""
    tried = iter(random.sample(_RANGE, len(_RANGE)))
    free = {}
    with ExitStack() as sockets:
        for name in names:
            port = next((port for port in tried if _taken(port, sockets)), None)
            if port is None:
                raise UsageError(
                    f"no port from {_RANGE.start} to {_RANGE.stop - 1} is free on 127.0.0.1",
                    "end what listens there",
                )
            free[name] = f"{HOST}:{port}"
    return free


def port_of(address: str) -> str:
    """`8000` of `127.0.0.1:8000`."""
    return address.rpartition(":")[2]


def _taken(port: int, sockets: ExitStack) -> bool:
    """Takes the port until all are chosen; False where somebody else has it."""
    listener = sockets.enter_context(socket.socket())
    try:
        listener.bind((HOST, port))
    except OSError:
        return False
    return True
