"""The example app works with the modules that are rendered for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pbmon.output.write import write
from pbmon.plan.plan import Plan
from pbmon.render.artifacts import render

from .conftest import APP

pytestmark = pytest.mark.slow  # runs the example app's own tests


def test_the_apps_own_tests_pass_on_its_tree_with_the_rendered_modules_in_it(
    plan: Plan, tmp_path: Path
) -> None:
    from pbmon.stack.app_file import assemble, read

    write(render(plan, "code"), tmp_path / "build")
    assemble(read(APP), tmp_path / "build", tmp_path / "app")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "PROMETHEUS", "PYTHON"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"],
        cwd=tmp_path / "app",
        env={**inherited, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
