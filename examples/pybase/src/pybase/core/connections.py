"""Connections to Redis that fail soon instead of trying again and again: who asks is a user who
waits.
"""

from __future__ import annotations

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pybase.core.settings import settings

_SECONDS = 2


def connected(kind: type[redis.Redis] = redis.Redis, **options: Any) -> Any:
    """A client of Redis, database 0, that gives up after two seconds."""
    return kind.from_url(
        f"{settings().redis}/0",
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        retry=Retry(NoBackoff(), 0),
        **options,
    )
