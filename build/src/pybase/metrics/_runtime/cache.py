# Copied by pbmon. Do not edit: the next `pbmon build` writes it anew.
"""Counts and times what a Redis cache is asked for.

get, set and delete are measured; every other method and attribute is the client's own,
and `with` and `async with` enter and leave the client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, ClassVar, Generic, Self, TypeVar

from .metrics import LabelledCounter, LabelledHistogram

__all__ = ["AsyncMeasuredCache", "MeasuredCache", "Operations"]

_C = TypeVar("_C")


class Operations:
    """The series of each operation, looked up once.

    count: by operation and status. duration: in seconds by operation.
    """

    def __init__(self, count: LabelledCounter, duration: LabelledHistogram) -> None:
        self.get = _Operation("get", count, duration)
        self.set = _Operation("set", count, duration)
        self.delete = _Operation("delete", count, duration)


class _Operation:
    """The series of one operation."""

    def __init__(
        self, operation: str, count: LabelledCounter, duration: LabelledHistogram
    ) -> None:
        self._observe = duration.named(operation=operation).observe
        self._counts = {
            status: count.named(operation=operation, status=status).inc
            for status in ("hit", "miss", "ok", "error")
        }

    @contextmanager
    def measured(self) -> Iterator[Callable[[str], None]]:
        """Times the block; it is an error unless the block gives it another status."""
        status = "error"

        def ended(as_: str) -> None:
            nonlocal status
            status = as_

        started = perf_counter()
        try:
            yield ended
        finally:
            self._observe(perf_counter() - started)
            self._counts[status]()


class _Wrapper(Generic[_C]):
    """Has all methods and attributes that the client has."""

    operations: ClassVar[Operations]

    def __init__(self, client: _C) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


class MeasuredCache(_Wrapper[_C]):
    """A redis.Redis whose get, set and delete are measured."""

    def __enter__(self) -> Self:
        client: Any = self.client
        client.__enter__()
        return self

    def __exit__(self, *error: object) -> bool | None:
        client: Any = self.client
        left: bool | None = client.__exit__(*error)
        return left

    def get(self, name: Any) -> Any:
        """The value, or None; counts a hit or a miss."""
        with self.operations.get.measured() as ended:
            client: Any = self.client
            value = client.get(name)
            ended("miss" if value is None else "hit")
            return value

    def set(self, name: Any, value: Any, *args: Any, **options: Any) -> Any:
        """As the client's own set, with its options."""
        with self.operations.set.measured() as ended:
            client: Any = self.client
            done = client.set(name, value, *args, **options)
            ended("ok")
            return done

    def delete(self, *names: Any) -> Any:
        """How many there were."""
        with self.operations.delete.measured() as ended:
            client: Any = self.client
            number = client.delete(*names)
            ended("ok")
            return number


class AsyncMeasuredCache(_Wrapper[_C]):
    """A redis.asyncio.Redis whose get, set and delete are measured."""

    async def __aenter__(self) -> Self:
        client: Any = self.client
        await client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> bool | None:
        client: Any = self.client
        left: bool | None = await client.__aexit__(*error)
        return left

    async def get(self, name: Any) -> Any:
        """The value, or None; counts a hit or a miss."""
        with self.operations.get.measured() as ended:
            client: Any = self.client
            value = await client.get(name)
            ended("miss" if value is None else "hit")
            return value

    async def set(self, name: Any, value: Any, *args: Any, **options: Any) -> Any:
        """As the client's own set, with its options."""
        with self.operations.set.measured() as ended:
            client: Any = self.client
            done = await client.set(name, value, *args, **options)
            ended("ok")
            return done

    async def delete(self, *names: Any) -> Any:
        """How many there were."""
        with self.operations.delete.measured() as ended:
            client: Any = self.client
            number = await client.delete(*names)
            ended("ok")
            return number
