"""What counting a request costs: a bare app, a hand-tuned floor, the generated middleware, and the
two usual packages.

    python benchmarks/runtime/middleware.py APP_SOURCES [--rounds N]

APP_SOURCES: folder of the generated code, as build/src. Needs benchmarks/runtime/requirements.txt.
All apps answer the same requests in turns of one process, pinned to one core, so that what slows
the machine slows all. Each figure is the median over the rounds; what a middleware costs is the
median of its differences to the bare app in the same round.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import prometheus_client
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
REQUESTS = 200
"""In one turn: short, so that all apps see the same machine."""
TARGETS = {"starlette_app": 0.8, "fastapi_app": 0.95}
"""The generated middleware against the floor, at most."""

App = Callable[..., Awaitable[None]]


class Floor:
    """The least that counts a request at all: no mounts, errors, disconnects, unknown methods or
    limits.
    """

    def __init__(self, app: App) -> None:
        registry = CollectorRegistry()
        self.app = app
        self.requests = Counter(
            "http_requests_total", "n", ["method", "endpoint", "status"], registry=registry
        )
        self.latency = Histogram(
            "http_request_duration_seconds",
            "t",
            ["method", "endpoint"],
            registry=registry,
            buckets=BUCKETS,
        )
        self.series: dict[
            tuple[str, str, int], tuple[Callable[[], None], Callable[[float], None]]
        ] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status = 500

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = perf_counter()
        try:
            await self.app(scope, receive, sending)
        finally:
            seconds = perf_counter() - started
            key = (scope["method"], scope["route"].path, status)
            series = self.series.get(key)
            if series is None:
                method, endpoint, code = key
                count = self.requests.labels(method, endpoint, str(code)).inc
                series = self.series[key] = (count, self.latency.labels(method, endpoint).observe)
            series[0]()
            series[1](seconds)


def view() -> Callable[[Request], Awaitable[PlainTextResponse]]:
    async def hello(_: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    return hello


def starlette_app() -> Starlette:
    return Starlette(routes=[Route(f"/api/v1/kind{number}/{{id}}", view()) for number in range(20)])


def fastapi_app() -> FastAPI:
    router = APIRouter(prefix="/api/v1")
    for number in range(20):
        router.add_api_route(f"/kind{number}/{{id}}", view())
    app = FastAPI()
    app.include_router(router)
    return app


def instrumented(make: Callable[[], Any], source: Path) -> dict[str, Any]:
    """The app by name of what counts its requests."""
    sys.path.insert(0, str(source))
    from prometheus_fastapi_instrumentator import Instrumentator
    from pybase.middleware.prometheus_middleware import PrometheusMiddleware
    from starlette_exporter import PrometheusMiddleware as StarletteExporter

    apps = {
        "bare": make(),
        "floor": make(),
        "generated": make(),
        "instrumentator": make(),
        "starlette_exporter": make(),
    }
    apps["floor"].add_middleware(Floor)
    apps["generated"].add_middleware(PrometheusMiddleware)
    Instrumentator(registry=CollectorRegistry()).instrument(apps["instrumentator"])
    apps["starlette_exporter"].add_middleware(
        StarletteExporter, group_paths=True, prefix=make.__name__, buckets=BUCKETS
    )
    return apps


async def timed(app: App, path: str) -> float:
    """Microseconds of CPU time a request."""
    body = {"type": "http.request", "body": b"", "more_body": False}

    async def receive() -> Any:
        return body

    async def send(message: Any) -> None:
        pass

    started = process_time()
    for number in range(REQUESTS):
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": f"{path}{number}", "raw_path": b"", "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost:8000"), (b"accept", b"*/*")],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
            "state": {},
        }  # fmt: skip
        await app(scope, receive, send)
    return (process_time() - started) / REQUESTS * 1e6


async def measured(apps: dict[str, Any], path: str, rounds: int) -> float:
    """Prints a table; the generated middleware's cost against the floor's."""
    for app in apps.values():
        await timed(app, path)
    figures: dict[str, list[float]] = {name: [] for name in apps}
    names = list(apps)
    gc.collect()
    gc.disable()  # a collection would fall on one of them by chance
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            figures[name].append(await timed(apps[name], path))
    added = {
        name: [own - bare for own, bare in zip(times, figures["bare"], strict=True)]
        for name, times in figures.items()
    }
    gc.enable()
    floor = median(added["floor"])
    print("| app | µs a request | added µs | quartiles | of the floor |\n|---|--:|--:|--:|--:|")
    for name in names:
        low, middle, high = quantiles(added[name], n=4)
        print(
            f"| {name} | {median(figures[name]):.1f} | {middle:.1f} | {low:.1f} to {high:.1f} |"
            f" {middle / floor:.2f} |"
        )
    return median(added["generated"]) / floor


def main() -> int:
    """Exit code 1 where the generated middleware costs more than its target."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, help="folder of the generated code")
    parser.add_argument("--rounds", type=int, default=300)
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    disable: Callable[[], object] = prometheus_client.disable_created_metrics
    disable()
    missed = False
    for make, path in ((starlette_app, "/api/v1/kind9/"), (fastapi_app, "/api/v1/kind9/")):
        print(f"\n{make.__name__}, {asked.rounds} rounds of {REQUESTS} requests\n")
        ratio = asyncio.run(measured(instrumented(make, asked.sources), path, asked.rounds))
        print(f"\ngenerated / floor: {ratio:.2f}, target {TARGETS[make.__name__]}")
        missed |= ratio > TARGETS[make.__name__]
    return missed


if __name__ == "__main__":
    sys.exit(main())
