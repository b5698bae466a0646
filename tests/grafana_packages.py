"""The npm packages that Grafana publishes, of the version that the table was taken from."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from pbmon.checks.dashboards.grafana.registries import TABLE

PACKAGES: Mapping[str, Mapping[str, str]] = TABLE["source"]
"""Name → version and licence."""
_CACHE = Path(__file__).parent.parent / ".cache/grafana"
_INSTALL = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--no-save")


def installed() -> Path:
    """A folder that holds them, kept for the next run.

    Node and a registry of npm packages are no part of what pbmon needs, so a machine without them
    leaves tests out with CI=true too.
    """
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not there: it brings Grafana's packages, to compare pbmon with them")
    wanted = [f"{name}@{source['version']}" for name, source in PACKAGES.items()]
    folder = _CACHE / wanted[0].rpartition("@")[2]
    if folder.exists():
        return folder
    _CACHE.mkdir(parents=True, exist_ok=True)
    # whole or not at all: several workers of the tests may be at it
    with tempfile.TemporaryDirectory(dir=_CACHE, ignore_cleanup_errors=True) as new:
        installing = subprocess.run(
            [npm, "install", *_INSTALL, "--prefix", new, *wanted],
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )
        if installing.returncode:
            last = (installing.stderr.strip().splitlines() or ["no message"])[-1]
            pytest.skip(f"a registry of npm packages is not there: {last}")
        with suppress(OSError):  # another worker was first
            Path(new).rename(folder)
    return folder
