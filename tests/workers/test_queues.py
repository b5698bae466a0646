"""How many tasks wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from celery import Celery
from redis import Redis
from workers.worker import Worker, hanging

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's pools need POSIX")


def test_waiting_tasks_of_every_priority_and_fetched_ones_are_the_length_of_a_queue(
    app: Celery, broker: str, tmp_path: Path
) -> None:
    with Redis.from_url(broker) as client, Worker(tmp_path, broker, "-P", "threads", "-c", "1", "-Q", "work,quiet") as worker:
        app.send_task("shop.tasks.work", ("hang",))
        hanging(client)
        for priority in range(10):
            app.send_task("shop.tasks.work", ("hang",), priority=priority)
        for _ in range(3):
            app.send_task("shop.tasks.work", countdown=300)
        app.send_task("shop.tasks.work", queue="of-others")
        with app.connection_for_read() as connection, connection.SimpleQueue("of-others") as of_others:
            of_others.get(timeout=10)  # fetched and not acknowledged, by another worker
            worker.until(lambda: worker.samples("queue_size") == {("work",): 13})
            assert client.hlen("unacked") >= 2
            lists = sum(client.llen(key) for key in client.keys("work*"))  # type: ignore[union-attr,misc]
            assert lists < 13
        assert 'queue_size{queue_name="quiet"} 0.0' in worker.scrape()
        os.killpg(worker.process.pid, 9)
