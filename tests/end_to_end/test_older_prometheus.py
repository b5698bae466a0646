"""The Prometheus that the system has (2.42 in Debian 12, the oldest that pbmon renders for) runs it
all as well.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import missing

from .faults import Fault
from .running import stack_up, unseen

RETRIES = Fault(
    "tasks are tried again and given up",
    {},
    seconds=60,
    load=["--rate", "20", "--upload-every", "0.5", "--broken-uploads", "0.2"],
    switches={
        f"{worker}_{what}_ratio": 0.3
        for worker in ("extraction", "search")
        for what in ("retry", "failure")
    },
)
NOT_YET = "group slo-events-recording has not been evaluated yet, though its interval is 5m"
"""Up to five minutes pass before that, and waiting for them would show nothing of Prometheus."""


@pytest.fixture(scope="module")
def programs(binaries: Path | None) -> Iterator[Path]:
    """A folder with the programs of a stack, and the system's Prometheus in place of
    the newer one.
    """
    system = shutil.which("prometheus")
    if binaries is None or system is None:
        missing("the system's Prometheus beside a newer one", "scripts/install-stack.sh")
    with tempfile.TemporaryDirectory(prefix="pbmon-programs-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for program in binaries.iterdir():
            (folder / program.name).symlink_to(
                system if program.name == "prometheus" else program.absolute()
            )
        yield folder


@pytest.fixture(scope="module")
def report(one_stack: None, programs: Path) -> dict[str, Any]:
    """What `pbmon verify` says after a minute of traffic."""
    with stack_up(programs) as running:
        with running.traffic(*RETRIES.load), running.fault(RETRIES):
            time.sleep(RETRIES.seconds)
            found = running.verify("15s")
        print(f"Prometheus {running.version}, {found['coverage']}")
    return found


def test_everything_is_as_defined(report: dict[str, Any]) -> None:
    problems = [finding["problem"] for finding in report["findings"]]
    assert [problem for problem in problems if problem != NOT_YET] == []


def test_everything_that_is_declared_is_seen(report: dict[str, Any]) -> None:
    assert unseen(report) == {}
