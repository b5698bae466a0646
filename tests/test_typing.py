"""What a type checker says about definitions: nothing to those that are right, and each mistake of
kind at its line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # runs mypy

HERE = Path(__file__).parent
ROOT = HERE.parent
LINE = re.compile(r"^(\w+)\.py:(\d+): error: .*\[([\w-]+)\]$", re.MULTILINE)


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, int, str]]:
    """(file, line, code) of everything that mypy --strict says about both files, in one run."""
    cache = tmp_path_factory.mktemp("mypy")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        f"--cache-dir={cache}",
        "--no-error-summary",
        "--hide-error-context",
    ]
    ran = subprocess.run(
        [*command, "accepted.py", "everything.py", "rejected.py"], cwd=HERE / "typing",
        env={**os.environ, "MYPYPATH": str(ROOT / "generator")},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 1 and not ran.stderr, ran.stdout + ran.stderr
    assert len(LINE.findall(ran.stdout)) == ran.stdout.count(": error: "), ran.stdout
    return {(file, int(line), code) for file, line, code in LINE.findall(ran.stdout)}


def announced() -> set[tuple[int, str]]:
    """(line, code) of every `# E:` in rejected.py."""
    lines = (HERE / "typing/rejected.py").read_text("utf-8").splitlines()
    marked = [(number, line.partition("  # E: ")[2]) for number, line in enumerate(lines, 1)]
    return {(number, code) for number, codes in marked if codes for code in codes.split(", ")}


def test_definitions_that_are_right_have_no_error(errors: set[tuple[str, int, str]]) -> None:
    assert {error for error in errors if error[0] != "rejected"} == set()


def test_every_mistake_of_kind_is_an_error_at_its_line_and_nothing_else_is(
    errors: set[tuple[str, int, str]],
) -> None:
    assert {(line, code) for file, line, code in errors if file == "rejected"} == announced()
    assert len(announced()) > 80
