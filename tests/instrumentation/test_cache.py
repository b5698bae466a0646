"""The generated cache wrappers on a real Redis."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from instrumentation.asgi import counted
from instrumentation.servers import wait


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a Redis of these tests alone."""
    program = shutil.which("redis-server")
    if program is None:
        reason = "redis-server is not there: apt-get install redis-server, or brew install redis"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; with CI=true nothing is skipped")
        pytest.skip(reason)
    folder: Path = tmp_path_factory.mktemp("redis")
    socket = str(folder / "socket")
    call = [program, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    try:
        wait(lambda: Path(socket).exists() and redis.Redis(unix_socket_path=socket).ping(), 20)
        yield socket
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def wrappers(generated: Callable[[str], Any]) -> Any:
    return generated("metrics.cache")


EVERYTHING = {
    ("get", "hit"): 1,
    ("get", "miss"): 1,
    ("get", "error"): 1,
    ("set", "ok"): 2,
    ("delete", "ok"): 2,
}
TIMED = {("get",): 3, ("set",): 2, ("delete",): 2}


def test_a_client_counts_hits_misses_and_errors(wrappers: Any, server: str) -> None:
    cache = wrappers.MeasuredCache(redis.Redis(unix_socket_path=server))
    cache.flushall()
    assert cache.get("a") is None
    assert cache.set("a", "1", ex=60) is True
    assert cache.get("a") == b"1"
    assert (cache.delete("a"), cache.delete("a", "b")) == (1, 0)
    cache.lpush("list", 1)
    with pytest.raises(redis.ResponseError):
        cache.get("list")
    assert cache.set("list", "text", nx=True) is None
    assert counted("cache_operations_total") == EVERYTHING
    assert counted("cache_operation_duration_seconds_count") == TIMED
    assert 0 < counted("cache_operation_duration_seconds_sum")["get",] < 1


def test_an_async_client_counts_hits_misses_and_errors(wrappers: Any, server: str) -> None:
    async def talk() -> None:
        cache = wrappers.AsyncMeasuredCache(redis.asyncio.Redis(unix_socket_path=server))
        await cache.flushall()
        assert await cache.get("a") is None
        assert await cache.set("a", "1", ex=60) is True
        assert await cache.get("a") == b"1"
        assert [await cache.delete("a"), await cache.delete("a", "b")] == [1, 0]
        await cache.lpush("list", 1)
        with pytest.raises(redis.ResponseError):
            await cache.get("list")
        assert await cache.set("list", "text", nx=True) is None
        await cache.aclose()

    asyncio.run(talk())
    assert counted("cache_operations_total") == EVERYTHING
    assert counted("cache_operation_duration_seconds_count") == TIMED


def test_an_empty_value_is_a_hit(wrappers: Any, server: str) -> None:
    cache = wrappers.MeasuredCache(redis.Redis(unix_socket_path=server))
    cache.set("empty", "")
    assert cache.get("empty") == b""
    assert counted("cache_operations_total")["get", "hit"] == 1


def test_a_server_that_is_gone_and_a_cancelled_call_are_errors(
    wrappers: Any, tmp_path: Path
) -> None:
    with pytest.raises(redis.ConnectionError):
        wrappers.MeasuredCache(redis.Redis(unix_socket_path=str(tmp_path / "none"))).delete("a")

    class Slow:
        async def get(self, name: str) -> None:
            await asyncio.sleep(9)

    async def cancelled() -> None:
        await asyncio.wait_for(wrappers.AsyncMeasuredCache(Slow()).get("a"), 0.01)

    with pytest.raises(TimeoutError):
        asyncio.run(cancelled())
    assert counted("cache_operations_total") == {("delete", "error"): 1, ("get", "error"): 1}


def test_with_enters_and_leaves_the_client(wrappers: Any, server: str) -> None:
    client = redis.Redis(unix_socket_path=server)
    with wrappers.MeasuredCache(client) as cache:
        assert (cache.client, cache.get("none")) == (client, None)
    assert [connection._sock for connection in client.connection_pool._available_connections] == [
        None
    ]

    async def talk() -> None:
        client = redis.asyncio.Redis(unix_socket_path=server)
        async with wrappers.AsyncMeasuredCache(client) as cache:
            assert (cache.client, await cache.get("none")) == (client, None)
        assert [
            connection.is_connected for connection in client.connection_pool._available_connections
        ] == [False]

    asyncio.run(talk())
    assert counted("cache_operations_total") == {("get", "miss"): 2}


def test_a_client_that_swallows_an_exception_does_so_in_its_wrapper(wrappers: Any) -> None:
    with wrappers.MeasuredCache(suppress(KeyError)):
        raise KeyError
    with pytest.raises(ValueError, match="other"), wrappers.MeasuredCache(suppress(KeyError)):
        raise ValueError("other")


def test_everything_else_is_the_clients_own(wrappers: Any, server: str) -> None:
    client = redis.Redis(unix_socket_path=server)
    cache = wrappers.MeasuredCache(client)
    assert cache.client is client
    assert cache.incr("n") == 1
    assert cache.pipeline().get("n").execute() == [b"1"]
    with pytest.raises(AttributeError):
        cache.none  # noqa: B018
    assert counted("cache_operations_total") == {}
