"""The example app with the modules rendered for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.errors import UsageError
from pbmon.plan.plan import Plan, resolve

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
        if os.environ.get("CI") == "true":
            pytest.fail(f"{error}; with CI=true nothing is skipped")
        pytest.skip(str(error))
    return folder
