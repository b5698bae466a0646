"""PyBase without servers: SQLite for PostgreSQL, no Redis, and tasks that are only noted down."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]


@pytest.fixture(scope="session", autouse=True)
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("pybase")
    (folder / "token").write_text("a-token-for-tests\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYBASE_DATABASE_URL", f"sqlite:///{folder / 'pybase.sqlite'}")
        patch.setenv("PYBASE_REDIS_URL", "redis://127.0.0.1:1")
        patch.setenv("PYBASE_FAULTS_TOKEN_FILE", str(folder / "token"))
        yield


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Tasks that the API wanted done: name and arguments."""
    from pybase import tasks

    noted: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        tasks.celery(), "send_task", lambda name, args=(), **_: noted.append((name, list(args)))
    )
    return noted


@pytest.fixture
def api(queued: list[tuple[str, Any]]) -> Iterator[Any]:  # noqa: ARG001 - without a broker no request may queue
    """A client of the running app."""
    from fastapi.testclient import TestClient

    from pybase.main import create_app

    with TestClient(create_app(), raise_server_exceptions=False) as client:
        yield client
