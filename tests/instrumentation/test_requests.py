"""What the generated middleware counts: every way in which a request can end."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import string
import tracemalloc
from collections.abc import AsyncIterator, Callable
from typing import Any

import prometheus_client
import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, WebSocket
from instrumentation.asgi import asked, counted, get, scope_of
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, StreamingResponse


@pytest.fixture
def app(generated: Callable[[str], Any]) -> FastAPI:
    """An app whose routes end in every way."""
    app = FastAPI()
    app.add_middleware(generated("middleware.prometheus_middleware").PrometheusMiddleware)

    @app.get("/ok")
    @app.head("/ok")
    async def ok() -> str:
        return "ok"

    @app.get("/raises")
    async def raises() -> None:
        raise RuntimeError

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418)

    @app.get("/late")
    async def late(tasks: BackgroundTasks) -> str:
        tasks.add_task(asyncio.sleep, 0.3)
        return "soon"

    @app.get("/fails-late")
    async def fails_late(tasks: BackgroundTasks) -> str:
        tasks.add_task(raises)
        return "soon"

    @app.get("/stream")
    async def stream(pause: float = 0, broken: bool = False) -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"part"
                await asyncio.sleep(pause)
            if broken:
                raise RuntimeError

        return StreamingResponse(parts())

    @app.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    @app.get("/file")
    async def file() -> FileResponse:
        return FileResponse(__file__)

    @app.get("/code/{code}")
    async def code(code: int) -> None:
        raise HTTPException(code)

    return app


def by_status(endpoint: str = "") -> dict[str, float]:
    """Requests by status, of one endpoint where one is given."""
    found: dict[str, float] = {}
    for (template, _, status), value in counted().items():
        if endpoint in {"", template}:
            found[status] = found.get(status, 0) + value
    return found


def quiet(app: Any, path: str, method: str = "GET") -> None:
    """A request whose exception is what the test is about."""
    with pytest.raises(RuntimeError):
        get(app, path, method)


@pytest.mark.parametrize(
    ("method", "path", "series"),
    [
        ("GET", "/ok", ("/ok", "GET", "200")),
        ("HEAD", "/ok", ("/ok", "HEAD", "200")),
        ("OPTIONS", "/ok", ("/ok", "OPTIONS", "405")),
        ("DELETE", "/ok", ("/ok", "DELETE", "405")),
        ("BREW", "/ok", ("/ok", "OTHER", "405")),
        ("get", "/ok", ("/ok", "OTHER", "405")),
        ("GET", "/none", ("<unmatched>", "GET", "404")),
        ("GET", "/ok/", ("<unmatched>", "GET", "307")),
        ("GET", "/teapot", ("/teapot", "GET", "418")),
        ("GET", "/stream?pause=x", ("/stream", "GET", "422")),
        ("GET", "/file", ("/file", "GET", "200")),
        ("GET", "/code/499", ("/code/{code}", "GET", "499")),
        ("GET", "/code/799", ("/code/{code}", "GET", "other")),
    ],
)
def test_a_request_counts_once_in_both_metrics(app: FastAPI, method: str, path: str, series: tuple[str, ...]) -> None:
    get(app, path, method)
    assert counted() == {series: 1}
    assert counted("http_request_duration_seconds_count") == {series[:2]: 1}


@pytest.mark.parametrize("outermost", [False, True])
@pytest.mark.parametrize("path", ["/raises", "/stream?broken=1"])
def test_an_exception_before_or_in_the_answer_counts_as_500(
    app: FastAPI, generated: Callable[[str], Any], path: str, outermost: bool
) -> None:
    if outermost:
        app.user_middleware.clear()
    quiet(generated("middleware.prometheus_middleware").PrometheusMiddleware(app) if outermost else app, path)
    assert by_status() == {"500": 1}


def test_an_app_that_returns_without_an_answer_counts_as_500(generated: Callable[[str], Any]) -> None:
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/half":
            await send({"type": "http.response.start", "status": 200, "headers": []})

    app = generated("middleware.prometheus_middleware").PrometheusMiddleware(nothing)
    get(app, "/half")
    get(app, "/none")
    assert by_status() == {"500": 2}


def test_time_runs_to_the_last_byte_and_not_through_background_tasks(app: FastAPI) -> None:
    get(app, "/late")
    get(app, "/stream?pause=0.1")
    took = counted("http_request_duration_seconds_sum")
    assert took["/late", "GET"] < 0.2
    assert took["/stream", "GET"] >= 0.3


def test_a_background_task_that_fails_changes_nothing(app: FastAPI) -> None:
    quiet(app, "/fails-late")
    assert by_status() == {"200": 1}


def test_a_client_that_goes_away_while_it_sends_counts_as_499(app: FastAPI) -> None:
    messages = [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]
    with pytest.raises(ClientDisconnect):
        asyncio.run(asked(app, scope_of("POST", "/body"), messages))
    assert by_status() == {"499": 1}


def test_a_client_that_goes_away_in_mid_stream_counts_as_499(app: FastAPI) -> None:
    messages = [{"type": "http.request"}, {"type": "http.disconnect"}]
    asyncio.run(asked(app, scope_of("GET", "/stream?pause=0.1"), messages))
    assert by_status() == {"499": 1}


def test_a_server_that_cannot_send_any_more_counts_as_499(app: FastAPI) -> None:
    async def send(message: Any) -> None:
        raise OSError

    async def receive() -> Any:
        return {"type": "http.request"}

    with pytest.raises(OSError):
        asyncio.run(app(scope_of("GET", "/ok"), receive, send))
    assert by_status() == {"499": 1}


def test_a_request_that_is_cancelled_counts_as_499(app: FastAPI) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(asked(app, scope_of("GET", "/stream?pause=9")))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cancelled())
    assert by_status() == {"499": 1}


def test_skipped_paths_and_options_are_not_counted(generated: Callable[[str], Any], app: FastAPI) -> None:
    app.user_middleware.clear()
    middleware = generated("middleware.prometheus_middleware").PrometheusMiddleware
    skipping = middleware(app, skip_paths=["/ok"], skip_options=True)
    for method, path in (("GET", "/ok"), ("OPTIONS", "/teapot"), ("GET", "/teapot")):
        get(skipping, path, method)
    assert counted() == {("/teapot", "GET", "418"): 1}


@pytest.mark.parametrize("ending", ["close", "leave", "crash", "deny", "cancel"])
def test_a_websocket_is_open_from_accept_to_its_end(app: FastAPI, ending: str) -> None:
    seen = []

    @app.websocket("/ws")
    async def ws(socket: WebSocket) -> None:
        if ending == "deny":
            await socket.close()
            return
        await socket.accept()
        seen.append(counted("websocket_connections_active"))
        if ending == "crash":
            raise RuntimeError
        if ending == "close":
            await socket.close()
            seen.append(counted("websocket_connections_active"))
        else:
            await socket.receive()
            seen.append(counted("websocket_connections_active"))

    async def talk() -> None:
        leave = [{"type": "websocket.disconnect", "code": 1001}] if ending == "leave" else []
        scope = {**scope_of("GET", "/ws"), "type": "websocket", "subprotocols": []}
        task = asyncio.create_task(asked(app, scope, [{"type": "websocket.connect"}, *leave]))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(talk())
    opened: dict[tuple[str, ...], float] = {(): 1}
    assert seen == {"close": [opened, {}], "leave": [opened, {}], "crash": [opened], "deny": [], "cancel": [opened]}[ending]
    assert counted("websocket_connections_active") == {}
    assert counted() == {}


def test_a_failure_to_count_is_logged_once_and_never_reaches_the_user(
    generated: Callable[[str], Any], app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**labels: str) -> None:
        raise MemoryError

    monkeypatch.setattr(generated("middleware.prometheus_middleware"), "_count", broken)
    with caplog.at_level(logging.ERROR):
        assert [get(app, "/ok").status for _ in range(3)] == [200, 200, 200]
    assert [record.message for record in caplog.records] == ["a request is not counted; others may follow silently"]


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
    return scope_of(method, path, {"host": f"{number}.example.org", "x-forwarded-prefix": word}, root_path=root)


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


def test_a_hundred_thousand_requests_leave_nothing_in_memory(app: FastAPI) -> None:
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
        after = asyncio.run(requests(100_000))
    finally:
        tracemalloc.stop()
    assert after - before < 20_000
    assert sum(counted().values()) == 102_000
