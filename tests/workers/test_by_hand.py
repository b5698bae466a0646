"""TaskMetrics and track_retry where no Celery worker counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from workers.worker import write

pytestmark = pytest.mark.slow  # starts a process for each case

COUNTED = """
import json
from prometheus_client import REGISTRY
print(json.dumps(sorted(
    [sample.name, *sample.labels.values(), sample.value]
    for family in REGISTRY.collect() for sample in family.samples
    if sample.value and sample.name in {
        "tasks_total", "failures_total", "retries_total", "running", "task_seconds_count"
    }
)))
"""


def counted(folder: Path, script: str) -> list[list[object]]:
    """What the metrics hold when the script has run."""
    write(folder)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS_")
    }
    call = [
        sys.executable,
        "-c",
        f"from worker_metrics import TaskMetrics, track_retry\n{script}\n{COUNTED}",
    ]
    done = subprocess.run(
        call, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[list[object]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("body", "status", "cause"),
    [
        ("pass", "success", None),
        ("raise ValueError('no')", "failure", ["failures_total", "work", "ValueError", 1.0]),
        ("raise SystemExit(1)", "failure", ["failures_total", "work", "SystemExit", 1.0]),
        ("track_retry('work')", "retry", ["retries_total", "work", "Retry", 1.0]),
        (
            "track_retry('work', 'busy'); raise ValueError('no')",
            "retry",
            ["retries_total", "work", "busy", 1.0],
        ),
        (
            "from celery.exceptions import Retry; raise Retry(exc=KeyError('x'))",
            "retry",
            ["retries_total", "work", "KeyError", 1.0],
        ),
    ],
)
@pytest.mark.parametrize("how", ["with", "function", "async function"])
def test_a_block_and_a_function_are_one_attempt(
    how: str, body: str, status: str, cause: list[object] | None, tmp_path: Path
) -> None:
    scripts = {
        "with": f"with TaskMetrics('work'):\n        {body}",
        "function": f"@TaskMetrics('work')\n    def work(): {body}\n    work()",
        "async function": (
            f"import asyncio\n    @TaskMetrics('work')\n    async def work(): {body}\n   "
            " asyncio.run(work())"
        ),
    }
    found = counted(tmp_path, f"try:\n    {scripts[how]}\nexcept BaseException: pass")
    expected = [
        ["tasks_total", "work", status, 1.0],
        ["task_seconds_count", "work", 1.0],
        *([cause] if cause else []),
    ]
    assert found == sorted(expected)  # type: ignore[type-var]


def test_attempts_in_threads_and_inside_of_one_another_are_counted_each(tmp_path: Path) -> None:
    script = """
from threading import Thread
@TaskMetrics("work")
def work(depth):
    if depth: work(depth - 1)
threads = [Thread(target=work, args=(4,)) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()"""
    assert ["tasks_total", "work", "success", 40.0] in counted(tmp_path, script)


def test_a_decorated_function_keeps_its_name_and_its_answer(tmp_path: Path) -> None:
    script = """
@TaskMetrics("work")
def work(number):
    "Twice."
    return 2 * number
assert (work(4), work.__name__, work.__doc__) == (8, "work", "Twice.")"""
    assert ["tasks_total", "work", "success", 1.0] in counted(tmp_path, script)


def test_a_retry_outside_of_any_attempt_is_counted_as_that(tmp_path: Path) -> None:
    assert counted(tmp_path, "track_retry('work')") == [["retries_total", "work", "Retry", 1.0]]


def test_a_name_with_dots_is_its_last_part_and_one_that_is_not_listed_is_other(
    tmp_path: Path,
) -> None:
    found = counted(
        tmp_path, "with TaskMetrics('shop.tasks.work'): pass\nwith TaskMetrics('surprise'): pass"
    )
    assert [row for row in found if row[0] == "tasks_total"] == [
        ["tasks_total", "other", "success", 1.0],
        ["tasks_total", "work", "success", 1.0],
    ]


def test_a_process_that_is_no_worker_writes_no_files_and_serves_nothing(tmp_path: Path) -> None:
    script = (
        "import os, threading; assert not os.environ.get('PROMETHEUS_MULTIPROC_DIR') and"
        " threading.active_count() == 1"
    )
    assert counted(tmp_path, script) == []
