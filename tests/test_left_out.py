"""A test whose program is not there is left out, and the run says so; with CI=true it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # runs pytest

ROOT = Path(__file__).parent.parent
ASKS = """
def test_a(promtool): pass
def test_b(promtool): pass
def test_c(redis_server): pass
"""


def run(folder: Path, **environment: str) -> str:
    """What pytest says of three tests that need promtool and a Redis, of which there is neither."""
    (folder / "conftest.py").write_text(
        (ROOT / "tests/conftest.py").read_text() + "from workers.conftest import redis_server\n"
    )
    (folder / "test_asks.py").write_text(ASKS)
    call = [sys.executable, "-m", "pytest", "-n0", "-c", str(ROOT / "pyproject.toml")]
    nothing = {"PBMON_PROMTOOL": str(folder / "none"), "PATH": str(folder)}
    done = subprocess.run(
        [*call, "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)],
        env={**os.environ, "CI": "", **nothing, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_the_end_of_a_run_names_what_was_left_out_and_the_command_that_brings_it(
    tmp_path: Path,
) -> None:
    said = run(tmp_path)
    assert "3 skipped" in said
    assert (
        "3 tests were left out, for these programs are not there:\n"
        "     2  promtool\n"
        "     1  redis-server\n"
        "`make programs` brings what they need.\n"
    ) in said


def test_with_ci_a_test_whose_program_is_not_there_fails(tmp_path: Path) -> None:
    said = run(tmp_path, CI="true")
    assert "3 errors" in said and "with CI=true nothing is skipped" in said
