"""The rendered module as Python: formatted, typed, and the metrics module of the same
definitions.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pbmon import CeleryInstrumentation, Counter, Gauge, Histogram, Label
from pbmon.checks.programs.exposition import exposition
from pbmon.plan.instrumentation import PlannedInstrumentation
from pbmon.plan.modules import AppModule
from pbmon.render import instrumentation, modules
from pbmon.render.runtime import METRICS, copies
from workers.worker import WORKERS, write

_OPEN = {
    name: Label(name, "Any.", max_values=5, other="other")
    for name in ("task_type", "status", "reason", "error_type", "queue_name")
}
_WORKER = Label("worker_type", "Any.", max_values=5, other="other")
_LONG = "a_name_that_takes_most_of_a_line_of_code_to_write_it"
OTHER = CeleryInstrumentation(
    tasks=Counter(
        "t_total", "Attempts.", labels=[_OPEN["status"], _OPEN["task_type"]], symbol="status"
    ),
    duration=Histogram(
        "t_seconds", "Time.", labels=[_OPEN["task_type"]], buckets=[1], symbol=_LONG
    ),
    retries=Counter(
        "r_total", "Again.", labels=[_OPEN["reason"], _OPEN["task_type"]], symbol="task_metrics"
    ),
    failures=Counter(
        "f_total", "Given up.", labels=[_OPEN["error_type"], _OPEN["task_type"]], symbol="Celery"
    ),
    active=Gauge(
        "running", 'Now, "hostile"\\n {{ x }}.', labels=[_OPEN["task_type"]], symbol="self"
    ),
    processes=Gauge("processes", "Alive."),
    queue_size=Gauge(
        "queue_size", "Waiting.", labels=[_OPEN["queue_name"]], multiprocess_mode="max"
    ),
    memory=Gauge("memory_bytes", "Memory.", labels=[_WORKER], multiprocess_mode="livemostrecent"),
    host="::1",
    port=9999,
)
BOTH = [
    WORKERS,
    PlannedInstrumentation(
        OTHER, AppModule("other.py", 'A "quoted" text.', OTHER.metrics, OTHER.symbols)
    ),
]


@pytest.mark.slow  # runs mypy
@pytest.mark.parametrize("planned", BOTH, ids=["closed", "open"])
def test_ruff_and_mypy_find_nothing(
    planned: PlannedInstrumentation, mypy_cache: Path, tmp_path: Path
) -> None:
    write(tmp_path, planned)
    for tool in (
        ["ruff", "format", "--isolated", "--check"],
        ["ruff", "check", "--isolated"],
        ["mypy", "--strict", "--config-file=", f"--cache-dir={mypy_cache}"],
    ):
        call = [sys.executable, "-m", *tool, "."]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("planned", BOTH, ids=["closed", "open"])
def test_it_exposes_what_the_metrics_module_alone_exposes(
    planned: PlannedInstrumentation,
) -> None:
    paths = [planned.module.path]
    copied = list(copies(planned.module, METRICS))
    alone = modules.render([planned.module])
    worker = instrumentation.render([planned])
    assert exposition([*worker, *copied], paths) == exposition([*alone, *copied], paths)


def test_every_name_that_the_instrumentation_brings_is_known_to_be_taken(tmp_path: Path) -> None:
    script = """
import worker_metrics, plain
names = {name for name in vars(worker_metrics) if not name.startswith("_")} - set(vars(plain))
print(*sorted(names))"""
    write(tmp_path)
    (plain,) = modules.render([replace(WORKERS.module, also_taken=frozenset())])
    (tmp_path / "plain.py").write_text(plain.text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == WORKERS.definition.symbols


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("metrics.py", "metrics"),
        ("shop/workers/metrics.py", "shop.workers.metrics"),
        ("src/shop/metrics/__init__.py", "shop.metrics"),
    ],
)
def test_it_is_imported_from_wherever_a_module_may_stand(
    path: str, name: str, tmp_path: Path
) -> None:
    write(tmp_path, replace(WORKERS, module=replace(WORKERS.module, path=path)))
    script = f"""
import {name} as metrics
with metrics.TaskMetrics("work"):
    metrics.track_retry("work")
print(metrics.retries_total.labels("work", "Retry")._value.get())"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}/src:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1.0\n", "")
