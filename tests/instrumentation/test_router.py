"""The page as FastAPI apps include it, on each FastAPI; and where FastAPI is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
APP = """
from fastapi import APIRouter, FastAPI
from instrumentation.asgi import get
from pybase.api.v1 import metrics
from pybase.middleware.prometheus_middleware import PrometheusMiddleware

v1 = APIRouter()
v1.include_router(metrics.router, tags=["metrics"])
app = FastAPI()
app.include_router(v1, prefix=metrics.PREFIX)
app.add_middleware(PrometheusMiddleware, skip_paths=["/health", "/metrics"], skip_options=True)
for method, status in (("GET", 200), ("GET", 200), ("HEAD", 200), ("POST", 405)):
    assert get(app, "/api/v1/metrics", method).status == status, (method, status)
page = get(app, "/api/v1/metrics").body.decode()
line = 'http_requests_total{endpoint="/api/v1/metrics",method="GET",status="200"} 2.0'
assert line in page, page
assert "/api/v1/metrics" not in app.openapi()["paths"]
assert metrics.router is metrics.router
try:
    metrics.rooter
except AttributeError as error:
    assert str(error) == "module 'pybase.api.v1.metrics' has no attribute 'rooter'"
"""
WITHOUT = """
import sys
sys.modules["fastapi"] = None
from starlette.applications import Starlette
from instrumentation.asgi import get
from pybase.api.v1 import metrics
app = Starlette()
app.add_route(metrics.PATH, metrics.metrics, include_in_schema=False)
assert get(app, metrics.PATH).status == 200
try:
    metrics.router
except AttributeError as error:
    print(error)
from pybase.api.v1.metrics import router
"""


def ran(python: Path, script: str, sources: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(sources), str(TESTS)])
    return subprocess.run(
        [python, "-c", script],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_app_includes_the_router_and_its_requests_count_under_the_whole_path(
    framework: Path, sources: Path
) -> None:
    done = ran(framework, APP, sources)
    assert done.returncode == 0, done.stderr


def test_without_fastapi_the_page_works_and_the_router_says_what_is_missing(sources: Path) -> None:
    done = ran(Path(sys.executable), WITHOUT, sources)
    assert done.stdout.strip() == (
        "there is a router only where FastAPI is installed; in Starlette"
        " app.add_route(PATH, metrics) serves the page"
    )
    assert "ImportError: cannot import name 'router'" in done.stderr


@pytest.mark.parametrize(
    ("code", "counted"),
    [("299", "200"), ("499", "499"), ("500", "500"), ("520", "500"), ("999", "other")],
)
def test_a_status_that_the_label_does_not_have_counts_as_the_first_of_its_class(
    code: str, counted: str, sources: Path
) -> None:
    script = f"""
import asyncio
from instrumentation.asgi import counted, get
from pybase.middleware.prometheus_middleware import PrometheusMiddleware
async def app(scope, receive, send):
    await send({{"type": "http.response.start", "status": {code}, "headers": []}})
    await send({{"type": "http.response.body"}})
get(PrometheusMiddleware(app), "/")
(labels,) = counted()
assert labels[-1] == {counted!r}, labels
"""
    done = ran(Path(sys.executable), script, sources)
    assert done.returncode == 0, done.stderr
