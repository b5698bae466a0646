"""Children that come and go leave what they counted, and nothing else."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from celery import Celery
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from workers.worker import Worker, hanging

RECYCLED = int(os.environ.get("PBMON_WORKER_CHILDREN", "32"))
PROCESSES = max(16, RECYCLED // 25)  # Celery replaces children each five seconds

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's prefork pool needs POSIX")


def test_children_that_are_recycled_leave_their_counts_but_neither_files_nor_series(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-c", str(PROCESSES), "--max-tasks-per-child", "1") as worker:

        def run(tasks: int, total: int) -> set[str]:
            """The series after so many tasks more."""
            for result in [app.send_task("shop.tasks.work") for _ in range(tasks)]:
                result.get(timeout=200)
            worker.until(lambda: worker.samples("tasks_total") == {("success", "work"): total})
            worker.until(lambda: "queue_size{" in worker.scrape())
            return {line.rpartition(" ")[0] for line in worker.scrape().splitlines() if not line.startswith("#")}

        before = run(PROCESSES, PROCESSES)
        assert run(RECYCLED, RECYCLED + PROCESSES) == before
        # Those of living processes, the main one's, and what is kept of all others: five each.
        worker.until(lambda: len(worker.files) <= 5 * (PROCESSES + 2))
        assert worker.samples("own_total") == {(): RECYCLED + PROCESSES}
        assert worker.samples("task_seconds_count") == {("work",): RECYCLED + PROCESSES}
        assert worker.samples("running") == {}
        worker.until(lambda: worker.samples("processes") == {(): PROCESSES})


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


def test_scrapes_never_fail_and_no_count_ever_falls_while_children_die(app: Celery, broker: str, tmp_path: Path) -> None:
    def counts(page: str) -> dict[str, float]:
        return {
            f"{sample.name}{sorted(sample.labels.items())}": sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if family.type in {"counter", "histogram"} and not family.name.startswith(("python_", "process_"))
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
        results = [app.send_task("shop.tasks.work", ("kill" if number % 30 == 9 else "ok",)) for number in range(60)]
        try:
            for result in results:
                result.get(timeout=60, propagate=False)
            worker.until(lambda: sum(worker.samples("tasks_total").values()) == 60)
        finally:
            done.set()
            reader.join(20)
    assert fell == []
    assert scrapes > 10


def test_the_folder_of_the_values_is_private_and_gone_when_the_worker_is(broker: str, tmp_path: Path) -> None:
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
