"""How long a save takes: builds, checks and proofs of PyBase, with what is known and without.

usage: python benchmarks/proofs.py [--runs N] [--promtool PROGRAM]

Prints a Markdown table of medians of whole processes, and whether each target is met; exits 1 where
one is missed by half or more. Runs on Linux.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from processes import Command, Run, in_turns, medians

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
PBMON: list[str | Path] = [sys.executable, "-c", "from pbmon.cli import main; main()"]


@dataclass(frozen=True)
class Target:
    """Seconds that a command may take; 0 for any number."""

    cpu: float = 0
    wall: float = 0


TARGETS = {
    "build, nothing known": Target(1.5, 1.0),
    "build, nothing changed": Target(0.5),
    "build, one limit changed": Target(0.7),
    "validate, nothing changed": Target(1.0),
    "prove, nothing known": Target(10, 6),
    "prove, one limit changed": Target(1.5),
    "mutate, nothing known": Target(15),
}


def commands(project: Path, promtool: str) -> dict[str, Command]:
    """Each with what has to be done first."""
    environment = {
        "PYTHONPATH": str(REPOSITORY / "generator"),
        "PYTHONDONTWRITEBYTECODE": "",
        "CI": "",
    } | ({"PBMON_PROMTOOL": promtool} if promtool else {})

    def pbmon(name: str, before: Callable[[], None]) -> Command:
        return Command([*PBMON, name], project, before, environment)

    forget = partial(shutil.rmtree, project / ".pbmon-cache", ignore_errors=True)
    edit = partial(edited, project)
    return {
        "build, nothing known": pbmon("build", forget),
        "build, nothing changed": pbmon("build", lambda: None),
        "build, one limit changed": pbmon("build", edit),
        "validate, nothing changed": pbmon("validate", lambda: None),
        "prove, nothing known": pbmon("prove", forget),
        "prove, one limit changed": pbmon("prove", edit),
        "mutate, nothing known": pbmon("mutate", forget),
    }


def edited(project: Path) -> None:
    """Another limit each time, one that was not there before."""
    file = project / "definitions/alerts_high_error_rate.py"
    text = file.read_text()
    limit = re.search(r"api\.error_ratio > (0\.\d+)", text)
    assert limit is not None
    raised = f"{float(limit[1]) + 0.0001:.4f}"
    file.write_text(text[: limit.start(1)] + raised + text[limit.end(1) :])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--promtool", default=os.environ.get("PBMON_PROMTOOL", ""))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        shutil.copytree(REPOSITORY / "definitions", project / "definitions")
        runs = in_turns(commands(project, arguments.promtool), arguments.runs)
    return _print({name: medians(each) for name, each in runs.items()})


def _print(figures: dict[str, Run]) -> int:
    print("| what | wall s | CPU s | target: wall | CPU |\n|---|--:|--:|--:|--:|")
    missed = 0
    for name, run in figures.items():
        target = TARGETS[name]
        print(f"| {name} | {run.wall:.2f} | {run.cpu:.2f} | {target.wall or ''} | {target.cpu} |")
        missed += run.cpu > target.cpu * 1.5 or (target.wall and run.wall > target.wall * 1.5)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
