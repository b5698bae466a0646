"""Where a worker serves its metrics, and what it tells of itself."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from celery import Celery
from workers.worker import Worker, free_port, samples

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's pools need POSIX")


def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((host, port)) == 0


@pytest.mark.parametrize(
    ("host", "elsewhere"), [({}, False), ({"PROMETHEUS_METRICS_HOST": "0.0.0.0"}, True)]
)
def test_only_this_machine_can_ask_unless_a_host_is_given(
    host: dict[str, str], elsewhere: bool, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-P", "threads", "-c", "1", **host) as worker:
        assert answers("127.0.0.1", worker.port)
        if sys.platform == "linux":  # others give the loopback interface one address only
            assert answers("127.0.0.2", worker.port) is elsewhere
    assert not answers("127.0.0.1", worker.port)


def test_a_worker_whose_port_is_taken_works_on_and_says_so(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with Worker(tmp_path, broker, "-c", "1", port=taken.getsockname()[1]) as worker:
            assert app.send_task("shop.tasks.work").get(timeout=20) == "ok"
            assert f"No metrics are served on 127.0.0.1 port {worker.port}" in worker.log


def test_the_memory_is_that_of_all_processes_under_the_workers_name(
    broker: str, tmp_path: Path
) -> None:
    if not Path("/proc/self/statm").exists():
        pytest.skip("memory is read from /proc, which only Linux has")
    with Worker(tmp_path, broker, "-c", "3") as worker:
        page = worker.scrape()
        told = samples(page, "memory_bytes")
        assert set(told) == {("shop",)}
        assert told["shop",] > 2 * samples(page, "process_resident_memory_bytes")[()]


def test_an_unknown_name_of_the_worker_costs_its_memory_only(broker: str, tmp_path: Path) -> None:
    with Worker(tmp_path, broker, "-P", "threads", "-c", "1", WORKER_NAME="surprise") as worker:
        page = worker.scrape()
        assert samples(page, "memory_bytes") == {}
        assert samples(page, "processes") == {(): 1}
        assert (
            "label worker_type of memory_bytes has no value 'surprise', so it is not" in worker.log
        )


def test_a_child_does_not_keep_the_port_of_a_worker_that_was_killed(
    broker: str, tmp_path: Path
) -> None:
    port = free_port()
    with Worker(tmp_path, broker, "-c", "2", port=port) as worker:
        worker.process.kill()
        worker.process.wait(5)
        assert not answers("127.0.0.1", port)
