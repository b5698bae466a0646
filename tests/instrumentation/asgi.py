"""A client in memory, and what was counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import prometheus_client

Message = dict[str, Any]


@dataclass
class Answer:
    """What the app sent. status: 0 before it answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def scope_of(method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Message:
    """A request's scope, as uvicorn makes it."""
    path, _, query = path.partition("?")
    lines = [
        (name.lower().encode(), value.encode())
        for name, value in {"host": "localhost", **(headers or {})}.items()
    ]
    facts = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
    }
    ends = {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {}}
    own = {
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": lines,
    }
    return {**facts, **ends, **own, "root_path": "", **more}


async def asked(
    app: Any, scope: Message, messages: Iterable[Message] = ({"type": "http.request"},)
) -> list[Message]:
    """What the app sends to a client that sends these messages and then waits."""
    waiting = list(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def get(
    app: Any, path: str, method: str = "GET", headers: dict[str, str] | None = None, **scope: Any
) -> Answer:
    """One request and its answer. Raises what the app raises."""
    sent = asyncio.run(asked(app, scope_of(method, path, headers, **scope)))
    start = next(
        (message for message in sent if message["type"] == "http.response.start"),
        {"status": 0, "headers": []},
    )
    lines = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], lines, b"".join(message.get("body", b"") for message in sent))


def counted(name: str = "http_requests_total", *without: str) -> dict[tuple[str, ...], float]:
    """What each series of the default registry holds that is not 0, by its labels' values in order
    of their names.
    """
    return {
        tuple(
            value for label, value in sorted(sample.labels.items()) if label not in without
        ): sample.value
        for family in prometheus_client.REGISTRY.collect()
        for sample in family.samples
        if sample.name == name and sample.value
    }
