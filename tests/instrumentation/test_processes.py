"""What ended processes have counted: taken over exactly, whenever the one who does it is killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from instrumentation.asgi import get
from instrumentation.servers import shown
from prometheus_client.mmap_dict import MmapedDict

pytestmark = pytest.mark.slow  # starts processes

WORK = """
import random, sys
from pybase import metrics
rng = random.Random(int(sys.argv[1]))
for _ in range(200):
    metrics.api_request_counter.labels("GET", "/", "200").inc()
    metrics.db_query_duration_histogram.labels("select").observe(rng.random())
metrics.objects_gauge.labels("records").set(int(sys.argv[1]))
metrics.websocket_connections_gauge.inc()
"""
PROCESSES = "metrics._runtime.processes"
OPERATIONS = ("replace", "unlink", "write_bytes", "write_text")
"""Where a scrape may be killed: whatever it does to a file."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the processes' files, in multiprocess mode."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    return tmp_path


def worked(sources: Path, seed: int) -> None:
    """A process that counts and ends."""
    subprocess.run(
        [sys.executable, "-c", WORK, str(seed)],
        env={**os.environ, "PYTHONPATH": str(sources)},
        check=True,
    )


def totals(generated: Callable[[str], Any]) -> dict[str, float]:
    """What a scrape shows."""
    module = generated("api.v1.metrics")
    page = get(module.MetricsPage(module.MetricsSettings()), "/").body.decode()
    names = (
        "http_requests_total",
        "db_query_duration_seconds_sum",
        "db_query_duration_seconds_count",
        "pybase_objects",
    )
    found = {
        series: value for name in names for series, value in shown(page, name).items() if value
    }
    return found | shown(page, "websocket_connections_active")


def test_ended_processes_become_one_file_a_kind_and_lose_nothing(
    folder: Path, sources: Path, generated: Callable[[str], Any]
) -> None:
    for seed in (1, 2, 3):
        worked(sources, seed)
    first = totals(generated)
    assert first['http_requests_total{endpoint="/",method="GET",status="200"}'] == 600
    assert first['db_query_duration_seconds_count{operation="select"}'] == 600
    assert first['pybase_objects{kind="records"}'] == 3
    assert first.get("websocket_connections_active", 0) == 0
    assert sorted(file.name for file in folder.glob("*.db")) == [
        "counter_0.db",
        "gauge_mostrecent_0.db",
        "histogram_0.db",
    ]
    assert totals(generated) == first


def test_a_sum_of_seconds_never_goes_down_when_processes_end(
    folder: Path, sources: Path, generated: Callable[[str], Any]
) -> None:
    module = generated(PROCESSES)
    name = 'db_query_duration_seconds_sum{operation="select"}'
    for seed in range(12):
        worked(sources, seed)
        dead = module._is_in_use
        module._is_in_use = of_a_process
        before = totals(generated)[name]
        module._is_in_use = dead
        assert totals(generated)[name] >= before


def of_a_process(file: Path, _: object) -> bool:
    """Whether a process made it, as if every process that ever was were alive."""
    return not file.name.endswith("_0.db")


def written(folder: Path, values: dict[str, dict[str, float]]) -> list[Path]:
    """Files of counters, by name, as prometheus_client writes them."""
    for name, content in values.items():
        file = MmapedDict(str(folder / name))  # type: ignore[no-untyped-call]
        for key, value in content.items():
            file.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
        file.close()  # type: ignore[no-untyped-call]
    return sorted(folder / name for name in values)


def added(files: list[dict[str, float]]) -> float:
    """The sum as prometheus_client makes it: one after the other."""
    total = 0.0
    for file in files:
        total += file.get("key", 0.0)
    return total


@pytest.mark.parametrize("scale", [1.0, 1e-9])
def test_no_takeover_lowers_a_sum_as_the_collector_adds_it_on_any_python(
    generated: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    """scale: of what the dead have counted. A sum() as in Python 3.12 and newer, which is more
    exact, would not do.
    """
    module = generated(PROCESSES)
    monkeypatch.setattr(
        module, "sum", lambda values, start=0.0: fsum([start, *values]), raising=False
    )
    rng = random.Random(7)
    for turn in range(300):
        folder = tmp_path / str(turn)
        folder.mkdir()
        pids = rng.sample(range(1, 100), 6)
        dead_pids = {0, *pids[:2]}
        files = {
            f"counter_{pid}.db": {"key": rng.random() * (scale if pid in dead_pids else 1e6)}
            for pid in (0, *pids)
        }  # fmt: skip
        paths = written(folder, files)
        dead = [path for path in paths if int(path.stem.split("_")[1]) in dead_pids]
        living = [path for path in paths if path not in dead]
        merged = {
            key: value for key, (value, _) in module.combined("counter", dead, living).items()
        }
        before = added([files[path.name] for path in paths])
        after = added([merged, *(files[path.name] for path in living)])
        assert before <= after <= before * (1 + 1e-12)


def test_gauges_of_one_process_go_with_it_in_the_modes_all_and_live(
    folder: Path, generated: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = """
from prometheus_client import Gauge
for mode in ("all", "liveall", "livesum", "sum", "max"):
    Gauge("own_" + mode, "Own.", multiprocess_mode=mode).set(3)
"""
    subprocess.run([sys.executable, "-c", own], check=True)
    module = generated("api.v1.metrics")
    page = get(module.metrics, "/").body.decode()
    assert [line for line in page.splitlines() if line.startswith("own_")] == [
        "own_max 3.0",
        "own_sum 3.0",
    ]
    assert sorted(file.name for file in folder.glob("*.db")) == ["gauge_max_0.db", "gauge_sum_0.db"]


def test_killed_at_any_step_a_scrape_counts_nothing_twice_and_loses_nothing(
    folder: Path, sources: Path, generated: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = generated(PROCESSES)
    worked(sources, 1)
    totals(generated)
    for seed in (2, 3):
        worked(sources, seed)
    monkeypatch.setattr(module, "_is_in_use", of_a_process)
    want = {
        series: value
        for series, value in totals(generated).items()
        if "requests" in series or "count" in series
    }
    monkeypatch.undo()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    untouched = {file.name: file.read_bytes() for file in folder.iterdir()}
    step = kills = 0
    while True:
        for file in folder.iterdir():
            file.unlink()
        for name, content in untouched.items():
            (folder / name).write_bytes(content)
        done = _scrape_killed_at(step, sources)
        found = totals(generated)
        assert {series: found.get(series) for series in want} == want, f"killed at step {step}"
        assert not list(folder.glob("merge*"))
        if done:
            break
        step += 1
        kills += 1
    assert kills > 10


def _scrape_killed_at(step: int, sources: Path) -> bool:
    """Whether the scrape came to its end before that many changes of files."""
    script = f"""
import os, sys
from pathlib import Path
left = {step}
def killed(original):
    def call(*args, **options):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return original(*args, **options)
    return call
from pybase.api.v1 import metrics
from {f"pybase.{PROCESSES}"} import AllProcesses
for name in {OPERATIONS}:
    setattr(Path, name, killed(getattr(Path, name)))
AllProcesses(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])).collect()
"""
    environment = {**os.environ, "PYTHONPATH": str(sources)}
    return (
        subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == 0
    )
