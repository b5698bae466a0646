"""Each attempt at a task is counted once, as the result backend says it ended."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from celery import Celery
from celery.result import AsyncResult
from redis import Redis
from workers.worker import Samples, Worker, hanging, samples

TASKS = int(os.environ.get("PBMON_WORKER_TASKS", "300"))
KILLS = int(os.environ.get("PBMON_WORKER_KILLS", "12"))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's pools need POSIX")


def truth(results: list[AsyncResult]) -> Counter[str]:
    """How many tasks ended how: SUCCESS, or the class of what ended them."""
    return Counter(
        "SUCCESS" if result.state == "SUCCESS" else type(result.result).__name__
        for result in results
    )


def assert_counted(worker: Worker, results: list[AsyncResult], retries: int) -> None:
    """That every count is what the result backend says."""
    ended = truth(results)
    succeeded = ended.pop("SUCCESS", 0)
    failed = sum(ended.values())
    # The end of an attempt is counted a moment after its result is stored, that of a killed one
    # when its process is gone.
    worker.until(lambda: sum(worker.samples("tasks_total").values()) >= len(results) + retries)
    by_status = Counter[str]()
    for (status, _), count in worker.samples("tasks_total").items():
        by_status[status] += int(count)
    assert by_status == Counter(success=succeeded, failure=failed, retry=retries)
    by_error = Counter[str]()
    for (error, _), count in worker.samples("failures_total").items():
        by_error[error] += int(count)
    assert by_error == ended
    assert sum(worker.samples("retries_total").values()) == retries
    assert worker.samples("running") == {}


def test_a_prefork_worker_counts_what_the_result_backend_says_though_children_are_killed(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    client = Redis.from_url(broker)
    with Worker(tmp_path, broker, "-c", "4") as worker:
        kinds = ["ok", "fail", "retry", "ok", "ok", "reject"]
        results = [
            app.send_task("shop.tasks.work", (kinds[number % len(kinds)], 0.005))
            for number in range(TASKS)
        ]
        results += [app.send_task("slow") for _ in range(3)]
        results += [app.send_task("shop.tasks.work", ("kill",)) for _ in range(KILLS - KILLS // 2)]
        hung = [app.send_task("shop.tasks.work", ("hang",)) for _ in range(KILLS // 2)]
        results += hung
        end = time.monotonic() + 120
        # Celery runs a task again whose process was killed before it heard that the task began:
        # then that hangs, too.
        while not all(result.ready() for result in hung):
            assert time.monotonic() < end, worker.log[-6000:]
            if isinstance(pid := client.lpop("pids"), bytes):
                os.kill(int(pid), signal.SIGKILL)
            time.sleep(0.02)
        for result in results:
            result.get(timeout=60, propagate=False)
        retries = 2 * sum(kinds[number % len(kinds)] == "retry" for number in range(TASKS))
        assert truth(results)["WorkerLostError"] == KILLS
        assert truth(results)["TimeLimitExceeded"] == 3
        assert_counted(worker, results, retries)
        assert sum(worker.samples("task_seconds_count").values()) == len(results) + retries
        assert worker.samples("task_seconds_sum")["slow",] >= 3
        assert worker.samples("retries_total") == {("KeyError", "work"): retries}
        worker.until(lambda: worker.samples("processes") == {(): 4})
    client.close()


@pytest.mark.parametrize("pool", ["threads", "solo", "gevent"])
def test_pools_of_one_process_count_what_the_result_backend_says(
    pool: str, app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-P", pool, "-c", "4") as worker:
        kinds = ["ok", "fail", "retry", "reject", "ok"]
        results = [
            app.send_task("shop.tasks.work", (kinds[number % len(kinds)], 0.005))
            for number in range(60)
        ]
        for result in results:
            result.get(timeout=30, propagate=False)
        assert_counted(worker, results, retries=24)
        assert worker.samples("own_total") == {(): 84}
        assert worker.samples("processes") == {(): 1}
        assert worker.files == []


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_revoked_and_expired_tasks_are_failures_that_took_no_time(
    pool: str, app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-P", pool, "-c", "2") as worker:
        assert app.control.revoke("a-task-to-revoke", reply=True, timeout=60, limit=1)
        past = datetime.now(UTC) - timedelta(seconds=5)
        results = [
            app.send_task("shop.tasks.work", task_id="a-task-to-revoke"),
            app.send_task("shop.tasks.work", expires=past),
        ]
        for result in results:
            result.get(timeout=20, propagate=False)
        assert_counted(worker, results, retries=0)
        assert worker.samples("failures_total") == {("TaskRevokedError", "work"): 2}
        assert worker.samples("task_seconds_count") == {}


class Killed(NamedTuple):
    """What a worker says after children were killed in every way. running: while one of the tasks
    ran.
    """

    running: Samples
    page: str


@pytest.fixture(scope="module")
def killed(redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Killed:
    """Celery looks for killed children each five seconds, so all of them are killed together."""
    with (
        Redis.from_url(redis_server) as client,
        Celery("sender", broker=redis_server, backend=redis_server, set_as_current=False) as app,
        Worker(tmp_path_factory.mktemp("killed"), redis_server, "-c", "5") as worker,
    ):
        client.flushall()
        app.conf.task_default_queue = "work"
        terminated = app.send_task("shop.tasks.work", ("hang",))
        hanging(client)
        running = worker.samples("running")
        app.send_task("dies")
        late = app.send_task("late")
        named = [app.send_task("shop.tasks.of_another_name", (how,)) for how in ("ok", "kill")]
        app.control.revoke(terminated.id, terminate=True, signal="SIGKILL")
        for result in (late, *named):
            result.get(timeout=30, propagate=False)
        worker.until(lambda: worker.log.count("Worker exited prematurely") >= 2)
        worker.until(lambda: sum(worker.samples("tasks_total").values()) == 5)
        return Killed(running, worker.scrape())


def test_a_task_that_is_terminated_is_one_failure(killed: Killed) -> None:
    assert killed.running == {("work",): 1}
    assert ended(killed, "work") == {"failure": 1}
    assert samples(killed.page, "failures_total")["Terminated", "work"] == 1
    assert samples(killed.page, "task_seconds_count")["work",] == 1
    assert samples(killed.page, "running")["work",] == 0


def test_what_was_counted_before_its_process_was_killed_is_no_failure_besides(
    killed: Killed,
) -> None:
    assert ended(killed, "dies") == {"success": 1}


def test_a_task_that_celery_requeues_counts_when_it_ends(killed: Killed) -> None:
    assert ended(killed, "late") == {"success": 1}


def test_a_task_with_a_name_that_is_not_listed_gets_the_one_given_by_hand_also_when_it_is_killed(
    killed: Killed,
) -> None:
    assert ended(killed, "named") == {"success": 1, "failure": 1}
    assert samples(killed.page, "failures_total")["WorkerLostError", "named"] == 1
    assert ended(killed, "other") == {}


def ended(killed: Killed, task_type: str) -> dict[str, float]:
    """How often its attempts ended how."""
    counts = samples(killed.page, "tasks_total").items()
    return {status: count for (status, counted), count in counts if counted == task_type and count}


def test_tasks_called_as_functions_and_ignored_ones_are_not_counted_and_unknown_ones_are_other(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, "-c", "1") as worker:
        app.send_task("shop.tasks.work", ("ignore",))
        app.send_task("shop.tasks.work", ("eager",)).get(timeout=20)
        app.send_task("celery.accumulate", (1,)).get(timeout=20)
        worker.until(lambda: sum(worker.samples("tasks_total").values()) == 3)
        # The task called as a function is instrumented by hand: that is what counts it.
        assert worker.samples("tasks_total") == {
            ("success", "work"): 1,
            ("failure", "work"): 1,
            ("success", "other"): 1,
        }
        assert worker.samples("running") == {}
