"""The npm packages that Grafana publishes, of the version that the table was taken from."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from filelock import FileLock
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
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):  # one worker brings them for all
        _bring(npm, folder, wanted)
    return folder


def _bring(npm: str, folder: Path, wanted: Sequence[str]) -> None:
    if not (folder / "complete").exists():
        installing = subprocess.run(
            [npm, "install", *_INSTALL, "--prefix", str(folder), *wanted],
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )
        if installing.returncode:
            last = (installing.stderr.strip().splitlines() or ["no message"])[-1]
            pytest.skip(f"a registry of npm packages is not there: {last}")
        (folder / "complete").touch()
