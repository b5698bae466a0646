"""uvicorn as a process of its own, and a client for it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parent.parent


@contextmanager
def uvicorn(
    sources: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The port of `instrumentation.served:app`; the server and its workers end with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    call = [
        sys.executable,
        "-m",
        "uvicorn",
        "instrumentation.served:app",
        "--port",
        str(port),
        "--log-level",
        "warning",
        *options,
    ]
    path = os.pathsep.join([str(sources), str(TESTS)])
    server = subprocess.Popen(
        call, env={**os.environ, "PYTHONPATH": path, **(environment or {})}, start_new_session=True
    )
    try:
        wait(lambda: answers(port), 30)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def answers(port: int) -> bool:
    """Whether the server is up."""
    try:
        return fetched(port, "/pid")[0] == 200
    except OSError:
        return False


def fetched(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Status and body of a GET on a connection of its own. Raises OSError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()


class Client:
    """A connection that stays."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def get(self, path: str) -> int:
        """The status. Raises OSError, after which the connection is of no use."""
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        return answer.status


def abandoned(port: int, request: str, after: float) -> None:
    """Sends a request's text and leaves after so many seconds."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request.replace("\n", "\r\n").encode())
        time.sleep(after)


def shown(page: str, name: str) -> dict[str, float]:
    """What the page shows of one sample name, by the text of its labels."""
    lines = [
        line.rpartition(" ")
        for line in page.splitlines()
        if line.split("{")[0].split(" ")[0] == name
    ]
    return {series: float(value) for series, _, value in lines}


def wait(condition: object, seconds: float) -> None:
    """Until the condition holds."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
