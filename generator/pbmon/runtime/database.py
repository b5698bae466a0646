"""Times SQLAlchemy's statements, counts its pools' connections and what exists."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Callable, Mapping
from threading import Lock
from time import perf_counter
from typing import Any, ClassVar, Final
from weakref import WeakSet

from sqlalchemy import Engine, Executable, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import Pool, QueuePool

from .metrics import GaugeSeries, LabelledGauge, LabelledHistogram

__all__ = ["Counts", "Hooks"]

_COMMENT: Final = re.compile(r"(?:\s+|\(|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
_TOKEN: Final = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|\w+""", re.DOTALL
)

_UNLIMITED: Final = {"NullPool", "SingletonThreadPool"}

_logger: Final = logging.getLogger(__name__)


class Hooks:
    """Times the statements of engines and counts their pools' connections.

    duration: in seconds by operation. in_use: connections that are held now. size: how
    many there may be.
    """

    def __init__(
        self,
        duration: LabelledHistogram,
        in_use: GaugeSeries | None = None,
        size: GaugeSeries | None = None,
    ) -> None:
        self._duration = duration
        self._operations = duration.label_bounds["operation"]
        self._in_use = in_use
        self._size = size
        self._pools: WeakSet[_Pool] = WeakSet()
        self._lock = Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def observe_engine(self, engine: Engine | AsyncEngine) -> None:
        """Times the engine's statements and counts its pool's connections.

        A second call adds nothing.
        """
        sync = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
        if event.contains(sync, "after_cursor_execute", self._after):
            return
        event.listen(sync, "before_cursor_execute", _before)
        event.listen(sync, "after_cursor_execute", self._after)
        event.listen(sync, "handle_error", self._failed)
        if self._in_use is None and self._size is None:
            return
        pool = _Pool(sync, self._in_use, self._resized)
        self._pools.add(pool)
        event.listen(sync, "checkout", pool.taken)
        event.listen(sync, "checkin", pool.returned)
        event.listen(sync, "detach", pool.returned)
        event.listen(sync, "engine_disposed", pool.disposed)
        pool.opened()

    def _after(
        self,
        connection: object,
        cursor: object,
        statement: str,
        parameters: object,
        context: Any,
        executemany: bool,
    ) -> None:
        self._observe(statement, context)

    def _failed(self, failure: Any) -> None:
        """A statement that fails has taken its time, too."""
        self._observe(failure.statement or "", failure.execution_context)

    def _observe(self, statement: str, context: Any) -> None:
        started = getattr(context, "measured_since", None)
        if started is None:
            return
        context.measured_since = None
        operation: str | None = _operation(statement, context)
        if operation not in self._operations.values:
            operation = self._operations.other
        if operation is not None:  # else of another kind, which has no series
            series = self._duration.series(operation)
            series.observe(perf_counter() - started)

    def _resized(self, pool: _Pool, most: float) -> None:
        with self._lock:
            pool.most = most
            if self._size is not None:
                self._size.set(sum(each.most for each in self._pools))

    def _forked(self) -> None:
        """No gauge is set here: another thread of the parent may have held its lock."""
        self._lock = Lock()
        for pool in self._pools:
            pool.forget()


def _before(
    connection: object,
    cursor: object,
    statement: str,
    parameters: object,
    context: Any,
    executemany: bool,
) -> None:
    if context is not None:
        context.measured_since = perf_counter()


def _operation(statement: str, context: Any) -> str:
    """select, insert, update, delete ...: the first word, or the one behind WITH."""
    for operation in ("insert", "update", "delete"):
        if getattr(context, f"is{operation}", False):
            return operation
    skipped = _COMMENT.match(statement)
    word = re.match(r"\w+", statement[skipped.end() :] if skipped else statement)
    first = word[0].lower() if word else ""
    return _behind_with(statement) if first == "with" else first


def _behind_with(statement: str) -> str:
    """The first word outside of parentheses that begins a statement."""
    depth = 0
    for token in _TOKEN.finditer(statement):
        text = token[0].lower()
        depth += (text == "(") - (text == ")")
        if depth == 0 and text in {"select", "insert", "update", "delete", "merge"}:
            return text
    return ""


