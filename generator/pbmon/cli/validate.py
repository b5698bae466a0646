"""`pbmon validate`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from pbmon.app_source.files import read_app
from pbmon.artifact import Artifact
from pbmon.catalog.catalog import load
from pbmon.catalog.environment import DEFAULT
from pbmon.checks.case import Case
from pbmon.checks.programs.binaries import find_amtool, find_promtool
from pbmon.checks.validation import validate
from pbmon.cli.printing import counted, print_findings, progress, say
from pbmon.errors import DefinitionErrors
from pbmon.finding import Finding
from pbmon.output.changes import Kind
from pbmon.output.compare import compare
from pbmon.plan.plan import Plan, resolve
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render
from pbmon.source import Source

OUT = Path("build")

_FACTS: dict[Kind, str] = {
    "new": "is missing",
    "changed": "is older than the definitions",
    "removed": "is no longer rendered",
    "edited": "was edited by hand",
    "foreign": "was not written by pbmon",
}

_ADVICE: dict[Kind, str] = {
    "edited": "move the edit into the definitions, then `pbmon build --force`",
    "foreign": "move your file elsewhere, or let `pbmon build --force` overwrite it",
}


def run(
    definitions: Path,
    out: Path,
    env: str,
    promtool: Path | None,
    format: str,
    app: Path | None = None,
) -> None:
    """Print the findings and exit 1 when there are any."""
    found_promtool, amtool = find_promtool(promtool), find_amtool()
    with progress("reading definitions"):
        plan = _plan(definitions, env, format)
    source = read_app(app, without=(definitions, out)) if app is not None else None
    with progress("rendering"):
        proofs = suite(plan)
        artifacts = render(plan, proofs=proofs)
    with progress("checking with promtool, amtool, JSON Schema and pbmon's own checks"):
        case = Case(plan, proofs, artifacts, source, found_promtool, amtool)
        findings = validate(case)
        # build/ holds the default environment; another one's folder is named
        if env == DEFAULT or out != OUT:
            findings += _stale(artifacts, out, definitions)
    print_findings(findings, format)
    if format == "text":
        if amtool is None:
            say("amtool is not on PATH: alertmanager.yml is checked by pbmon alone")
        say(f"{counted(len(findings), 'finding')} in {_extent(plan, artifacts)}")
    if findings:
        raise typer.Exit(1)


def _plan(definitions: Path, env: str, format: str) -> Plan:
    """The plan; for programs, mistakes in the definitions are printed as findings are, with exit
    code 2.
    """
    try:
        return resolve(load(definitions, env))
    except DefinitionErrors as errors:
        if format == "text":
            raise
        nowhere = Source(definitions.name, 0)
        mistakes = [
            Finding("definition", error.source or nowhere, error.problem, error.help)
            for error in errors.errors
        ]
        print_findings(mistakes, format)
        raise typer.Exit(2) from None


def _stale(artifacts: list[Artifact], out: Path, definitions: Path) -> Iterator[Finding]:
    """Differences between what the definitions say and what lies in the output folder, where there
    is one.
    """
    if not out.exists():
        return
    for difference in compare(artifacts, out, definitions=definitions):
        yield Finding(
            "output-is-current",
            Source(f"{out}/{difference.path}", 0),
            f"the file {_FACTS[difference.kind]}, so what runs is not what is checked here",
            _ADVICE.get(difference.kind, "run `pbmon build` and commit the result"),
        )


def _extent(plan: Plan, artifacts: list[Artifact]) -> str:
    panels = sum(len(row.panels) for dashboard in plan.dashboards for row in dashboard.rows)
    numbers = {
        "alert": len(list(plan.alerts)),
        "recording rule": len(list(plan.records)),
        "panel": panels,
        "file": len(artifacts),
    }
    return ", ".join(counted(number, noun) for noun, number in numbers.items())
