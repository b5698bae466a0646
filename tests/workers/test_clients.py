"""A worker on each prometheus_client that the runtime fits."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.request import urlopen

import pytest
from celery import Celery
from workers.worker import Worker, samples

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Celery's prefork pool needs POSIX")


@pytest.mark.parametrize("pool", [("-c", "2"), ("-P", "threads", "-c", "2")], ids=" ".join)
def test_tasks_are_counted_and_served(
    pool: tuple[str, ...], client_path: list[str], app: Celery, broker: str, tmp_path: Path
) -> None:
    with Worker(tmp_path, broker, *pool, PYTHONPATH=os.pathsep.join(client_path)) as worker:
        app.send_task("shop.tasks.work", ("retry",)).get(timeout=20)
        expected = {("retry", "work"): 2, ("success", "work"): 1}
        worker.until(lambda: worker.samples("tasks_total") == expected)
        worker.until(lambda: "queue_size{" in worker.scrape())
        few = f"http://127.0.0.1:{worker.port}/metrics?name[]=tasks_total"
        with urlopen(few, timeout=10) as answer:
            page = answer.read().decode()
        assert {key: value for key, value in samples(page, "tasks_total").items() if value} == (
            expected
        )
        assert samples(page, "processes") == {}
