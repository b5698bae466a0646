"""The whole stack, up and down: every target up, real data in Prometheus, nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pbmon.plan.plan import Plan
from psutil import process_iter

from .command import Command, page
from .conftest import APP


@pytest.fixture(scope="module")
def stack(one_stack: None, binaries: Path | None) -> Iterator[Command]:
    """A stack that is up; ended afterwards, whatever the tests did."""
    # Not pytest's own folder: PostgreSQL's user may not look into that.
    folder = Path(tempfile.mkdtemp(prefix="pbmon-stack-test-"))
    command = Command(folder, binaries)
    try:
        done = command.run("up")
        assert done.returncode == 0, done.stdout + done.stderr
        yield command
    finally:
        command.run("down")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(
    sys.platform == "win32", reason="a stack of processes runs on Linux and macOS only"
)
def test_a_stack_comes_up_mends_itself_and_goes_without_a_trace(stack: Command, plan: Plan) -> None:
    """In one test, for a stack takes half a minute to come up."""
    status = stack.status()
    assert status["targets"] == {job.name: "up" for job in plan.jobs}

    # Prometheus evaluates the rendered rules, all of them.
    groups = json.loads(page(status, "prometheus", "/api/v1/rules"))["data"]["groups"]
    assert {group["name"] for group in groups} == {
        group.name for group in (*plan.recording, *plan.alerting)
    }

    # Requests reach the API and tasks the workers, and both show it.
    api = f"http://{status['parts']['pybase-api']['address']}"
    load = [
        sys.executable,
        "-m",
        "load",
        "--url",
        api,
        "--seconds",
        "4",
        "--rate",
        "20",
        "--upload-every",
        "0.3",
        "--users",
        "2",
    ]
    made = subprocess.run(load, cwd=APP, capture_output=True, text=True, timeout=60, check=False)
    assert made.returncode == 0, made.stderr
    assert counted(status, "pybase-api", "/api/v1/metrics", "http_requests_total") > 50
    assert counted(status, "pybase-api", "/api/v1/metrics", "extraction_tasks_total") > 0
    assert counted(status, "celery-extraction-worker", "/metrics", "worker_tasks_total") > 0
    assert counted(status, "celery-search-worker", "/metrics", "worker_tasks_total") > 0

    # A part that was killed is started again; the others are left as they are.
    killed = status["parts"]["pybase-api"]["pid"]
    os.kill(killed, signal.SIGKILL)
    again = stack.run("up")
    assert again.returncode == 0, again.stdout + again.stderr
    pids = {name: part["pid"] for name, part in stack.status()["parts"].items()}
    assert {name for name, part in status["parts"].items() if pids[name] != part["pid"]} == {
        "pybase-api"
    }
    assert "all of it is up already" in stack.run("up").stdout

    down = stack.run("down")
    assert down.returncode == 0, down.stdout + down.stderr
    assert not stack.folder.exists()
    assert commands_with(str(stack.folder)) == []
    assert "no stack is up" in stack.run("down").stdout
    assert stack.run("status").returncode == 1


def counted(status: dict[str, Any], part: str, path: str, metric: str) -> float:
    """All series of a counter together."""
    lines = page(status, part, path).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{metric}{{"))


def commands_with(text: str) -> list[str]:
    """Command lines of this machine's processes that hold the text."""
    lines = (" ".join(process.info["cmdline"] or ()) for process in process_iter(["cmdline"]))
    return [line for line in lines if text in line]
