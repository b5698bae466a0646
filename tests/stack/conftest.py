"""The example app with the modules rendered for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.errors import UsageError
from pbmon.plan.plan import Plan, resolve
from programs import missing

PROJECT = Path(__file__).parent.parent.parent
APP = PROJECT / "examples/pybase"


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The plan of PyBase."""
    return resolve(load(PROJECT / "definitions"))


@pytest.fixture(scope="session")
def binaries() -> Path | None:
    """Folder with a stack's programs, None where they are on PATH. Without them: skipped, or failed
    with CI=true.
    """
    pytest.importorskip("fcntl", reason="a stack of processes runs on Linux and macOS only")
    from pbmon.stack.programs import find

    named = Path(os.environ.get("PBMON_BINARIES") or PROJECT / ".cache/newer/usr/bin")
    folder = named if named.is_dir() else None
    wanted = ("postgres", "initdb", "psql", "redis-server", "prometheus", "alertmanager")
    try:
        find((*wanted, "postgres_exporter", "redis_exporter", "node_exporter"), folder)
    except UsageError as error:
        missing("a program of the stack", str(error))
    return folder


@pytest.fixture(scope="module")
def one_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Held while a module has its stack up: each has a machine's work to do, so no other module has
    one meanwhile, on whatever worker it runs.
    """
    import fcntl

    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent  # the folder of all workers
    with (run / "one-stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
