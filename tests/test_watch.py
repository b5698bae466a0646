"""`pbmon watch` builds and checks on every save, and says what is new."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from pbmon.output.scaffold import scaffold
from sessions import left

COMMAND = "import sys; sys.argv[0] = 'pbmon'; from pbmon.cli import main; main()"
PATIENCE = 60
"""Seconds until something has to be said, on a busy machine."""


class Watch:
    """A running `pbmon watch` of a new project, and what it prints."""

    def __init__(self, project: Path, promtool: Path) -> None:
        scaffold(project, grafana_url="http://localhost:3000", release="0.1.0")
        self.definitions = project / "definitions"
        environment = {**os.environ, "PBMON_PROMTOOL": str(promtool), "CI": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "watch"],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, words: str) -> list[str]:
        """The lines up to the first with these words."""
        lines: list[str] = []
        while not lines or words not in lines[-1]:
            try:
                lines.append(self._lines.get(timeout=PATIENCE))
            except Empty:
                raise AssertionError(f"{words!r} is not said: {lines}") from None
        return lines

    def rest(self) -> list[str]:
        """What else it has said, once it has ended."""
        self._reader.join(PATIENCE)
        return list(self._lines.queue)

    def edit(self, before: str, after: str) -> None:
        """In the one module that has these words."""
        for file in self.definitions.glob("*.py"):
            if before in (text := file.read_text()):
                file.write_text(text.replace(before, after))
                return
        raise AssertionError(before)


@pytest.fixture
def watch(tmp_path: Path, promtool: Path) -> Iterator[Watch]:
    watch = Watch(tmp_path / "house", promtool)
    try:
        yield watch
    finally:
        if watch.process.poll() is None:
            os.killpg(watch.process.pid, signal.SIGKILL)
        watch.process.wait()


def test_what_is_saved_is_built_and_proven(watch: Watch) -> None:
    assert watch.until("findings")[-1].endswith("; 0 findings")
    watch.edit('for_="5m"', 'for_="7m"')
    (line,) = watch.until("findings")
    assert line.endswith("; 0 findings") and not line.startswith("0 files")
    alerts = watch.definitions.parent / "build/monitoring/alerts/house.yml"
    assert "for: 7m" in alerts.read_text()


def test_only_what_differs_is_said(watch: Watch) -> None:
    watch.until("findings")
    watch.edit("failed_ratio > 0.05", "failed_ratio > 5")
    new = watch.until("; ")
    assert any("HighErrorRate" in line and "no proof" in line for line in new)
    watch.edit("failed_ratio > 5", "# one line below\n    failed_ratio > 5")
    assert len(watch.until("; ")) == 1  # the finding is no other in another line
    watch.edit("failed_ratio > 5", "failed_ratio > 0.05")
    assert watch.until("0 findings")[0].startswith("mended: definitions/house.py: alert HighErr")


def test_a_module_that_python_cannot_read_is_said_and_the_watch_goes_on(watch: Watch) -> None:
    watch.until("findings")
    watch.edit("from pbmon import", "from pbmon import (")
    watch.until("Python cannot read this")
    watch.edit("from pbmon import (", "from pbmon import")
    watch.until("mended: ")
    assert watch.until("findings")[-1].endswith("0 findings")


def test_ctrl_c_ends_it_quietly(watch: Watch) -> None:
    watch.until("watching")
    os.killpg(watch.process.pid, signal.SIGINT)
    assert watch.process.wait(PATIENCE) == 130
    assert left(watch.process.pid) == []
    assert watch.rest() == [] or "finding" in watch.rest()[0]
