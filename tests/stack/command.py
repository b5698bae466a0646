"""pbmon, called as people call it, and the pages of what a stack runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from .conftest import APP, PROJECT


def pbmon(*words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """The command with these words, ended after so many seconds."""
    return subprocess.run(
        [sys.executable, "-c", "from pbmon.cli import main; main()", *words],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "generator")},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Command:
    """`pbmon stack` on one folder."""

    def __init__(
        self,
        folder: Path,
        binaries: Path | None,
        definitions: Path = PROJECT / "definitions",
        env: str = "development",
    ) -> None:
        self.folder = folder
        self._definitions = ["--definitions", str(definitions)]
        self._up = [
            "--env",
            env,
            "--app",
            str(APP),
            *(["--binaries", str(binaries)] if binaries else []),
        ]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        options = self._up if words[0] == "up" else []
        return pbmon("stack", *words, *self._definitions, "--folder", str(self.folder), *options)

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.run("status", "--json").stdout))


def page(status: dict[str, Any], part: str, path: str) -> str:
    with urllib.request.urlopen(
        f"http://{status['parts'][part]['address']}{path}", timeout=10
    ) as answer:
        return str(answer.read().decode())
