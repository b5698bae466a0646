"""Rendered metrics modules in several processes: what they add up to, and whose folder it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from pbmon import Counter, Gauge, Histogram
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from render.app_modules import (
    METHOD,
    QUEUE,
    RESULT,
    module_of,
    output_of,
    samples,
    write,
)


def test_processes_add_up_as_each_gauge_says_in_multiprocess_mode(tmp_path: Path) -> None:
    modes = {
        "summed": "livesum",
        "most": "max",
        "least": "min",
        "latest": "mostrecent",
        "each": "all",
    }
    gauges = [
        Gauge(name, "A gauge.", labels=[QUEUE], multiprocess_mode=mode)
        for name, mode in modes.items()
    ]  # type: ignore[arg-type]
    seconds = Histogram("took_seconds", "Time.", labels=[METHOD], buckets=[1, 5])
    module = module_of(*gauges, seconds, Counter("jobs_total", "Jobs.", labels=[RESULT]))
    write(module, tmp_path)
    (tmp_path / "files").mkdir()
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "files")}
    work = """
import app, os
app.summed.labels("fast").inc({n})
for gauge in app.most, app.least, app.latest, app.each:
    gauge.labels("fast").set({n})
app.took_seconds.labels("GET").observe({n})
app.jobs_total.labels("success").inc({n})
print(os.getpid())"""
    pids = [output_of(work.format(n=number), tmp_path, environment).strip() for number in (3, 4)]
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(tmp_path / "files"))  # type: ignore[no-untyped-call]
    assert samples(registry, "summed") == {("fast",): 7, ("slow",): 0}
    assert samples(registry, "most") == {("fast",): 4}
    assert samples(registry, "least") == {("fast",): 3}
    assert samples(registry, "latest") == {("fast",): 4}
    assert samples(registry, "each") == {(pids[0], "fast"): 3, (pids[1], "fast"): 4}
    assert samples(registry, "jobs_total") == {("success",): 7, ("failure",): 0}
    assert samples(registry, "took_seconds_sum") == {("GET",): 7, ("POST",): 0, ("OTHER",): 0}
    assert 'took_seconds_bucket{le="5.0",method="GET"} 2.0' in generate_latest(registry).decode()


@pytest.fixture
def shared(tmp_path: Path) -> dict[str, str]:
    """The environment of processes that import app.py, with a live gauge and a counter, and share a
    folder that is not there.
    """
    metrics = (
        Gauge("summed", "S."),
        Counter("jobs_total", "J."),
        Gauge("each", "E.", multiprocess_mode="all"),
    )
    write(module_of(*metrics), tmp_path)
    return {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "deep/files")}


def added_up(folder: Path) -> dict[str, float]:
    """What the processes' files hold, by sample name."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder / "deep/files"))  # type: ignore[no-untyped-call]
    return {
        sample.name: sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.value
    }


def test_a_folder_for_the_processes_files_is_made_for_its_user_alone(
    shared: dict[str, str], tmp_path: Path
) -> None:
    output_of("import app", tmp_path, shared)
    assert (tmp_path / "deep/files").stat().st_mode & 0o777 == 0o700


LIFE = """
import importlib, os, sys

def take_over():  # as if the last process had had the id of this one
    for name in os.listdir("deep/files") if os.path.exists("deep/files") else []:
        kind, _, owner = name.rpartition("_")
        if owner == "{last}.db":
            os.rename(f"deep/files/{{name}}", f"deep/files/{{kind}}_{{os.getpid()}}.db")

{start}
app.summed.inc(3)
app.each.inc(4)
app.jobs_total.inc()
{end}
print(os.getpid())
"""
FORKED = """
os.register_at_fork(after_in_child=take_over)
import app
if os.fork():
    os.wait()
    os._exit(0)"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere nothing tells which files a process has open"
)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("take_over(); import app", ""),
        (FORKED, ""),
        ("take_over(); import app", "importlib.reload(app)"),
    ],
)
def test_the_own_gauges_of_a_process_begin_anew_when_its_id_comes_again(
    start: str, end: str, shared: dict[str, str], tmp_path: Path
) -> None:
    last = "0"
    for _ in range(3):
        last = output_of(LIFE.format(last=last, start=start, end=end), tmp_path, shared).strip()
    assert added_up(tmp_path) == {"summed": 3, "each": 4, "jobs_total": 3}


def test_gauges_that_a_process_made_before_the_module_was_imported_stay(
    shared: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "deep/files").mkdir(parents=True)
    earlier = (
        "import prometheus_client; prometheus_client.Gauge('earlier', 'E.',"
        " multiprocess_mode='livesum').inc(2); import app"
    )
    output_of(f"{earlier}; app.summed.inc(3)", tmp_path, shared)
    assert added_up(tmp_path) == {"earlier": 2, "summed": 3}