class _Pool:
    """What one engine's pool has out, each connection once, and how many it may hold.

    most: 0 when the engine is disposed, until it is used again.
    """

    def __init__(
        self,
        engine: Engine,
        in_use: GaugeSeries | None,
        resized: Callable[[_Pool, float], None],
    ) -> None:
        self._engine = engine
        self._in_use = in_use
        self._resized = resized
        self._records: set[int] = set()
        self.most = 0.0

    def taken(self, connection: object, record: object, proxy: object) -> None:
        """A connection leaves the pool."""
        if not self.most:
            self.opened()
        if self._in_use is not None and id(record) not in self._records:
            self._records.add(id(record))
            self._in_use.inc()

    def returned(self, connection: object, record: object) -> None:
        """A connection is back, or no longer the pool's."""
        if self._in_use is not None and id(record) in self._records:
            self._records.discard(id(record))
            self._in_use.dec()

    def opened(self) -> None:
        """The engine is made, or used again."""
        self._resized(self, _most(self._engine.pool))

    def disposed(self, engine: object) -> None:
        """The engine has no connections any more."""
        self._resized(self, 0.0)

    def forget(self) -> None:
        """In a forked child, which has no part in its parent's connections."""
        self.most = 0.0
        self._records.clear()


def _most(pool: Pool) -> float:
    """Connections that a pool may hold; infinity where nothing limits them."""
    if not isinstance(pool, QueuePool):
        return float("inf") if type(pool).__name__ in _UNLIMITED else 1.0
    overflow = pool._max_overflow
    return float("inf") if pool.size() == 0 or overflow < 0 else pool.size() + overflow


class Counts:
    """Gauges of what exists, each set to the one number that its query gives.

    objects: gauge with one label. active_users: gauge without labels.
    queries: of objects, by value of that label. users: how many were active.
    """

    objects: ClassVar[LabelledGauge | None] = None
    active_users: ClassVar[GaugeSeries | None] = None

    def __init__(
        self,
        engine: Engine | AsyncEngine,
        queries: Mapping[str, Executable] | None = None,
        *,
        users: Executable | None = None,
    ) -> None:
        self._engine = engine
        self._failing = False
        self._queries: list[tuple[Callable[[float], None], Executable]] = []
        for value, query in (queries or {}).items():
            if self.objects is None:
                raise TypeError(
                    "no gauge is defined for objects, so queries has no use"
                )
            self._queries.append((_gauge_of(self.objects, value).set, query))
        if users is not None:
            if self.active_users is None:
                raise TypeError("no gauge is defined for active users")
            self._queries.append((self.active_users.set, users))

    async def run(self, every: float = 60.0) -> None:
        """Counts now and every so many seconds, until it is cancelled.

        A failure leaves the gauges as they are; it is logged once until it is over.
        """
        while True:
            try:
                await self.refresh()
                self._failing = False
            except Exception:
                if not self._failing:
                    _logger.exception("the gauges of what exists could not be counted")
                self._failing = True
            await asyncio.sleep(every)

    async def refresh(self) -> None:
        """Counts once. Raises what the database raises."""
        if isinstance(self._engine, AsyncEngine):
            async with self._engine.connect() as connection:
                for put, query in self._queries:
                    put(float((await connection.execute(query)).scalar_one() or 0))
        else:
            await asyncio.to_thread(self._refresh, self._engine)

    def _refresh(self, engine: Engine) -> None:
        with engine.connect() as connection:
            for put, query in self._queries:
                put(float(connection.execute(query).scalar_one() or 0))


def _gauge_of(objects: LabelledGauge, value: str) -> GaugeSeries:
    """Raises ValueError for a kind that does not exist, while the app starts."""
    (label,) = objects.label_bounds.values()
    if label.values and label.other is None and value not in label.values:
        known = ", ".join(map(repr, label.values))
        raise ValueError(f"label {label.name} has no value {value!r}; it has {known}")
    return objects.series(value)
