"""Many requests, and hostile ones, leave no series and no memory behind."""

from __future__ import annotations

import asyncio
import gc
import random
import string
import tracemalloc
from collections.abc import Callable
from typing import Any

import prometheus_client
import pytest
from fastapi import FastAPI, HTTPException
from instrumentation.asgi import asked, counted, scope_of

pytestmark = pytest.mark.slow  # tens of thousands of requests


@pytest.fixture
def app(generated: Callable[[str], Any]) -> FastAPI:
    app = FastAPI()
    app.add_middleware(generated("middleware.prometheus_middleware").PrometheusMiddleware)

    @app.get("/ok")
    async def ok() -> str:
        return "ok"

    @app.get("/code/{code}")
    async def code(code: int) -> None:
        raise HTTPException(code)

    return app


def hostile(number: int) -> dict[str, Any]:
    """A request as somebody sends it who wants new series."""
    rng = random.Random(number)
    word = "".join(rng.choices(string.ascii_letters + "/%.é{}\u202e", k=rng.randrange(1, 12)))
    path = rng.choice(
        [
            f"/{word}",
            f"/code/{number}",
            f"/mounted/{word}",
            f"/sub/{number}/deep",
            f"//ok/{word}",
            f"/ok{'/' * (number % 9)}",
            f"/{word}/ok",
        ]
    )
    method = rng.choice(["GET", "POST", "HEAD", word.upper(), f"X{number}"])
    root = rng.choice(["", "", f"/root{number}", f"/{word}"])
    return scope_of(
        method, path, {"host": f"{number}.example.org", "x-forwarded-prefix": word}, root_path=root
    )


def test_twenty_thousand_hostile_requests_make_a_constant_number_of_series(app: FastAPI) -> None:
    async def opaque(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    sub = FastAPI()
    sub.add_api_route("/{number}/deep", lambda number: number)
    app.mount("/mounted", opaque)
    app.mount("/sub", sub)

    async def flood(first: int, last: int) -> int:
        for number in range(first, last):
            await asked(app, hostile(number))
        return sum(1 for family in prometheus_client.REGISTRY.collect() for _ in family.samples)

    assert asyncio.run(flood(0, 10_000)) == asyncio.run(flood(10_000, 20_000))
    assert sum(counted().values()) == 20_000


def test_thirty_thousand_requests_leave_nothing_in_memory(app: FastAPI) -> None:
    paths = [f"/code/{400 + number % 50}" for number in range(97)]

    async def requests(number: int) -> int:
        for turn in range(number):
            await asked(bare, {**scope_of("GET" if turn % 3 else f"X{turn}", paths[turn % 97])})
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        scope["endpoint"] = answer
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    bare = app.user_middleware[0].cls(answer)
    tracemalloc.start()
    try:
        before = asyncio.run(requests(2_000))
        after = asyncio.run(requests(30_000))
    finally:
        tracemalloc.stop()
    assert after - before < 20_000
    assert sum(counted().values()) == 32_000
