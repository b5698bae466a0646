"""The generated code of PyBase: as files, and imported anew for each test."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
from instrumentation.files import COUNT, ran
from pbmon.catalog.catalog import load
from pbmon.plan.plan import resolve
from pbmon.render.artifacts import render

REPOSITORY = Path(__file__).parent.parent.parent
FRAMEWORKS = ("0.115", "0.136", "0.137", "newest")
CLIENTS = ("0.19", "0.22", "0.25", "newest")


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the generated package `pybase`."""
    folder = tmp_path_factory.mktemp("generated")
    for artifact in render(resolve(load(REPOSITORY / "definitions")), "code"):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artifact.text, "utf-8")
    return folder / "src"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the processes' files, in multiprocess mode."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "files"))
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


@pytest.fixture(scope="session")
def ended(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of a process that has counted once and ended."""
    folder = tmp_path_factory.mktemp("ended")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
        done = ran(sources, COUNT)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def generated(sources: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Imports `pybase.<name>`; its metrics are in a default registry of this test alone."""
    monkeypatch.setattr(
        prometheus_client, "REGISTRY", prometheus_client.CollectorRegistry(auto_describe=True)
    )
    monkeypatch.syspath_prepend(sources)
    yield lambda name: importlib.import_module(f"pybase.{name}".rstrip("."))
    for name in [name for name in sys.modules if name.partition(".")[0] == "pybase"]:
        del sys.modules[name]
    prometheus_client.enable_created_metrics()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session", params=FRAMEWORKS)
def framework(request: pytest.FixtureRequest) -> Path:
    """A Python that has this FastAPI and the Starlette it asks for."""
    if request.param == "newest":
        return Path(sys.executable)
    python = REPOSITORY / ".cache/frameworks" / f"fastapi-{request.param}" / "bin/python"
    need(python, f"FastAPI {request.param}", "scripts/install-frameworks.sh .cache/frameworks")
    return python


@pytest.fixture(scope="session", params=CLIENTS)
def client_path(request: pytest.FixtureRequest) -> list[str]:
    """What to put on Python's path so that it finds this prometheus_client first."""
    if request.param == "newest":
        return []
    folder = REPOSITORY / ".cache/prometheus-clients" / request.param
    script = "scripts/install-prometheus-clients.sh .cache/prometheus-clients"
    need(folder / "ready", f"prometheus_client {request.param}", script)
    return [str(folder)]


def need(path: Path, what: str, script: str) -> None:
    """Skips the test where the path is missing, and says what brings it; in CI it fails."""
    if path.exists():
        return
    reason = f"{what} is not there: {script} fetches it"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true nothing is skipped")
    pytest.skip(reason)
