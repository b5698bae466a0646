"""What counting a Celery task costs in a process of a prefork pool, whose files are on a disk.

    python benchmarks/runtime/tasks.py APP_SOURCES [--rounds N]

APP_SOURCES: folder of the generated package `workers`, as build. Needs Celery. One process runs
the same task through Celery's own tracer in turns, with and without the receivers of Celery's
signals that the generated module adds.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any
from uuid import uuid4

TASKS = 200
"""In one turn."""

TARGET = 3.2
"""A counted task against a bare one, at most: 45 µs where that takes 14."""


def tracer(sources: Path, folder: str) -> Any:
    """Runs one task, counted, as a child of a prefork pool does."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    sys.path.insert(0, str(sources))
    from celery import Celery
    from celery.app.trace import build_tracer
    from workers import worker_metrics

    app = Celery("bench", broker="memory://", set_as_current=True)
    app.conf.task_ignore_result = True

    @app.task(name="extract_pdf")  # type: ignore[untyped-decorator]
    def work() -> None:
        pass

    app.finalize()
    worker_metrics._worker.tasks.begin_child()
    trace = build_tracer("extract_pdf", app.tasks["extract_pdf"], app=app)
    return lambda: trace(str(uuid4()), (), {}, {"id": "1", "is_eager": False})


def timed(run: Any) -> float:
    """Microseconds of CPU time a task."""
    started = process_time()
    for _ in range(TASKS):
        run()
    return (process_time() - started) / TASKS * 1e6


def main() -> int:
    """Exit code 1 where a counted task takes longer than the target allows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, help="folder of the generated code")
    parser.add_argument("--rounds", type=int, default=100)
    asked = parser.parse_args()
    from celery import signals

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        run = tracer(asked.sources, folder)
        both = (signals.task_prerun, signals.task_postrun)
        receivers = [signal.receivers for signal in both]
        figures: dict[str, list[float]] = {"bare": [], "counted": []}
        for _ in range(asked.rounds):
            for name, times in figures.items():
                for signal, known in zip(both, receivers, strict=True):
                    signal.receivers = known if name == "counted" else []
                times.append(timed(run))
    for name, times in figures.items():
        print(f"{name}: {median(times):.1f} µs of CPU time a task")
    ratio = median(figures["counted"]) / median(figures["bare"])
    print(f"counted / bare: {ratio:.2f}, target {TARGET}")
    return ratio > TARGET


if __name__ == "__main__":
    sys.exit(main())
