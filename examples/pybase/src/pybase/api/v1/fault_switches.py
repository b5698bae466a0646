"""The fault switches. There are none, and every path answers 404, where no token for
them is set.
"""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict
from threading import Thread
from typing import Annotated

import redis
from fastapi import APIRouter, Depends, Header, HTTPException, status
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from pybase import faults, tasks
from pybase.core.connections import connected
from pybase.core.settings import settings
from pybase.database import engine

Seconds = Annotated[int, Field(ge=1, le=3600)]


def _allowed(authorization: Annotated[str, Header()] = "") -> None:
    token = settings().faults_token
    if not token or not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise HTTPException(status.HTTP_404_NOT_FOUND)


router = APIRouter(
    prefix="/faults", tags=["faults"], dependencies=[Depends(_allowed)], include_in_schema=False
)


_FREE = text(
    "SELECT current_setting('max_connections')::int -"
    " current_setting('superuser_reserved_connections')::int - count(*) FROM pg_stat_activity WHERE"
    " backend_type = 'client backend'"
)


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Ratio = Annotated[float, Field(ge=0, le=1)]
_Delay = Annotated[float, Field(ge=0, le=60)]


class Switches(_Closed):
    """As pybase.faults.Faults, each within bounds."""

    seconds: Seconds = 600
    api_error_ratio: _Ratio = 0
    api_delay: _Delay = 0
    db_delay: _Delay = 0
    cache_delay: _Delay = 0
    extraction_failure_ratio: _Ratio = 0
    extraction_retry_ratio: _Ratio = 0
    extraction_delay: _Delay = 0
    search_failure_ratio: _Ratio = 0
    search_retry_ratio: _Ratio = 0
    search_delay: _Delay = 0


class Connections(_Closed):
    """Connections to PostgreSQL, held beside the pool: all but `leave` of those that are free."""

    leave: Annotated[int, Field(ge=0, le=1000)]
    seconds: Seconds = 300


class Memory(_Closed):
    """Bytes put into Redis."""

    bytes: Annotated[int, Field(ge=1, le=1 << 30)]
    seconds: Seconds = 600


class Backlog(_Closed):
    """Tasks that do next to nothing, in front of the search worker."""

    tasks: Annotated[int, Field(ge=1, le=20_000)]


@router.get("")
def show() -> dict[str, float]:
    """What is on."""
    return asdict(faults.current())


@router.put("")
def switch(wanted: Switches) -> dict[str, float]:
    """Exactly these are on from now on, for `seconds`; an empty object turns all off."""
    given = faults.Faults(**wanted.model_dump(exclude={"seconds"}))
    faults.switch(given, wanted.seconds)
    return asdict(given)


@router.post("/connections", status_code=status.HTTP_202_ACCEPTED)
def hold_connections(wanted: Connections) -> dict[str, int]:
    """Holds connections for `seconds`, so many that `leave` are free, whatever others take and give
    back meanwhile.
    """
    Thread(
        target=_hold,
        args=(wanted.leave, wanted.seconds),
        name="pybase-fault-connections",
        daemon=True,
    ).start()
    return wanted.model_dump()


def _hold(leave: int, seconds: int) -> None:
    apart = create_engine(
        engine().url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": 3},
    )
    end = time.monotonic() + seconds
    # the server is down: nothing is held any more
    with (
        ExitStack() as held,
        suppress(OperationalError),
    ):
        first = held.enter_context(apart.connect())
        others: list[Connection] = []
        while time.monotonic() < end:
            more = (first.scalar(_FREE) or 0) - leave
            for _ in range(more):
                with suppress(OperationalError):  # somebody else took the last
                    others.append(held.enter_context(apart.connect()))
            for _ in range(min(-more, len(others))):
                others.pop().close()
            time.sleep(0.5)


@router.post("/memory")
def fill_memory(wanted: Memory) -> dict[str, int]:
    """Fills Redis with keys that expire; stops where it is full."""
    piece = 1 << 20
    kept = 0
    with connected() as client:
        for number in range(-(-wanted.bytes // piece)):
            size = min(piece, wanted.bytes - kept)
            try:
                client.set(f"pybase:ballast:{number}", b"x" * size, ex=wanted.seconds)
            except redis.ResponseError:
                break
            kept += size
    return {"kept": kept}


@router.post("/backlog")
def queue_backlog(wanted: Backlog) -> dict[str, int]:
    """Queues so many tasks at once. With `search_delay` on, the worker does not get
    through them.
    """
    with (
        tasks.celery().pool.acquire(block=True) as connection,
        tasks.celery().amqp.Producer(connection) as producer,
    ):
        for _ in range(wanted.tasks):
            tasks.celery().send_task(
                "index_record", [0], queue=tasks.SEARCH, producer=producer, ignore_result=True
            )
    return {"queued": wanted.tasks}
