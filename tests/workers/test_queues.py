"""How many tasks wait."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

import pytest
from celery import Celery
from pbmon.runtime.celery_worker.queues import Queues
from redis import Redis
from workers.redis_server import RedisServer
from workers.worker import Worker, hanging, samples, workers, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's pools need POSIX")


@pytest.mark.parametrize("prefix", ["", "shop:"])
def test_waiting_tasks_of_every_priority_and_fetched_ones_are_the_length_of_a_queue(
    prefix: str, app: Celery, broker: str, tmp_path: Path
) -> None:
    app.conf.broker_transport_options = {
        "queue_order_strategy": "priority",
        "global_keyprefix": prefix,
    }
    options = ("-P", "threads", "-c", "1", "-Q", "work,quiet")
    with (
        Redis.from_url(broker) as client,
        Worker(tmp_path, broker, *options, KEY_PREFIX=prefix) as worker,
    ):
        app.send_task("shop.tasks.work", ("hang",))
        hanging(client)
        for priority in range(10):
            app.send_task("shop.tasks.work", ("hang",), priority=priority)
        for _ in range(3):
            app.send_task("shop.tasks.work", countdown=300)
        app.send_task("shop.tasks.work", queue="of-others")
        with (
            app.connection_for_read() as connection,
            connection.SimpleQueue("of-others") as of_others,
        ):
            of_others.get(timeout=10)  # fetched and not acknowledged, by another worker
            worker.until(lambda: worker.samples("queue_size") == {("work",): 13})
            assert client.hlen(f"{prefix}unacked") >= 2
            lists = sum(client.llen(key) for key in client.keys(f"{prefix}work*"))  # type: ignore[union-attr,misc]
            assert lists < 13
        assert 'queue_size{queue_name="quiet"} 0.0' in worker.scrape()
        os.killpg(worker.process.pid, 9)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """One for a single test, which may break it."""
    with RedisServer(tmp_path) as server:
        yield server


def waiting(worker: Worker) -> float:
    """The length of the queue; -1 before the first one is known."""
    return samples(worker.scrape(), "queue_size").get(("work",), -1)


def send(url: str, tasks: int) -> None:
    """Tasks that wait in the queue, or fetched, as long as the test lasts."""
    with (
        Celery("sender", broker=url, set_as_current=False) as sender,
        sender.connection_for_write() as connection,
    ):
        for _ in range(tasks):
            sender.send_task("shop.tasks.work", countdown=300, queue="work", connection=connection)


def test_the_length_of_a_queue_is_unknown_while_the_broker_is_gone_and_right_when_it_is_back(
    redis: RedisServer, tmp_path: Path
) -> None:
    with Worker(tmp_path, redis.url, "-P", "threads", "-c", "1") as worker:
        worker.until(lambda: waiting(worker) == 0)
        # last, because kombu 5.7 ends a worker that has fetched tasks when its broker goes
        for tasks in (
            0,
            4,
        ):
            redis.kill()
            worker.until(lambda: math.isnan(waiting(worker)))
            redis.start()
            send(redis.url, tasks)
            worker.until(lambda tasks=tasks: waiting(worker) == tasks)  # type: ignore[misc]


def test_the_length_of_a_queue_is_unknown_seconds_after_the_broker_hangs_and_right_when_it_goes_on(
    redis: RedisServer, tmp_path: Path
) -> None:
    with Worker(tmp_path, redis.url, "-P", "threads", "-c", "1") as worker:
        send(redis.url, 2)
        worker.until(lambda: waiting(worker) == 2)
        redis.hang()
        worker.until(lambda: math.isnan(waiting(worker)), 8)
        redis.go_on()
        worker.until(lambda: waiting(worker) == 2)


class Client:
    """Stands for the app, a connection, and a channel whose client has a lock, as redis-py's."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.asked = Event()
        self.amqp = self.queues = self
        self.consume_from = ["work"]
        self.driver_type = "other"

    def connection_for_read(self) -> Client:
        return self

    def get_transport_cls(self) -> Client:
        return self

    def channel(self) -> Client:
        return self

    class Queue(NamedTuple):
        message_count: int

    def queue_declare(self, name: str, **_: Any) -> Client.Queue:
        with self.lock:
            self.asked.set()
            time.sleep(0.2)
            return self.Queue(3)


def test_no_child_begins_with_a_lock_of_the_brokers_client_that_is_held() -> None:
    client = Client()
    sizes: list[dict[str, float]] = []
    asking = Thread(target=lambda: sizes.append(Queues(client).sizes()))
    asking.start()
    assert client.asked.wait(5)
    if not (pid := os.fork()):
        os._exit(client.lock.locked())
    assert os.waitpid(pid, 0)[1] == 0
    asking.join()
    assert sizes == [{"work": 3}]


def test_the_brokers_client_is_imported_before_another_thread_asks() -> None:
    script = """
import sys
from celery import Celery
from pbmon.runtime.celery_worker.queues import Queues
assert "kombu.transport.redis" not in sys.modules
Queues(Celery("shop", broker="redis://127.0.0.1:1"))
assert "kombu.transport.redis" in sys.modules
Queues(Celery("shop", broker="no-such-transport://"))
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("mode", ["livesum", "max", "livemax", "mostrecent", "livemostrecent"])
def test_an_unknown_length_is_shown_in_every_multiprocess_mode_beside_what_children_left(
    mode: str, tmp_path: Path
) -> None:
    script = """
import json, os
import worker_metrics
size = worker_metrics.queue_size.labels("work")

def child():
    if not (pid := os.fork()):
        worker_metrics.own_total.inc()  # makes a file of each kind, with 0 of all that is known
        os._exit(0)
    os.waitpid(pid, 0)

size.set(7)
child()
children = worker_metrics._worker._children
children.compact()
child()
size.set(float("nan"))
samples = [sample for metric in children.collect() for sample in metric.samples]
shown = [str(sample.value) for sample in samples if sample.name == "queue_size"]
print(json.dumps(shown))"""
    write(tmp_path, workers(mode))
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "values")}
    call = [sys.executable, "-c", script]
    done = subprocess.run(
        call, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["nan"]
