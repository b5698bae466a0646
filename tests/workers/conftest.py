"""A broker for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import Celery
from instrumentation.conftest import client_path
from redis import Redis
from workers.redis_server import RedisServer

__all__ = ["app", "broker", "client_path", "redis_server"]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Redis server that all tests use, one after the other."""
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture
def broker(redis_server: str) -> str:
    """URL of an empty database."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def app(broker: str) -> Iterator[Celery]:
    """What sends tasks to a worker and reads their results."""
    with Celery("sender", broker=broker, backend=broker, set_as_current=False) as sender:
        sender.conf.update(
            task_default_queue="work", broker_transport_options={"queue_order_strategy": "priority"}
        )
        yield sender
