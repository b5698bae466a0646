"""What pbmon takes against what others take, in a minute and on any machine: no second is a target.

usage: python benchmarks/ratios.py [--runs N]

Prints a Markdown table; exits 1 where a ratio is worse than its target by half. Each figure is a
median of CPU time of whole processes that run in turns. `benchmarks/build.py` and
`benchmarks/proofs.py` measure the same in seconds, and more. Runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from functools import partial
from math import log
from pathlib import Path
from typing import NamedTuple

from processes import Command, in_turns, medians, run
from proofs import edited
from synthetic import write_project

from build import EMPTY_APP, ENVIRONMENT, HERE, PBMON, REPOSITORY

SMALL, LARGE = 15, 60
"""Services, for how time grows with them."""

WORSE = 1.5
"""So much worse than its target a ratio may be."""


class Ratio(NamedTuple):
    """A command against another one. target: at most."""

    of: str
    to: str
    target: float


RATIOS = (
    Ratio("pbmon --help", "an empty Typer app", 1.0),
    Ratio("build, nothing changed", "grafanalib alone", 3.5),
    Ratio("build, one limit changed", "grafanalib alone", 5.0),
    Ratio("validate, nothing changed", "grafanalib alone", 7.0),
    Ratio(f"{LARGE} services", f"{SMALL} services", (LARGE / SMALL) ** 1.05),
)
"""grafanalib renders the dashboards of PyBase, whose decisions it finds made. Where that takes 0.14
seconds, 0.5 are 3.5 times as much.
"""


def commands(folder: Path) -> dict[str, Command]:
    """By name. What PyBase renders is there, and remembered."""
    pybase = folder / "pybase"
    shutil.copytree(REPOSITORY / "definitions", pybase / "definitions")
    empty = folder / "empty.py"
    empty.write_text(EMPTY_APP.replace("SETTINGS", ""), "utf-8")

    def pbmon(project: Path, *words: str, edit: bool = False) -> Command:
        before = partial(edited, project) if edit else lambda: None
        return Command([*PBMON, *words], project, before, ENVIRONMENT)

    def of_size(services: int) -> Command:
        project = folder / str(services)
        write_project(project, services)
        return pbmon(project, "build", "--only", "dashboards")

    run(pbmon(pybase, "validate"))
    run(pbmon(pybase, "build"))
    peer = [sys.executable, HERE / "peers.py", "grafanalib", pybase, folder / "peer"]
    return {
        "an empty Typer app": Command([sys.executable, empty, "--help"], folder),
        "pbmon --help": pbmon(pybase, "--help"),
        "grafanalib alone": Command(peer, folder, environment=ENVIRONMENT),
        "build, nothing changed": pbmon(pybase, "build"),
        "validate, nothing changed": pbmon(pybase, "validate"),
        "build, one limit changed": pbmon(pybase, "build", edit=True),
        f"{SMALL} services": of_size(SMALL),
        f"{LARGE} services": of_size(LARGE),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        runs = in_turns(commands(Path(name)), arguments.runs)
    cpu = {name: medians(each).cpu for name, each in runs.items()}
    print("| what | against | ratio | target | CI fails beyond |\n|---|---|--:|--:|--:|")
    missed = 0
    for of, to, target in RATIOS:
        ratio, limit = cpu[of] / cpu[to], target * WORSE
        missed += ratio > limit
        print(f"| {of} | {to} | {ratio:.2f} | {target:.2f} | {limit:.2f} |")
    growth = log(cpu[f"{LARGE} services"] / cpu[f"{SMALL} services"]) / log(LARGE / SMALL)
    print(f"\nFrom {SMALL} to {LARGE} services time grows with their number to the {growth:.2f}.")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
