"""The generated hooks on real SQLAlchemy engines."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from instrumentation.asgi import counted, get
from instrumentation.servers import shown
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DisconnectionError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

RECORDS = Table(
    "records", MetaData(), Column("id", Integer, primary_key=True), Column("size", Integer)
)


@pytest.fixture
def hooks(generated: Callable[[str], Any]) -> Any:
    return generated("metrics.database")


@pytest.fixture
def engine(hooks: Any, tmp_path: Path) -> Any:
    """A file of SQLite behind a pool of two connections and one more."""
    engine = create_engine(
        f"sqlite:///{tmp_path}/db", pool_size=2, max_overflow=1, pool_timeout=0.05
    )
    RECORDS.metadata.create_all(engine)
    hooks.observe_engine(engine)
    yield engine
    engine.dispose()


def timed() -> dict[str, float]:
    """Statements by kind."""
    return {
        operation: value
        for (operation,), value in counted("db_query_duration_seconds_count").items()
    }


def held() -> float:
    return counted("db_pool_connections_in_use").get((), 0)


def test_core_and_orm_statements_count_by_their_kind(engine: Any) -> None:
    with engine.begin() as connection:
        connection.execute(insert(RECORDS).values(id=1))
        connection.execute(insert(RECORDS), [{"id": number} for number in range(2, 9)])
        connection.execute(update(RECORDS).values(size=1))
        connection.execute(select(RECORDS).where(RECORDS.c.id > 1))
        connection.execute(delete(RECORDS))
    assert timed() == {"insert": 2, "update": 1, "select": 1, "delete": 1}
    assert counted("db_query_duration_seconds_sum")["select",] > 0


@pytest.mark.parametrize(
    ("statement", "operation"),
    [
        ("SELECT 1", "select"),
        ("  \n-- it's a comment (\n/* another; DELETE */ select 1", "select"),
        ("(SELECT 1)", None),  # SQLite does not take it
        (
            "WITH a AS (SELECT 'delete)' AS \"update\") INSERT INTO records SELECT 7, 7 FROM a",
            "insert",
        ),
        (
            (
                "WITH RECURSIVE a(n) AS (SELECT 1 UNION SELECT n + 1 FROM a WHERE n < 3) SELECT"
                " count(*) FROM a"
            ),
            "select",
        ),
        ("with x as (select 1) delete from records where id in (select * from x)", "delete"),
        ("CREATE TABLE other (id int)", None),
        ("PRAGMA user_version", None),
        ("selectx", None),
        ("", None),
    ],
)
def test_statements_of_text_count_by_their_first_word(
    engine: Any, statement: str, operation: str | None
) -> None:
    with engine.begin() as connection:
        try:
            connection.execute(text(statement))
        except OperationalError:
            assert operation is None
    assert (
        timed() == ({} if operation is None or statement == "(SELECT 1)" else {operation: 1})
        or statement == "(SELECT 1)"
    )
    if statement.startswith("("):
        runtime = sys.modules["pybase.metrics._runtime.database"]
        assert runtime._operation(statement, None) == "select"


def test_a_statement_that_fails_is_timed_too(engine: Any) -> None:
    with engine.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT * FROM none"))
    assert timed() == {"select": 1}


def test_connections_count_while_they_are_out(engine: Any) -> None:
    assert counted("db_pool_connections_max") == {(): 3}
    with engine.connect(), engine.connect():
        assert held() == 2
        with engine.connect(), pytest.raises(TimeoutError):
            engine.connect()
        assert held() == 2
    assert held() == 0


def test_connections_that_are_lost_detached_or_thrown_away_count_no_more(engine: Any) -> None:
    with engine.connect() as connection:
        connection.invalidate()
    with engine.connect() as connection:
        connection.detach()
        assert held() == 0
    with engine.connect() as connection:
        engine.dispose()
        assert held() == 1
    abandoned = engine.raw_connection()
    assert held() == 1
    del abandoned
    assert held() == 0


def test_a_connection_that_the_pool_tries_twice_counts_once(engine: Any) -> None:
    tries = []

    @event.listens_for(engine, "checkout")
    def stale(connection: Any, record: Any, proxy: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise DisconnectionError

    with engine.connect():
        assert held() == 1
    assert (held(), len(tries)) == (0, 2)


def test_observing_an_engine_twice_counts_once(hooks: Any, engine: Any) -> None:
    hooks.observe_engine(engine)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert held() == 1
    assert timed() == {"select": 1}
    assert counted("db_pool_connections_max") == {(): 3}


def test_a_disposed_engine_counts_no_more_until_it_is_used_again(
    hooks: Any, engine: Any, tmp_path: Path
) -> None:
    for _ in range(3):
        other = create_engine(f"sqlite:///{tmp_path}/db", pool_size=5)
        hooks.observe_engine(other)
        assert counted("db_pool_connections_max") == {(): 3 + 15}
        with other.connect():
            other.dispose()
        assert counted("db_pool_connections_max") == {(): 3}
    with other.connect(), other.connect():
        assert counted("db_pool_connections_max") == {(): 3 + 15}
    other.execution_options(isolation_level="AUTOCOMMIT").dispose()
    assert counted("db_pool_connections_max") == {(): 3}
    assert held() == 0


def test_a_disposed_engine_without_a_limit_leaves_the_limits_of_the_others(
    hooks: Any, engine: Any, tmp_path: Path
) -> None:
    endless = create_engine(f"sqlite:///{tmp_path}/db", poolclass=NullPool)
    hooks.observe_engine(endless)
    endless.dispose()
    assert counted("db_pool_connections_max") == {(): 3}


FORKING = """
import os
import sys
import time
from pybase.metrics import database
from sqlalchemy import create_engine
engine = create_engine("sqlite:///" + sys.argv[1], pool_size=4, max_overflow=1)
database.observe_engine(engine)
held = engine.connect() if sys.argv[2] == "held" else None
for _ in range(3):
    if os.fork() == 0:
        if sys.argv[2] == "disposed":
            engine.dispose(close=False)
        if held:
            held.close()
        own = [engine.connect() for _ in range(4 if not held else 2)]
        break
