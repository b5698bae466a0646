"""What the generated middleware counts: every way in which a request can end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, WebSocket
from instrumentation.asgi import asked, counted, get, scope_of
from starlette.middleware.cors import CORSMiddleware
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
def test_a_request_counts_once_in_both_metrics(
    app: FastAPI, method: str, path: str, series: tuple[str, ...]
) -> None:
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
    quiet(
        generated("middleware.prometheus_middleware").PrometheusMiddleware(app)
        if outermost
        else app,
        path,
    )
    assert by_status() == {"500": 1}


@pytest.mark.parametrize("kind", ["pathsend", "zerocopysend"])
def test_a_file_that_the_server_sends_itself_is_the_last_of_an_answer(
    generated: Callable[[str], Any], kind: str
) -> None:
    async def file(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if kind == "zerocopysend":
            await send({"type": "http.response.zerocopysend", "file": 1, "more_body": True})
            assert by_status() == {}
        await send({"type": f"http.response.{kind}"})
        assert by_status() == {"200": 1}

    get(generated("middleware.prometheus_middleware").PrometheusMiddleware(file), "/file")
    assert by_status() == {"200": 1}


def test_a_middleware_that_answers_itself_counts_under_the_route_that_the_path_fits(
    generated: Callable[[str], Any], app: FastAPI
) -> None:
    app.user_middleware.clear()
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
    app.add_middleware(generated("middleware.prometheus_middleware").PrometheusMiddleware)
    asks = {"Origin": "http://a", "Access-Control-Request-Method": "GET"}
    for path in ("/code/404", "/none"):
        assert get(app, path, "OPTIONS", asks).status == 200
    assert counted() == {
        ("/code/{code}", "OPTIONS", "200"): 1,
        ("<unmatched>", "OPTIONS", "200"): 1,
    }


def test_routes_added_after_a_copied_scope_are_found(
    generated: Callable[[str], Any], app: FastAPI
) -> None:
    class Copying:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope}, receive, send)

    app.user_middleware.clear()
    app.add_middleware(Copying)
    app.add_middleware(generated("middleware.prometheus_middleware").PrometheusMiddleware)
    get(app, "/late/1")
    app.add_api_route("/late/{a}", lambda a: a)
    get(app, "/late/1")
    assert counted() == {("<unmatched>", "GET", "404"): 1, ("/late/{a}", "GET", "200"): 1}


def test_an_app_that_returns_without_an_answer_counts_as_500(
    generated: Callable[[str], Any],
) -> None:
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
    messages = [
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.disconnect"},
    ]
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


def test_skipped_paths_and_options_are_not_counted(
    generated: Callable[[str], Any], app: FastAPI
) -> None:
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
    assert (
        seen
        == {
            "close": [opened, {}],
            "leave": [opened, {}],
            "crash": [opened],
            "deny": [],
            "cancel": [opened],
        }[ending]
    )
    assert counted("websocket_connections_active") == {}
    assert counted() == {}


def test_a_failure_to_count_is_logged_once_and_never_reaches_the_user(
    generated: Callable[[str], Any],
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(**labels: str) -> None:
        raise MemoryError

    middleware = generated("middleware.prometheus_middleware").PrometheusMiddleware
    monkeypatch.setattr(middleware.requests, "named", broken)
    with caplog.at_level(logging.ERROR):
        assert [get(app, "/ok").status for _ in range(3)] == [200, 200, 200]
    assert [record.message for record in caplog.records] == [
        "a request is not counted; others may follow silently"
    ]
