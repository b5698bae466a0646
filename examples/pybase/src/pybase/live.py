"""WebSockets: who listens to which table."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Any

from fastapi import WebSocket


class Live:
    """The open sockets of this process, by table."""

    def __init__(self) -> None:
        self._sockets: dict[int, set[WebSocket]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None

    def join(self, table_id: int, socket: WebSocket) -> None:
        """The socket hears of the table from now on."""
        self._loop = asyncio.get_running_loop()
        self._sockets[table_id].add(socket)

    def leave(self, table_id: int, socket: WebSocket) -> None:
        """The socket is gone."""
        self._sockets[table_id].discard(socket)
        if not self._sockets[table_id]:
            del self._sockets[table_id]

    def tell(self, table_id: int, news: dict[str, Any]) -> None:
        """Sends the news to all who listen to the table. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._send(table_id, news), self._loop)

    async def _send(self, table_id: int, news: dict[str, Any]) -> None:
        for socket in list(self._sockets.get(table_id, ())):
            # whoever left in the meantime is taken out by its own handler
            with suppress(Exception):
                await socket.send_json(news)


live = Live()
