"""How long pbmon takes and how much memory it needs: PyBase, projects of 10 to 1,000 services,
other generators of dashboards.

usage: python benchmarks/build.py [--quick] [--promtool PROGRAM]

Prints a Markdown table and whether each target is met; exits 1 where one is missed. Each figure is
a median of whole processes that run in turns with those they are compared with. Needs
benchmarks/requirements.txt; runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from math import log
from pathlib import Path
from statistics import median

from peers import DASHBOARDS, GENERATORS
from processes import Command, Run, in_turns, medians
from synthetic import PANELS, write_project

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
INSTALLED = Path(sys.executable).with_name("pbmon")
PBMON: list[str | Path] = (
    [INSTALLED]
    if INSTALLED.exists()
    else [sys.executable, "-c", "from pbmon.cli import main; main()"]
)
ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join(
        filter(None, [str(REPOSITORY / "generator"), os.environ.get("PYTHONPATH")])
    ),
    "PYTHONDONTWRITEBYTECODE": "",  # as installed: compiled once
    "CI": "",  # where pbmon remembers nothing
}
_COLD, _WARM, _CHECKED = (
    "`pbmon build`, nothing known",
    "`pbmon build`, nothing changed",
    "`pbmon validate`",
)
_MANY = 1000
_SECONDS = {_COLD: 60, _WARM: 15, _CHECKED: 30}
"""Wall time that so many services may take."""

EMPTY_APP = """\
import typer

app = typer.Typer(SETTINGS)


@app.command()
def main() -> None:
    pass


app()
"""


@dataclass(frozen=True)
class Effort:
    """How much to measure. runs: of each command; few: runs where one takes long; sizes: services,
    each is compared with the next.
    """

    runs: int
    few: int
    sizes: tuple[int, int, int]
    promtool: list[str | Path]


@dataclass(frozen=True)
class Target:
    """A figure and the bound it has to keep."""

    name: str
    figure: float
    bound: float

    def __str__(self) -> str:
        return (
            f"- {'met' if self.figure <= self.bound else 'MISSED'}: {self.name}: {self.figure:.2f},"
            f" at most {self.bound:g}"
        )


def main() -> int:
    """Measures in a temporary folder and prints as it goes. Exit code: 1 where a target
    is missed.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="3 runs and 30 services at most: to see whether it runs",
    )
    parser.add_argument(
        "--promtool", type=Path, help="promtool for `pbmon validate`; else the one on PATH"
    )
    asked = parser.parse_args()
    promtool = ["--promtool", asked.promtool.resolve()] if asked.promtool else []
    effort = (
        Effort(3, 1, (3, 10, 30), promtool)
        if asked.quick
        else Effort(9, 1, (10, 100, _MANY), promtool)
    )
    print("| what | runs | wall s | CPU s | peak MiB |\n|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        targets = [
            target
            for part in (cold_start, pybase, growth, peers)
            for target in part(effort, Path(folder))
        ]
    print()
    print(*targets, sep="\n")
    return any(target.figure > target.bound for target in targets)


def cold_start(effort: Effort, folder: Path) -> Iterator[Target]:
    """`pbmon --help` beside the help of an app that does nothing: what pbmon adds to Typer, in
    boxes (Typer's own way) or plain.
    """
    commands = {"`pbmon --help`": _command([*PBMON, "--help"], folder)}
    for name, settings in (("boxed", ""), ("plain", "rich_markup_mode=None")):
        empty = folder / f"{name}.py"
        empty.write_text(EMPTY_APP.replace("SETTINGS", settings), "utf-8")
        commands[f"`--help` of an empty Typer app, {name}"] = _command(
            [sys.executable, empty, "--help"], folder
        )
    pbmon, boxed, plain = _told(commands, effort.runs).values()
    yield Target("`pbmon --help` against an empty Typer app", pbmon.cpu / boxed.cpu, 1)
    yield Target(
        "`pbmon --help` against an empty Typer app that prints plain text, as pbmon does",
        pbmon.cpu / plain.cpu,
        1.2,
    )


