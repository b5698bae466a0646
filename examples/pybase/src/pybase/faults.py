"""Switches that make a bad day: failures and slowness, on purpose and for a while.

They stand in a hash in Redis that expires, so that no fault outlives its test, and API and workers
see the same. Without PYBASE_FAULTS_TOKEN_FILE nothing here does anything.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import redis

from pybase.core.connections import connected
from pybase.core.settings import settings

KEY = "pybase:faults"
_FRESH = 0.5  # seconds that a reading serves


@dataclass(frozen=True)
class Faults:
    """Ratios from 0 to 1, delays in seconds; everything is off at 0.

    api_error_ratio, api_delay: requests that end in 500, and how much longer each takes.
    db_delay: a slow statement in each transaction. cache_delay: a slow answer to each cache
    operation.
    extraction_failure_ratio, extraction_retry_ratio, extraction_delay: the same for tasks of the
    extraction worker.
    search_failure_ratio, search_retry_ratio, search_delay: and of the search worker.
    """

    api_error_ratio: float = 0
    api_delay: float = 0
    db_delay: float = 0
    cache_delay: float = 0
    extraction_failure_ratio: float = 0
    extraction_retry_ratio: float = 0
    extraction_delay: float = 0
    search_failure_ratio: float = 0
    search_retry_ratio: float = 0
    search_delay: float = 0


NAMES = tuple(field.name for field in fields(Faults))
_current = Faults()


def current() -> Faults:
    """What was switched on when it was last read."""
    return _current


def refresh() -> None:
    """Reads the switches. While Redis is away the last reading holds."""
    global _current  # noqa: PLW0603 - one reading for the whole process
    if not settings().faults_token:
        return
    try:
        with connected(decode_responses=True) as client:
            on = client.hgetall(KEY)
    except redis.RedisError:
        return
    _current = Faults(**{name: float(on[name]) for name in NAMES if name in on})


def switch(faults: Faults, seconds: int) -> None:
    """Exactly these faults from now on, for so many seconds."""
    with connected(decode_responses=True) as client, client.pipeline() as together:
        together.delete(KEY)
        if on := {name: value for name, value in asdict(faults).items() if value}:
            together.hset(KEY, mapping=on)
            together.expire(KEY, seconds)
        together.execute()
    refresh()
