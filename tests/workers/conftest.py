"""A Redis server of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from redis import Redis
from redis.exceptions import ConnectionError as NotThere
from workers.worker import free_port


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Redis server without persistence, on a free port of the loopback interface."""
    program = shutil.which("redis-server")
    if program is None:
        reason = "redis-server is not there: apt-get install --no-install-recommends redis-server"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; with CI=true nothing is skipped")
        pytest.skip(reason)
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    call = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("w") as log, subprocess.Popen(call, stdout=log, stderr=log) as server:
        try:
            _wait_for(port, folder / "log")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture
def broker(redis_server: str) -> str:
    """URL of an empty database."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def app(broker: str) -> Iterator[Celery]:
    """What sends tasks to a worker and reads their results."""
    with Celery("sender", broker=broker, backend=broker, set_as_current=False) as sender:
        sender.conf.update(task_default_queue="work", broker_transport_options={"queue_order_strategy": "priority"})
        yield sender


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + 10
    while True:
        try:
            with Redis(port=port) as client:
                client.ping()
            return
        except NotThere:
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.02)
