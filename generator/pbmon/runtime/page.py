"""The page that Prometheus scrapes: an ASGI app for FastAPI and Starlette.

It speaks the text format and OpenMetrics, compresses, and gives single metrics for
`?name[]=...`. A thread renders it, so that no request waits for a scrape.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import os
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    MutableMapping,
)
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from hmac import compare_digest
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import prometheus_client
from prometheus_client import CollectorRegistry, PlatformCollector
from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.metrics_core import Metric

from .encoding import encodable_metric
from .forks import ForkLock
from .processes import AllProcesses
from .reading import say_once
from .rendering import Collected, rendered
from .settings import MetricsSettings

__all__ = ["MetricsPage"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Encode = Callable[[Any], bytes]


_rendering: Final = ForkLock()
"""Metrics have locks, which a fork in the middle of a scrape would leave locked."""


class MetricsPage:
    """The page as an ASGI app.

    registry: what it shows; by default all that this process, or with
    PROMETHEUS_MULTIPROC_DIR all processes, have counted.
    """

    def __init__(
        self, settings: MetricsSettings, registry: CollectorRegistry | None = None
    ) -> None:
        self.settings = settings
        self._registry = registry
        self._thread: ThreadPoolExecutor | None = None
        self._thread_of = 0

    @cached_property
    def router(self) -> Any:
        """An APIRouter with the page, for `include_router`.

        Raises AttributeError where FastAPI is not installed.
        """
        try:
            fastapi: Any = import_module("fastapi")
        except ImportError as error:
            raise AttributeError(
                "there is a router only where FastAPI is installed; in Starlette "
                "app.add_route(PATH, metrics) serves the page"
            ) from error
        router = fastapi.APIRouter()
        router.add_route(self.settings.prometheus_path, self, include_in_schema=False)
        return router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, headers, body = await self._answer(scope)
        headers.append((b"content-length", str(len(body)).encode()))
        if scope["method"] == "HEAD":
            body = b""
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope) -> tuple[int, Headers, bytes]:
        if not self.settings.prometheus_enabled:
            return _plain(503, "Metrics are switched off: PROMETHEUS_ENABLED is false.")
        if scope["method"] not in {"GET", "HEAD"}:
            allowed = (b"allow", b"GET, HEAD")
            return _plain(405, "The metrics page answers GET.", allowed)
        asked: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            asked[name] = asked[name] + b"," + value if name in asked else value
        if not self._allowed(asked.get(b"authorization", b"")):
            challenge = (b"www-authenticate", b"Bearer")
            return _plain(401, "The metrics page asks for its bearer token.", challenge)
        names = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("name[]")
        if self._thread is None or self._thread_of != os.getpid():
            self._thread = ThreadPoolExecutor(1, "metrics")  # none survives a fork
            self._thread_of = os.getpid()
        return await asyncio.get_running_loop().run_in_executor(
            self._thread,
            self._page,
            asked.get(b"accept", b"").decode("latin-1"),
            asked.get(b"accept-encoding", b"").decode("latin-1"),
            names,
        )

    def _allowed(self, authorization: bytes) -> bool:
        token = self.settings.prometheus_token.encode()
        scheme, _, given = authorization.partition(b" ")
        return not token or (
            compare_digest(given.strip(), token) and scheme.lower() == b"bearer"
        )

    def _page(
        self, accept: str, encoding: str, names: list[str] | None
    ) -> tuple[int, Headers, bytes]:
        try:
            encode, content_type = choose_encoder(accept)
        except (TypeError, ValueError):  # a version that is no number
            encode, content_type = choose_encoder("")
        try:
            with _rendering, _no_collection():
                body = self._body(encode, content_type, names)
        except OSError as error:  # also that it takes too long
            say_once("the metrics cannot be read", error)
            return _plain(503, f"The metrics cannot be read now: {error}.")
        headers = [
            (b"content-type", content_type.encode()),
            (b"vary", b"accept, accept-encoding"),
        ]
        if gzip_accepted(encoding):
            body = gzip.compress(body, _COMPRESSION, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
        return 200, headers, body

    def _body(
        self, encode: Encode, content_type: str, names: list[str] | None
    ) -> bytes:
        shared = self._registry is None and os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        try:
            if not names and not shared:
                registry = self._registry or prometheus_client.REGISTRY
                return rendered(registry, encode, content_type)
            return encode(Collected(self._metrics(names)))
        except UnicodeEncodeError:  # what UTF-8 cannot hold is written out
            metrics = map(encodable_metric, self._metrics(names))
            return encode(Collected(list(metrics)))

    def _metrics(self, names: list[str] | None) -> list[Metric]:
        """Everything, or what has these names."""
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        if self._registry is None and folder:
            return _named(names, _of_processes(Path(folder)))
        registry: Any = self._registry or prometheus_client.REGISTRY
        shown = registry.restricted_registry(names) if names else registry
        return list(shown.collect())


_COMPRESSION: Final = 4
"""A tenth of the size; the usual 9 takes three times as long for the last percents."""


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector, which would stop the world to walk all samples."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _plain(
    status: int, text: str, *more: tuple[bytes, bytes]
) -> tuple[int, Headers, bytes]:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *more]
    return status, headers, text.encode() + b"\n"


def _of_processes(folder: Path) -> Iterator[Metric]:
    yield from AllProcesses(folder).collect()
    yield from PlatformCollector(registry=None).collect()


def _named(names: Collection[str] | None, metrics: Iterable[Metric]) -> list[Metric]:
    """The metrics, or of them the samples with these names."""
    if not names:
        return list(metrics)
    shown = []
    for metric in metrics:
        metric.samples = [each for each in metric.samples if each.name in names]
        shown += [metric] * bool(metric.samples)
    return shown
