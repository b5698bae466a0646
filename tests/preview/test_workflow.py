"""The step of the workflow that brings pictures into a comment, run against a repository."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml


@pytest.fixture
def step() -> str:
    """The script of the step that pushes pictures."""
    path = files("pbmon").joinpath("scaffold/github/workflows/monitoring-preview.yml")
    job = yaml.safe_load(path.read_text("utf-8"))["jobs"]["comment"]
    (script,) = [each["run"] for each in job["steps"] if "git clone" in each.get("run", "")]
    return str(script)


@pytest.mark.skipif(sys.platform == "win32", reason="the workflow runs on Linux")
def test_pictures_get_an_address_and_stand_in_the_comment(step: str, tmp_path: Path) -> None:
    server, work = tmp_path / "server", tmp_path / "work"
    subprocess.run(["git", "init", "--quiet", "--bare", server / "shop/app"], check=True)
    (work / "preview").mkdir(parents=True)
    (work / "preview/changes.md").write_text("- **On** (changed)\n", "utf-8")
    gh = tmp_path / "bin/gh"
    gh.parent.mkdir()
    gh.write_text("#!/bin/sh\nexit 0\n", "utf-8")
    gh.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{gh.parent}{os.pathsep}{os.environ['PATH']}",
        "BRANCH": "monitoring-pictures",
        "GH_REPO": "shop/app",
        "GITHUB_SERVER_URL": f"file://{server}",
        "NUMBER": "7",
        "RUN": "https://example.com/run",
    }
    for turn in ("first", "second"):
        (work / "preview" / f"{turn}.png").write_bytes(turn.encode())
        subprocess.run(["bash", "-e", "-c", step], cwd=work, env=environment, check=True)
        comment = (work / "comment.md").read_text("utf-8")
        assert comment.startswith("- **On** (changed)\n")
        commit = _git(server / "shop/app", "rev-parse", "monitoring-pictures")
        assert f'src="file://{server}/shop/app/raw/{commit}/7/{turn}.png"' in comment
        assert _git(server / "shop/app", "show", f"{commit}:7/{turn}.png") == turn
        subprocess.run(["rm", "-rf", "branch"], cwd=work, check=True)


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", repository, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
