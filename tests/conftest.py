"""The programs of others that tests ask for.

On a developer's machine a test that needs one which is not there is skipped, and says how to get
it; with CI=true it fails. `make newer` fetches the newer ones into .cache/newer.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

NEWER = Path(__file__).parent.parent / ".cache/newer/usr/bin"


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The promtool of the system: PBMON_PROMTOOL, else the one on PATH."""
    return _system("promtool", "PBMON_PROMTOOL") or _missing(
        "promtool", "scripts/install-promtool.sh installs it"
    )


@pytest.fixture(scope="session", params=["system", "newer"])
def promtools(request: pytest.FixtureRequest) -> Path:
    """Each promtool at hand: the system's, then a newer one. A test that takes this runs once with
    each.
    """
    if request.param == "system":
        return _system("promtool", "PBMON_PROMTOOL") or _missing(
            "promtool", "scripts/install-promtool.sh installs it"
        )
    return _newer("promtool", "PBMON_PROMTOOL_NEWER") or _missing(
        "a newer promtool", "`make newer` fetches it"
    )


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """A Prometheus 3 server."""
    return _newer("prometheus", "PBMON_PROMETHEUS_NEWER") or _missing(
        "prometheus 3", "`make newer` fetches it"
    )


@pytest.fixture(scope="session")
def amtool() -> Path:
    """amtool: PBMON_AMTOOL, else the newer one, else the one on PATH."""
    found = _newer("amtool", "PBMON_AMTOOL") or _system("amtool", "PBMON_AMTOOL")
    return found or _missing("amtool", "`make newer` fetches it")


def _system(name: str, variable: str) -> Path | None:
    found = shutil.which(os.environ.get(variable) or name)
    return Path(found) if found else None


def _newer(name: str, variable: str) -> Path | None:
    path = Path(os.environ.get(variable) or NEWER / name)
    return path.absolute() if os.access(path, os.X_OK) else None


def _missing(what: str, help: str) -> NoReturn:
    reason = f"{what} is not there: {help}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true nothing is skipped")
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write golden files anew from what is rendered now"
    )
