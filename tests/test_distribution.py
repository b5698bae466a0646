"""With several workers the tests of a file stay together, and one stack is up at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # runs pytest

ROOT = Path(__file__).parent.parent
FILES = 4
TESTS = 3
CONFTEST = """
import json, os, time
import pytest
from stack.conftest import one_stack

@pytest.fixture(scope="module")
def stack(one_stack, request):
    began = time.monotonic()
    yield
    with open(os.environ["RAN"], "a") as file:
        file.write(json.dumps({"began": began, "ended": time.monotonic()}) + "\\n")

@pytest.fixture(autouse=True)
def ran(request, stack):
    time.sleep(0.05)
    with open(os.environ["RAN"], "a") as file:
        about = {"file": request.path.name, "worker": os.environ["PYTEST_XDIST_WORKER"]}
        file.write(json.dumps(about) + "\\n")
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What two workers noted about a few files, with the options of this repository."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "conftest.py").write_text(CONFTEST)
    for file in range(FILES):
        tests = "".join(f"def test_{number}(): pass\n" for number in range(TESTS))
        (folder / f"test_file_{file}.py").write_text(tests)
    call = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-n", "2"]
    done = subprocess.run(
        [*call, "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)],
        env=environment(folder / "ran"),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert f"{FILES * TESTS} passed" in done.stdout, done.stdout + done.stderr
    return [json.loads(line) for line in (folder / "ran").read_text().splitlines()]


def environment(file: Path) -> dict[str, str]:
    outer = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return {**outer, "RAN": str(file)}


def test_the_tests_of_a_file_run_on_one_worker(ran: list[dict[str, Any]]) -> None:
    places = {(note["file"], note["worker"]) for note in ran if "file" in note}
    assert len(places) == FILES
    assert len({worker for _, worker in places}) == 2


def test_one_stack_is_up_at_a_time_whatever_worker_has_it(ran: list[dict[str, Any]]) -> None:
    spans = sorted((note["began"], note["ended"]) for note in ran if "began" in note)
    assert len(spans) == FILES
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