print(flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("how", "in_use"), [("plain", 12), ("disposed", 12), ("held", 1 + 6)])
def test_each_forked_process_counts_its_own_pool(
    generated: Callable[[str], Any],
    sources: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    in_use: float,
) -> None:
    folder = tmp_path / "files"
    environment = {
        **os.environ,
        "PYTHONPATH": str(sources),
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    call = [sys.executable, "-c", FORKING, str(tmp_path / "db"), how]
    process = subprocess.Popen(
        call, env=environment, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(4)] == [b"\n"] * 4
        monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
        page = get(generated("api.v1.metrics").metrics, "/").body.decode()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert shown(page, "db_pool_connections_in_use") == {"db_pool_connections_in_use": in_use}
    assert shown(page, "db_pool_connections_max") == {"db_pool_connections_max": 4 * 5}


@pytest.mark.parametrize("options", [{"poolclass": NullPool}, {"max_overflow": -1}])
def test_a_pool_without_a_limit_has_an_infinite_one(
    hooks: Any, tmp_path: Path, options: dict[str, Any]
) -> None:
    hooks.observe_engine(create_engine(f"sqlite:///{tmp_path}/db", **options))
    assert counted("db_pool_connections_max") == {(): float("inf")}


def test_an_async_engine_counts_as_a_sync_one(hooks: Any, tmp_path: Path) -> None:
    async def statements() -> None:
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{tmp_path}/db", pool_size=4, max_overflow=0
        )
        hooks.observe_engine(engine)
        async with engine.connect() as connection:
            assert held() == 1
            await asyncio.gather(connection.execute(text("SELECT 1")))
        async with engine.connect() as connection, engine.connect() as other:
            await connection.execute(text("SELECT 1"))
            await other.execute(text("SELECT 1"))
        assert counted("db_pool_connections_max") == {(): 4}
        await engine.dispose()

    asyncio.run(statements())
    assert timed() == {"select": 3}
    assert held() == 0
    assert counted("db_pool_connections_max") == {}


def test_statements_in_many_threads_are_each_timed(hooks: Any, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    engine = create_engine(f"sqlite:///{tmp_path}/db", pool_size=4)
    hooks.observe_engine(engine)

    def ask(number: int) -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(400)))
    engine.dispose()
    assert timed() == {"select": 400}
    assert held() == 0


@pytest.mark.parametrize("is_async", [False, True])
def test_what_exists_is_counted_in_the_background(
    hooks: Any, tmp_path: Path, is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    plain = create_engine(f"sqlite:///{tmp_path}/db")
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/db") if is_async else plain
    counts = hooks.Counts(
        engine,
        {"records": text("SELECT count(*) FROM records")},
        users=text("SELECT max(size) FROM records"),
    )

    async def counting() -> None:
        task = asyncio.create_task(counts.run(every=0.02))
        await asyncio.sleep(0.2)
        assert counted("pybase_objects") == {}
        RECORDS.metadata.create_all(plain)
        with plain.begin() as connection:
            connection.execute(insert(RECORDS), [{"id": number, "size": 7} for number in range(5)])
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if is_async:
            await engine.dispose()  # type: ignore[misc]

    with caplog.at_level(logging.ERROR):
        asyncio.run(counting())
    assert counted("pybase_objects") == {("records",): 5}
    assert counted("active_users") == {(): 7}
    assert [record.message for record in caplog.records] == [
        "the gauges of what exists could not be counted"
    ]


def test_a_kind_that_does_not_exist_is_refused_at_once(hooks: Any, engine: Any) -> None:
    with pytest.raises(ValueError, match="label kind has no value 'record'; it has 'records'"):
        hooks.Counts(engine, {"record": text("SELECT 1")})
