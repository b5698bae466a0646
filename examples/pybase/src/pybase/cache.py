"""The cache in Redis: JSON under a key for a while. It is never needed: while Redis is away every
read is a miss.
"""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import redis

from pybase import faults
from pybase.core.connections import connected
from pybase.metrics.cache import MeasuredCache


class _Client(redis.Redis):
    """Answers late where the fault `cache_delay` is on."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        if delay := faults.current().cache_delay:
            time.sleep(delay)
        return super().execute_command(*args, **options)


class Cache:
    """get, set and delete over a client of redis-py."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, key: str) -> Any:
        """The value, or None."""
        try:
            found = self._client.get(key)
        except redis.RedisError:
            return None
        return None if found is None else json.loads(found)

    def set(self, key: str, value: Any, seconds: int) -> None:
        """Keeps the value for so many seconds."""
        try:
            self._client.set(key, json.dumps(value), ex=seconds)
        except redis.RedisError:
            return

    def delete(self, key: str) -> None:
        """Forgets the value."""
        try:
            self._client.delete(key)
        except redis.RedisError:
            return


@cache
def shared() -> Cache:
    """The cache of this process."""
    return Cache(MeasuredCache(connected(_Client, decode_responses=True)))
