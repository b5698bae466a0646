"""A stack with traffic on it: what its Alertmanager hears, and how its faults are switched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from stack.command import Command, page, pbmon
from stack.conftest import APP, PROJECT

from .faults import Fault, overlay

pytest.importorskip("fcntl", reason="a stack of processes runs on Linux and macOS only")

from pbmon.stack import lifecycle, state


@contextmanager
def stack_up(binaries: Path | None) -> Iterator[Running]:
    """A stack in an environment made for tests; ended afterwards, whatever happened."""
    # Not pytest's own folder: PostgreSQL's user may not look into that.
    above = Path(tempfile.mkdtemp(prefix="pbmon-end-to-end-"))
    above.chmod(0o711)
    definitions = above / "definitions"
    shutil.copytree(
        PROJECT / "definitions", definitions, ignore=shutil.ignore_patterns("__pycache__")
    )
    (definitions / "environments/end-to-end.yaml").write_text(yaml.safe_dump(overlay()), "utf-8")
    command = Command(above / "stack", binaries, definitions, "end-to-end")
    try:
        done = command.run("up")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Running(command)
    finally:
        # Not `pbmon stack down`: where nothing else works any more, this still does.
        with state.claimed(command.folder) as stack:
            lifecycle.down(stack)
        shutil.rmtree(above, ignore_errors=True)


class Running:
    """The stack, asked and disturbed."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._status = command.status()
        self._project = command.folder / "project"
        self.targets: dict[str, str] = self._status["targets"]
        self.version = self._version()

    def _version(self) -> str:
        """That Prometheus says of itself."""
        return str(self._asked("prometheus", "/api/v1/status/buildinfo")["data"]["version"])

    def alerts(self) -> dict[tuple[str, str], str]:
        """State in Alertmanager, `active` or `suppressed`, by scrape job and name."""
        found = self._asked("alertmanager", "/api/v2/alerts")
        return {
            (alert["labels"].get("job", ""), alert["labels"]["alertname"]): alert["status"]["state"]
            for alert in found
        }

    def verify(self, wait: str) -> dict[str, Any]:
        """The report of `pbmon verify`, as soon as it is without findings, or after so long."""
        of = [
            "--definitions",
            str(self._project / "definitions"),
            "--env",
            "stack",
            "--out",
            str(self._project / "build"),
        ]
        servers = [
            word
            for part in ("prometheus", "alertmanager")
            for word in (f"--{part}", self._url(part))
        ]
        done = pbmon("verify", *of, *servers, "--wait", wait, "--format", "json", timeout=500)
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        return dict(json.loads(done.stdout))

    @contextmanager
    def traffic(self, *options: str) -> Iterator[None]:
        """Requests to the API meanwhile."""
        words = ["-m", "load", "--url", self._url("pybase-api"), "--seconds", "600", *options]
        with (self._command.folder / "logs/load.log").open("ab") as log:
            load = subprocess.Popen([sys.executable, *words], cwd=APP, stdout=log, stderr=log)
        try:
            time.sleep(5)  # it makes accounts first, and cannot while they are refused
            assert load.poll() is None, (self._command.folder / "logs/load.log").read_text()
            yield
        finally:
            load.terminate()
            load.wait(10)

    @contextmanager
    def fault(self, fault: Fault) -> Iterator[None]:
        """The fault is there meanwhile, and gone afterwards."""
        for part in fault.killed:
            os.kill(self._status["parts"][part]["pid"], signal.SIGKILL)
        if fault.switches:
            self._switch("PUT", "", {**fault.switches, "seconds": 300})
        for switch, body in fault.requests.items():
            self._switch("POST", f"/{switch}", body)
        if fault.thresholds:
            file = self._project / "definitions/environments/stack.yaml"
            as_it_was = file.read_text("utf-8")
            data = yaml.safe_load(as_it_was)
            for name, value in fault.thresholds.items():
                data["alerts"][name]["threshold"] = value
            self._install(file, yaml.safe_dump(data))
        try:
            yield
        finally:
            if fault.thresholds:
                self._install(file, as_it_was)
            if fault.switches:
                self._switch("PUT", "", {})
            if fault.killed:
                done = self._command.run("up")
                assert done.returncode == 0, done.stdout + done.stderr
                self._status = self._command.status()

    def _install(self, environment: Path, text: str) -> None:
        """Rules as they are in this environment, loaded into the Prometheus that runs."""
        environment.write_text(text, "utf-8")
        rendered = self._command.folder / "tmp/rendered"
        done = pbmon(
            *("build", "--definitions", str(self._project / "definitions"), "--env", "stack"),
            *("--only", "rules", "--out", str(rendered)),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copytree(
            rendered / "monitoring", self._project / "build/monitoring", dirs_exist_ok=True
        )
        os.kill(self._status["parts"]["prometheus"]["pid"], signal.SIGHUP)

    def _switch(self, method: str, path: str, body: object) -> None:
        token = (self._command.folder / "secrets/faults").read_text("utf-8")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        url = f"{self._url('pybase-api')}/api/v1/faults{path}"
        asked = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(asked, timeout=30):
            pass

    def _asked(self, part: str, path: str) -> Any:
        return json.loads(page(self._status, part, path))

    def _url(self, part: str) -> str:
        return f"http://{self._status['parts'][part]['address']}"


def unseen(report: dict[str, Any]) -> dict[str, int]:
    """How many metrics, panels, alerts and targets of a report of `pbmon verify` are missing, where
    some are.

    A panel that is rightly empty is not missing.
    """
    coverage = report["coverage"]
    figures = {
        name: figure["total"] - figure["seen"]
        for name, figure in coverage.items()
        if isinstance(figure, dict)
    }
    figures["panels with data"] -= coverage["panels rightly empty"]
    return {name: missing for name, missing in figures.items() if missing}
