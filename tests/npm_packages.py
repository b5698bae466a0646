"""Packages of npm that tests need, of exact versions, fetched once for all runs."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

_INSTALL = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--no-save")


def installed(versions: Mapping[str, str], folder: Path, why: str) -> Path:
    """The folder, with the packages in it.

    Node and a registry of npm packages are no part of what pbmon needs, so a machine without them
    leaves tests out with CI=true too. why: what the packages are for.
    """
    if folder.exists():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not there: it brings {why}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # whole or not at all: several workers of the tests may be at it
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as new:
        wanted = [f"{name}@{version}" for name, version in versions.items()]
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
