"""What a type checker says about an app that uses a generated metrics module."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from render.app_modules import API, write

pytestmark = pytest.mark.slow  # runs mypy

RIGHT = """
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.context_managers import Timer

import api

path: str = "/users/{id}"
api.api_request_counter.labels("GET", path, "200").inc()
api.api_request_counter.labels(method="OTHER", endpoint=path, status=path).inc(2, {"trace_id": "1"})
api.api_request_counter.labels(api.as_method(path), endpoint=path, status="200").inc()
api.http_request_duration_seconds.labels(method="POST").observe(0.5)
timer: Timer = api.http_request_duration_seconds.labels("GET").time()
api.queue_size.labels(queue="fast").set(3)
api.connections.inc()
api.connections.dec()
method: api.Method = "GET"
counter: Counter = api.jobs_total.labels("success")
gauge: Gauge = api.connections
histogram: Histogram = api.http_request_duration_seconds.labels(method)
own: api.ApiRequestCounter = api.Metrics(CollectorRegistry()).api_request_counter

@api.http_request_duration_seconds.labels("GET").time()
def view(number: int) -> str:
    return str(number)

answer: str = view(1)
"""

WRONG = """
from prometheus_client import REGISTRY

import api

path: str = "/users/{id}"
api.api_request_counter.labels("GET", path)
api.api_request_counter.labels(method="GET", endpoint=path)
api.api_request_counter.labels("GET", path, "200", "more")
api.api_request_counter.labels(method="GET", endpoint=path, status="200", code="1")
api.api_request_counter.labels(method="HEAD", endpoint=path, status="200")
api.api_request_counter.labels(method=path, endpoint=path, status="200")
api.api_request_counter.labels("GET", path, 200)
api.api_request_counter.inc()
api.jobs_total.labels("error")
api.jobs_total.labels(status="failed").inc()
api.jobs_total.labels("success").labels("failure")
api.jobs_total.labels("success").set(1)
api.jobs_total.labels("success").inc("1")
api.queue_size.set(1)
api.queue_size.labels("fast").observe(1)
api.http_request_duration_seconds.labels("GET").inc()
api.http_request_duration_seconds.observe(1)
api.connections.labels("x")
api.connections.labels()
api.jobs
method: api.Method = "get"
status: api.Status = "failed"
api.Metrics(REGISTRY).connections = api.connections
api.Metrics()
"""


def wrong_lines(folder: Path, app: str) -> set[int]:
    """Lines of the app with an error; one that mypy finds elsewhere fails the test."""
    write(API, folder)
    (folder / "app.py").write_text(app, "utf-8")
    call = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        f"--cache-dir={folder}/cache",
        "app.py",
    ]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)
    found = [
        re.match(r"app\.py:(\d+): (error|note):", line) for line in done.stdout.splitlines()[:-1]
    ]
    assert all(found), done.stdout + done.stderr
    return {int(match[1]) for match in found if match and match[2] == "error"}


def test_every_right_use_is_accepted(tmp_path: Path) -> None:
    assert wrong_lines(tmp_path, RIGHT) == set()


def test_every_wrong_use_is_an_error_on_its_line(tmp_path: Path) -> None:
    first = WRONG[: WRONG.index("api.api_request_counter")].count("\n") + 1
    assert wrong_lines(tmp_path, WRONG) == set(range(first, WRONG.count("\n") + 1))
