"""The API: `uvicorn pybase.main:app`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from sqlalchemy import func, select
from starlette.types import ASGIApp, Receive, Scope, Send

from pybase import faults
from pybase.api.v1 import (
    accounts,
    fault_switches,
    health,
    metrics,
    records,
    sockets,
    uploads,
    workspaces,
)
from pybase.database import create_tables, engine
from pybase.events import Listener
from pybase.metrics.database import Counts, observe_engine
from pybase.middleware.prometheus_middleware import PrometheusMiddleware
from pybase.models import Base, Record, Table, User, Workspace

_KINDS = {"records": Record, "tables": Table, "bases": Base, "workspaces": Workspace, "users": User}
_COUNT_EVERY = 5.0  # seconds
_SPARED = ("/api/v1/faults", "/api/v1/metrics", "/api/v1/health", "/api/v1/ready")


class FaultMiddleware:
    """Delays and breaks requests while the faults `api_delay` and `api_error_ratio` are on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(_SPARED):
            on = faults.current()
            if on.api_delay:
                await asyncio.sleep(on.api_delay)
            if random.random() < on.api_error_ratio:  # noqa: S311 - no secret
                raise RuntimeError("the fault api_error_ratio is on")
        await self.app(scope, receive, send)


@asynccontextmanager
async def _running(_: FastAPI) -> AsyncIterator[None]:
    observe_engine(engine())
    await asyncio.to_thread(create_tables)
    counts = Counts(
        engine(), {kind: select(func.count()).select_from(model) for kind, model in _KINDS.items()}
    )
    counting = asyncio.create_task(counts.run(_COUNT_EVERY))
    listener = Listener()
    listener.start()
    yield
    counting.cancel()
    await asyncio.to_thread(listener.stop)


def create_app() -> FastAPI:
    """The application with all routes below /api/v1."""
    app = FastAPI(title="PyBase", lifespan=_running)
    v1 = APIRouter(prefix="/api/v1")
    for module in (accounts, workspaces, records, uploads, sockets, health, fault_switches):
        v1.include_router(module.router)
    v1.include_router(metrics.router, tags=["metrics"])
    app.include_router(v1)
    app.add_middleware(FaultMiddleware)
    # added last: it counts what the others do, too
    app.add_middleware(PrometheusMiddleware, skip_paths=[metrics.PATH])
    return app


app = create_app()
