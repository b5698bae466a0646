"""Children that come and go leave what they counted, and nothing else."""

from __future__ import annotations

import functools
import math
import operator
import os
import random
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

import pytest
from celery import Celery
from pbmon.runtime.celery_worker.children import Children
from pbmon.runtime.celery_worker.identity import identity
from pbmon.runtime.files import ReservedFile
from prometheus_client.mmap_dict import mmap_key
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from workers.worker import Worker, hanging, samples

RECYCLED = int(os.environ.get("PBMON_WORKER_CHILDREN", "24"))
PROCESSES = max(8, RECYCLED // 25)  # Celery replaces children each five seconds

PATIENCE = 120.0  # on a machine that is busy with other work

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's prefork pool needs POSIX")


def test_children_that_are_recycled_leave_their_counts_but_neither_files_nor_series(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-c", str(PROCESSES), "--max-tasks-per-child", "1") as worker:

        def run(tasks: int, total: int) -> set[str]:
            """The series after so many tasks more, but for those that living children have each of
            their own.
            """
            for result in [app.send_task("shop.tasks.work") for _ in range(tasks)]:
                result.get(timeout=200)
            worker.until(
                lambda: worker.samples("tasks_total") == {("success", "work"): total}, PATIENCE
            )
            worker.until(lambda: "queue_size{" in worker.scrape(), PATIENCE)
            series = {
                line.rpartition(" ")[0]
                for line in worker.scrape().splitlines()
                if not line.startswith("#")
            }
            return {name for name in series if not name.startswith("rooms{")}

        before = run(PROCESSES, PROCESSES)
        assert run(RECYCLED, RECYCLED + PROCESSES) == before
        # Those of living processes, the main one's, and what is kept of all others: six each.
        worker.until(lambda: len(worker.files) <= 6 * (PROCESSES + 2), PATIENCE)
        worker.until(lambda: len(samples(worker.scrape(), "rooms")) <= PROCESSES + 1, PATIENCE)
        assert worker.samples("own_total") == {(): RECYCLED + PROCESSES}
        assert worker.samples("task_seconds_count") == {("work",): RECYCLED + PROCESSES}
        assert worker.samples("running") == {}
        worker.until(lambda: worker.samples("processes") == {(): PROCESSES}, PATIENCE)


def test_a_killed_child_is_no_ghost_in_any_gauge(app: Celery, broker: str, tmp_path: Path) -> None:
    with Redis.from_url(broker) as client, Worker(tmp_path, broker, "-c", "2") as worker:
        app.send_task("shop.tasks.work", ("hang",))
        pid = hanging(client)
        assert worker.samples("running") == {("work",): 1}
        assert worker.samples("processes") == {(): 2}
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
        assert worker.samples("running") == {}
        assert worker.samples("processes")[()] <= 2  # 1, or 2 when Celery has replaced it


def test_scrapes_never_fail_and_no_count_ever_falls_while_children_die(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    def counts(page: str) -> dict[str, float]:
        return {
            f"{sample.name}{sorted(sample.labels.items())}": sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if family.type in {"counter", "histogram"}
            and not family.name.startswith(("python_", "process_"))
        }

    fell: list[str] = []
    scrapes = 0
    done = Event()

    with Worker(tmp_path, broker, "-c", "6", "--max-tasks-per-child", "8") as worker:

        def scrape() -> None:
            nonlocal scrapes
            last: dict[str, float] = {}
            while not done.is_set():
                try:
                    now = counts(worker.scrape())
                except OSError as error:
                    fell.append(f"no answer: {error}")
                    return
                fell.extend(name for name, value in last.items() if now.get(name, -1) < value)
                last = now
                scrapes += 1

        reader = Thread(target=scrape)
        reader.start()
        results = [
            app.send_task("shop.tasks.work", ("kill" if number % 30 == 9 else "ok",))
            for number in range(60)
        ]
        try:
            for result in results:
                result.get(timeout=60, propagate=False)
            worker.until(lambda: sum(worker.samples("tasks_total").values()) == 60)
        finally:
            done.set()
            reader.join(20)
    assert fell == []
    assert scrapes > 10


def exact_sum(values: Iterable[float], start: float = 0) -> float:
    """As sum() of Python 3.12 adds floats."""
    numbers = [start, *values]
    exact = any(isinstance(number, float) for number in numbers)
    return math.fsum(numbers) if exact else functools.reduce(operator.add, numbers)


@pytest.mark.slow  # thousands of files
@pytest.mark.parametrize("exact", [False, True], ids=["", "sum() of Python 3.12"])
def test_no_sum_ever_falls_when_files_of_many_sizes_are_added_up_in_any_order(
    exact: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if exact:  # it rounds otherwise than addition does, here as there
        monkeypatch.setattr("builtins.sum", exact_sum)
    key = mmap_key("task_seconds", "task_seconds_sum", ["task_type"], ["work"], "Time.")
    children = Children(tmp_path)
    chance = random.Random(3)
    living: list[str] = []
    monkeypatch.setattr(
        "pbmon.runtime.celery_worker.children.is_alive",
        lambda name: name in {"0", identity(), *living},
    )
    for _ in range(60):
        last = 0.0
        living[:] = []
        for _ in range(20):
            living += map(str, chance.sample(range(1, 99999), chance.randrange(4)))
            for name in [identity(), *living]:
                values = ReservedFile(f"{tmp_path}/histogram_{name}.db")
                seconds = chance.choice([chance.random(), 10 ** chance.uniform(-12, 12)])
                values.write_value(key, values.read_value(key)[0] + seconds, 0.0)
                values.close()
            for look in range(2):
                (metric,) = children.collect()
                (now,) = (each.value for each in metric.samples if each.name == "task_seconds_sum")
                assert now >= last
                last = now
                if not look:
                    living[:] = chance.sample(living, len(living) // 2)
                    children.compact()
        for path in tmp_path.glob("*.db"):
            path.unlink()


def test_a_child_that_was_killed_before_it_counted_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "counter_4194305-1.db"  # no process has so high a number
    file.touch()
    Children(tmp_path).compact()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "script",
    [
        "from worker_metrics import own_total; own_total.inc(100)",
        "from prometheus_client import Counter; Counter('own_total', \"The app's own.\").inc(100)",
    ],
    ids=["with the module", "without it"],
)
def test_a_program_that_a_task_starts_counts_nothing_but_a_fork_of_its_process_does(
    script: str, app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-c", "1") as worker:
        app.send_task("program", (script,)).get(timeout=20)
        worker.until(lambda: worker.samples("tasks_total") == {("success", "other"): 1})
        assert worker.samples("own_total") == {(): 1}


def test_the_folder_of_the_values_is_private_and_gone_when_the_worker_is(
    broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-c", "1"):
        (folder,) = tmp_path.glob("tmp/worker-metrics-*")
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_a_folder_of_ones_own_is_used_and_stays(app: Celery, broker: str, tmp_path: Path) -> None:
    own = tmp_path / "values"
    with Worker(tmp_path, broker, "-c", "1", PROMETHEUS_MULTIPROC_DIR=str(own)) as worker:
        app.send_task("shop.tasks.work").get(timeout=20)
        worker.until(lambda: worker.samples("tasks_total") == {("success", "work"): 1})
        assert worker.files == []
    assert list(own.glob("counter_*.db"))


def test_prometheus_client_may_be_imported_first(app: Celery, broker: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import prometheus_client\n", "utf-8")
    with Worker(tmp_path, broker, "-c", "1", PYTHONPATH=str(tmp_path)) as worker:
        app.send_task("shop.tasks.work").get(timeout=20)
        worker.until(lambda: worker.samples("tasks_total") == {("success", "work"): 1})
