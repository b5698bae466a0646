"""A Redis server of the tests' own, which they may stop, kill and start again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NotThere
from workers.worker import free_port


class RedisServer:
    """Without persistence, on a free port of the loopback interface. It runs while the
    block does.
    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            reason = (
                "redis-server is not there: apt-get install --no-install-recommends redis-server"
            )
            if os.environ.get("CI") == "true":
                pytest.fail(f"{reason}; with CI=true nothing is skipped")
            pytest.skip(reason)
        self._port = free_port()
        self._log = folder / "redis.log"
        options = (
            f"--bind 127.0.0.1 --port {self._port} --save  --appendonly no --dir {folder} --logfile"
            f" {self._log}"
        )
        self._call = [program, *options.split(" ")]
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        """With nothing in it, also after kill()."""
        self._process = subprocess.Popen(self._call)
        end = time.monotonic() + 10
        while True:
            try:
                with Redis(port=self._port) as client:
                    client.ping()
                return
            except NotThere:
                assert time.monotonic() < end, self._log.read_text("utf-8")
                time.sleep(0.02)

    def kill(self) -> None:
        """It is gone, with its connections."""
        self._process.kill()
        self._process.wait(10)

    def hang(self) -> None:
        """It takes connections and commands, and answers none of them until go_on()."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """After hang()."""
        self._process.send_signal(signal.SIGCONT)
