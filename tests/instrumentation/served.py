"""An app for real servers: `uvicorn instrumentation.served:app`."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from pybase.api.v1.metrics import PATH, metrics
from pybase.metrics import websocket_connections_gauge
from pybase.middleware.prometheus_middleware import PrometheusMiddleware
from starlette.responses import StreamingResponse

app = FastAPI()
app.add_middleware(PrometheusMiddleware, skip_paths=[PATH, "/pid", "/kill"])
app.add_route(PATH, metrics, include_in_schema=False)


@app.get("/quick/{number}")
async def quick(number: int) -> int:
    return number


@app.get("/slow")
async def slow(pause: float) -> str:
    await asyncio.sleep(pause)
    return "done"


@app.get("/endless")
async def endless() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"part" * 1000
            await asyncio.sleep(0.01)

    return StreamingResponse(parts())


@app.post("/read")
async def read(request: Request) -> int:
    return len(await request.body())


@app.get("/pid")
async def pid() -> int:
    websocket_connections_gauge.set(1)
    return os.getpid()


@app.get("/kill")
async def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
