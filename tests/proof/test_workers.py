"""Proofs are derived in several processes, of which none is left, however a build ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pbmon.proof.cases.workers import in_processes
from sessions import left

SLOW = """
from pbmon.cli import main
from pbmon.proof.cases import deriving, workers
from pbmon.proof.cases.task import Task
import sys, time
workers.cores = deriving.cores = lambda: 3
Task.proof = lambda *_: time.sleep(600)
sys.argv[:] = ["pbmon", "build", "--no-cache", "--out", sys.argv[1]]
main()
"""


@pytest.fixture
def deriving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A build of this repository's definitions whose proofs take minutes, with its workers."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(tmp_path / "build")],
        cwd=Path(__file__).parent.parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    parent = psutil.Process(process.pid)
    while len(parent.children()) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_ctrl_c_ends_all_of_them_without_a_traceback(deriving: subprocess.Popen[str]) -> None:
    os.killpg(deriving.pid, signal.SIGINT)  # as a terminal does
    output, errors = deriving.communicate(timeout=30)
    assert (deriving.returncode, output, errors) == (130, "", "")
    assert left(deriving.pid) == []


def test_a_signal_to_the_parent_alone_ends_the_workers(deriving: subprocess.Popen[str]) -> None:
    deriving.send_signal(signal.SIGINT)
    assert deriving.wait(timeout=30) == 130
    assert left(deriving.pid) == []


def test_answers_of_any_length_come_from_any_number_of_processes() -> None:
    for workers in (1, 2, 5):
        answers = dict(in_processes(lambda number: f"{number}" * 100_000, 7, workers))
        assert answers == {number: f"{number}" * 100_000 for number in range(7)}


def test_work_that_fails_is_left_out() -> None:
    def work(number: int) -> str:
        if number == 2:
            raise ValueError
        if number == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return str(number)

    answers = dict(in_processes(work, 6, 2))
    assert answers == {number: str(number) for number in (0, 1, 3, 5)}


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """Each notices when it has an answer that nobody takes."""
    program = tmp_path / "parent.py"
    program.write_text(
        "import time\n"
        "from pbmon.proof.cases.workers import in_processes\n"
        "def work(number):\n"
        "    time.sleep(0.05)\n"
        "    return 'x' * 300_000\n"
        "for number, _ in in_processes(work, 10**9, 3):\n"
        "    print(number, flush=True)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert parent.stdout is not None
    for _ in range(4):
        parent.stdout.readline()
    parent.kill()
    parent.communicate()
    assert left(parent.pid) == []