def pybase(effort: Effort, folder: Path) -> Iterator[Target]:
    """PyBase as committed. No target: a figure to compare later versions with."""
    project = folder / "pybase"
    shutil.copytree(
        REPOSITORY / "definitions",
        project / "definitions",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    named = {f"PyBase: {name}": each for name, each in _commands(project, effort).items()}
    _told(named, effort.runs)
    yield from ()


def growth(effort: Effort, folder: Path) -> Iterator[Target]:
    """Time grows with the number of services to the 1.05 at most, from each size to the next."""
    figures: list[dict[str, Run]] = []
    for services in effort.sizes:
        project = folder / str(services)
        write_project(project, services)
        runs = min(effort.runs, 3) if services == effort.sizes[0] else effort.few
        full = effort.sizes[-1] == _MANY
        commands = _commands(project, effort, prove=full and services < _MANY)
        named = {f"{services:,} services: {name}": each for name, each in commands.items()}
        figures.append(dict(zip(commands, _told(named, runs).values(), strict=True)))
    for smaller, larger, before, after in zip(
        effort.sizes, effort.sizes[1:], figures, figures[1:], strict=False
    ):
        for name, done in after.items():
            yield Target(
                f"exponent of {name}, {smaller:,} to {larger:,} services",
                log(done.cpu / before[name].cpu) / log(larger / smaller),
                1.05,
            )
    if effort.sizes[-1] == _MANY:
        for name, seconds in _SECONDS.items():
            yield Target(f"seconds of {name}, {_MANY:,} services", figures[-1][name].wall, seconds)
        peak = max(done.peak for done in figures[-1].values())
        yield Target(f"MiB at most, {_MANY:,} services", peak, 1024)


def peers(effort: Effort, folder: Path) -> Iterator[Target]:
    """The same dashboards by other generators, which are given every decision that pbmon makes:
    those of many services, and PyBase's own.
    """
    size = effort.sizes[1]
    yield from _against_peers(effort, folder, folder / str(size), size * PANELS)
    pybase = folder / "pybase"
    boards = (json.loads(file.read_text("utf-8")) for file in (pybase / DASHBOARDS).glob("*.json"))
    panels = sum(1 + len(each.get("panels") or ()) for board in boards for each in board["panels"])
    yield from _against_peers(effort, folder, pybase, panels)


def _against_peers(effort: Effort, folder: Path, project: Path, panels: int) -> Iterator[Target]:
    out = {name: folder / "peers" / name for name in GENERATORS}
    commands = {
        name: _command(
            [sys.executable, HERE / "peers.py", name, project, out[name]], folder, fresh=out[name]
        )
        for name in GENERATORS
    }
    whole = {
        "dashboards": _command(
            [*PBMON, "build", "--only", "dashboards", "--out", "only"],
            project,
            fresh=project / "only",
        ),
    }
    runs = in_turns(commands | whole, effort.runs)
    _same_queries([project / DASHBOARDS, *out.values()])
    rendering = {name: median(float(run.output) for run in runs[name]) for name in GENERATORS}
    versions = {"grafanalib": "grafanalib", "foundation": "grafana-foundation-sdk"}
    for name, seconds in rendering.items():
        made_by = (
            f"{versions[name]} {version(versions[name]).removeprefix('v')}"
            if name in versions
            else name
        )
        print(
            f"| {panels:,} panels, from decisions to JSON text: {made_by} | {effort.runs} |"
            f" {seconds:.3f} | | |"
        )
    for name, package in versions.items():
        _row(f"{panels:,} panels, whole process: {package} alone", effort.runs, medians(runs[name]))
    _row(
        f"{panels:,} panels, whole process: `pbmon build --only dashboards`",
        effort.runs,
        medians(runs["dashboards"]),
    )
    alone = medians(runs["grafanalib"]).cpu
    yield Target(
        f"rendering of {panels:,} planned panels, pbmon against grafanalib",
        rendering["pbmon"] / rendering["grafanalib"],
        1.5,
    )
    yield Target(
        f"`pbmon build --only dashboards` of {panels:,} panels against grafanalib",
        medians(runs["dashboards"]).cpu / alone,
        1.5,
    )


def _commands(project: Path, effort: Effort, *, prove: bool = False) -> dict[str, Command]:
    """With nothing known and nothing written, then with all of it."""

    def forget() -> None:
        for name in ("build", ".pbmon-cache"):
            shutil.rmtree(project / name, ignore_errors=True)

    commands = {
        _COLD: Command([*PBMON, "build"], project, forget, ENVIRONMENT),
        _WARM: _command([*PBMON, "build"], project),
        _CHECKED: _command([*PBMON, "validate", *effort.promtool], project),
    }
    if prove:
        commands["`pbmon prove`, proofs known"] = _command(
            [*PBMON, "prove", *effort.promtool], project
        )
    return commands


def _command(arguments: Sequence[str | Path], folder: Path, fresh: Path | None = None) -> Command:
    """fresh: a folder that is deleted before each run."""
    before = partial(shutil.rmtree, fresh, ignore_errors=True) if fresh else lambda: None
    return Command(arguments, folder, before, ENVIRONMENT)


def _told(commands: Mapping[str, Command], runs: int) -> dict[str, Run]:
    found = {name: medians(done) for name, done in in_turns(commands, runs).items()}
    for name, done in found.items():
        _row(name, runs, done)
    return found


def _row(name: str, runs: int, done: Run) -> None:
    print(f"| {name} | {runs} | {done.wall:.3f} | {done.cpu:.3f} | {done.peak:.0f} |", flush=True)


def _same_queries(folders: Sequence[Path]) -> None:
    """Raises RuntimeError unless the dashboards in all folders ask the same, which is what makes
    their times comparable.
    """
    asked = [
        sorted(query for file in folder.glob("*.json") for query in _queries(file))
        for folder in folders
    ]
    if not asked[0] or any(queries != asked[0] for queries in asked):
        raise RuntimeError(
            f"the generators wrote {', '.join(str(len(queries)) for queries in asked)} queries that"
            " are not the same"
        )


def _queries(file: Path) -> Iterator[tuple[str, str, str]]:
    dashboard = json.loads(file.read_text("utf-8"))
    for item in dashboard["panels"]:
        for panel in (item, *(item.get("panels") or ())):
            for target in panel.get("targets") or ():
                yield dashboard["uid"], panel["title"], target["expr"]


if __name__ == "__main__":
    sys.exit(main())
