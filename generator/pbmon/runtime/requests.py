"""Counts what the API answers: a pure ASGI middleware for FastAPI and Starlette.

It measures until the last byte of the answer is handed to the server, without
background tasks. An exception counts as 500, also one in mid-stream; a client that went
away and a cancelled request count as 499. No request can add series without end:
whatever is not a route's template, a known method or a known status becomes the label's
`other`. A status code that the label does not have counts as the first one of its
class, as RFC 9110 asks of clients: 520 as 500.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from time import perf_counter
from typing import Any, ClassVar, Final

from .metrics import GaugeSeries, Labelled, LabelledCounter, LabelledHistogram
from .routes import Templates
from .series import both

__all__ = ["RequestMiddleware"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_Request = tuple[int, int, str, str, int]
"""id() of the route and of the endpoint, root path, method, status."""

_Values = tuple[str | None, str | None, str | None]
"""Method, endpoint and status; None for what the label does not have."""

_Counting = Callable[[float], None]
"""Counts a request that took so many seconds."""

_LAST: Final = {
    "http.response.body",
    "http.response.pathsend",
    "http.response.zerocopysend",
}
"""Messages that may end an answer."""

_logger: Final = logging.getLogger(__name__)

_UNCOUNTED: Final = "a request is not counted; others may follow silently"
"""Is logged once: a fault that every request has would fill the disk."""


class RequestMiddleware:
    """Counts requests by method, route template and status, and times them.

    requests: by method, endpoint and status. latency: in seconds by method and
    endpoint, or by all three. websockets: how many are open; None counts none.
    skip_paths: paths, as a client writes them, that are not counted.
    skip_options: whether OPTIONS requests are not counted.
    """

    requests: ClassVar[LabelledCounter]
    latency: ClassVar[LabelledHistogram]
    websockets: ClassVar[GaugeSeries | None] = None

    def __init__(
        self, app: App, *, skip_paths: Iterable[str] = (), skip_options: bool = False
    ) -> None:
        self.app = app
        self._skip_paths = frozenset(skip_paths)
        self._skip_options = skip_options
        self._skips_some = bool(self._skip_paths) or skip_options
        self._templates = Templates()
        self._known: dict[_Request, _Counting] = {}
        self._counting: dict[_Values, _Counting] = {}
        self._methods = frozenset(self.requests.label_bounds["method"].values)
        self._statuses = frozenset(self.requests.label_bounds["status"].values)
        self._failed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (self._skips_some and self._skips(scope)):
            other = self._websocket if scope["type"] == "websocket" else self.app
            await other(scope, receive, send)
            return
        started = perf_counter()
        status = 500  # what the server answers when the app does not
        gone = done = False

        async def receiving() -> Message:
            nonlocal gone
            message = await receive()
            if message["type"] == "http.disconnect":
                gone = True
            return message

        async def sending(message: Message) -> None:
            nonlocal done, gone, status
            kind = message["type"]
            if kind == "http.response.start":
                status = message["status"]
            try:
                await send(message)
            except OSError:
                gone = True
                raise
            if kind in _LAST and not (done or message.get("more_body")):
                done = True
                self._record(scope, started, 499 if gone or _left(receive) else status)

        try:
            await self.app(scope, receiving, sending)
        except BaseException as error:
            if not done:
                left = gone or not isinstance(error, Exception) or _left(receive)
                self._record(scope, started, 499 if left else 500)
            raise
        if not done:  # it returned in the middle of the answer
            self._record(scope, started, 499 if gone or _left(receive) else 500)

    def _skips(self, scope: Scope) -> bool:
        return scope["path"] in self._skip_paths or (
            self._skip_options and scope["method"] == "OPTIONS"
        )

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        gauge = self.websockets
        if gauge is None:
            return await self.app(scope, receive, send)
        is_open = False

        def closed() -> None:
            nonlocal is_open
            if is_open:
                is_open = False
                self._safely(gauge.dec)

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                closed()
            return message

        async def sending(message: Message) -> None:
            nonlocal is_open
            await send(message)
            if message["type"] == "websocket.accept" and not is_open:
                is_open = True
                self._safely(gauge.inc)
            elif message["type"] == "websocket.close":
                closed()

        try:
            await self.app(scope, receiving, sending)
        finally:
            closed()

    def _record(self, scope: Scope, started: float, status: int) -> None:
        """Counts one answer. What goes wrong here must not become the user's error."""
        try:
            seconds = perf_counter() - started
            method = scope["method"]
            try:
                root = scope[
                    "app_root_path" if "app_root_path" in scope else "root_path"
                ]
                route, endpoint = id(scope["route"]), id(scope["endpoint"])
                count = self._known[route, endpoint, root, method, status]
            except KeyError:  # the first one like it, or one that no route took
                count = self._find(scope, status)
            count(seconds)
        except Exception:
            if not self._failed:
                _logger.exception(_UNCOUNTED)
            self._failed = True

    def _find(self, scope: Scope, code: int) -> _Counting:
        """The series of a request, remembered for the next one like it."""
        # A mount adds to root_path, and keeps what it was in app_root_path.
        root = scope.get("app_root_path", scope.get("root_path", ""))
        verb = scope["method"]
        endpoint, is_only = self._templates.find(scope, root)
        method = verb if verb in self._methods else None
        status = _status(code, self._statuses)
        series = method, endpoint, status
        if series not in self._counting:
            given = {"method": method, "endpoint": endpoint, "status": status}
            self._counting[series] = both(
                self.requests.named(**_or_other(self.requests, given)),
                self.latency.named(**_or_other(self.latency, given)),
            )
        counting = self._counting[series]
        if is_only and method is not None and status is not None:
            asked = id(scope.get("route")), id(scope.get("endpoint"))
            self._known[*asked, root, verb, code] = counting
        return counting

    def _safely(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            if not self._failed:
                _logger.exception(_UNCOUNTED)
            self._failed = True


def _left(receive: Receive) -> bool:
    """Whether uvicorn knows that the client is gone; each server tells in receive()."""
    return getattr(getattr(receive, "__self__", None), "disconnected", False) is True


def _status(code: int, known: Collection[str]) -> str | None:
    """The code as the label has it, or the first code of its class; else None."""
    if not 100 <= code <= 999:
        return None
    text = str(code)
    if not known or text in known:
        return text
    first = f"{code // 100}00"
    return first if first in known else None


def _or_other(metric: Labelled[Any], given: dict[str, str | None]) -> dict[str, str]:
    """What is given, or the `other` of the metric's label."""
    bounds = metric.label_bounds
    return {
        name: value if value is not None else bounds[name].other or ""
        for name, value in given.items()
        if name in bounds
    }
