"""The steps of docs/integration.md, taken in an app that has only what they show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from instrumentation.servers import shown

pytestmark = pytest.mark.slow  # runs mypy and starts an app

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/integration.md").read_text("utf-8")
STEPS = dict(re.findall(r'```python title="([^"]+)"\n(.*?)```', PAGE, re.DOTALL))
OWN = {
    "src/pybase/database.py": """
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool
engine = create_engine(
    "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
)
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE users (id int)"))
    connection.execute(text("INSERT INTO users VALUES (1), (2)"))
"""
}
TRAFFIC = """
import asyncio
import httpx
from pybase import extraction
from pybase.main import app

async def main():
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://app") as client,
    ):
        extraction.extracted(1.5)
        for path in ("/none", "/health", "/api/v1/metrics"):
            await client.get(path)
        await client.options("/none")
        for _ in range(100):
            page = (await client.get("/api/v1/metrics")).text
            if 'pybase_objects{kind="users"} 2.0' in page:
                break
            await asyncio.sleep(0.05)
        print(page)

asyncio.run(main())
"""


@pytest.fixture
def app(tmp_path: Path, sources: Path) -> Path:
    """The app's src folder, with the generated files copied over it."""
    for path, text in (OWN | STEPS).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    shutil.copytree(sources, tmp_path / "src", dirs_exist_ok=True)
    return tmp_path / "src"


@pytest.mark.parametrize("shared", [False, True])
def test_an_app_that_takes_the_steps_is_counted(shared: bool, app: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(app),
        "PROMETHEUS_STRICT_LABELS": "true",
    }
    if shared:
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(tmp_path / "files")
    done = subprocess.run(
        [sys.executable, "-c", TRAFFIC],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = done.stdout
    assert shown(page, "http_requests_total") == {
        'http_requests_total{endpoint="<unmatched>",method="GET",status="404"}': 1
    }
    succeeded = 'extraction_tasks_total{status="success",task_type="extract_pdf"}'
    assert shown(page, "extraction_tasks_total")[succeeded] == 1
    assert 'pybase_objects{kind="users"} 2.0' in page
    assert 'db_query_duration_seconds_count{operation="select"}' in page


def test_the_steps_are_formatted_and_typed(app: Path, mypy_cache: Path, tmp_path: Path) -> None:
    files = [str(tmp_path / path) for path in STEPS]
    for tool in (
        ["ruff", "format", "--isolated", "--diff", *files],
        ["ruff", "check", "--isolated", *files],
        ["mypy", "--strict", "--config-file=", f"--cache-dir={mypy_cache}", "-p", "pybase"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *tool], cwd=app, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
