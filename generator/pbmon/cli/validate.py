"""`pbmon validate`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pbmon.cli.options import (
    DEFINITIONS,
    ENV,
    Definitions,
    Env,
    FailOnOption,
    FindingFormat,
    Format,
    Out,
    Promtool,
    UseCache,
    build_command,
    cache_file,
    output_folder,
)
from pbmon.cli.printing import counted, print_findings, progress, say
from pbmon.cli.settling import fails, known_checks, mistakes, summary
from pbmon.finding import Finding
from pbmon.source import Source

if TYPE_CHECKING:
    from pbmon.app_source.files import AppSource
    from pbmon.artifact import Artifact
    from pbmon.output.changes import Kind
    from pbmon.plan.plan import Plan

_FACTS: dict[Kind, str] = {
    "new": "is missing",
    "changed": "is older than the definitions",
    "removed": "is no longer rendered",
    "edited": "was edited by hand",
    "foreign": "was not written by pbmon",
}

_ADVICE: dict[Kind, str] = {
    "edited": "move the edit into the definitions, then build with --force",
    "foreign": "move your file elsewhere, or build with --force, which overwrites it",
}


def validate(
    definitions: Definitions = DEFINITIONS,
    out: Out = None,
    env: Env = ENV,
    promtool: Promtool = None,
    app: Annotated[
        Path | None,
        typer.Option(
            "--app",
            metavar="PATH",
            help="Source of the app: is every metric updated, with the labels it has, and are the"
            " generated modules in it current?",
        ),
    ] = None,
    format: Format = "text",
    fail_on: FailOnOption = "warning",
    use_cache: UseCache = None,
) -> None:
    """Check what the definitions render to.

    With promtool, amtool, JSON Schema and pbmon's own checks; and that the output folder holds it,
    where there is one.
    """
    from pbmon.acceptance import settle
    from pbmon.cache import opened
    from pbmon.checks import validation
    from pbmon.checks.case import Case
    from pbmon.checks.programs.binaries import find_amtool, find_promtool
    from pbmon.proof.cases.suite import suite
    from pbmon.render.artifacts import render

    promtool_path, amtool = find_promtool(promtool), find_amtool()
    with progress("reading definitions"):
        plan = _plan(definitions, env, format)
    with opened(cache_file(definitions, use_cache)) as cache:
        with progress("rendering") as shown:
            proofs = suite(plan, cache, shown)
            artifacts = render(plan, proofs=proofs, cache=cache)
        folder = output_folder(out, env)
        source = _app(app, definitions, folder, artifacts) if app is not None else None
        with progress("checking with promtool, amtool, JSON Schema and pbmon's own checks"):
            case = Case(plan, proofs, artifacts, source, promtool_path, amtool, cache)
            findings = validation.validate(case)
            findings += _stale(
                artifacts, folder, env, definitions, build_command(definitions, out, env)
            )
            left = settle(findings, plan.catalog, validation.ids_of(case), known_checks)
    print_findings(left.open, format)
    if format == "text":
        if amtool is None:
            say("amtool is not on PATH: alertmanager.yml is checked by pbmon alone")
        if cache.known["programs"]:
            say("promtool and amtool found nothing in these files before, and were not asked again")
        say(f"{summary(len(left.open), left.accepted)} in {_extent(plan, artifacts)}")
    if fails(left.open, fail_on):
        raise typer.Exit(1)


def _plan(definitions: Path, env: str, format: FindingFormat) -> Plan:
    """The plan; for programs, mistakes in the definitions are printed as findings are, with exit
    code 2.
    """
    from pbmon.catalog.catalog import load
    from pbmon.errors import DefinitionErrors
    from pbmon.plan.plan import resolve

    try:
        return resolve(load(definitions, env))
    except DefinitionErrors as errors:
        if format == "text":
            raise
        print_findings(mistakes(errors, definitions), format)
        raise typer.Exit(2) from None


def _app(app: Path, definitions: Path, out: Path, artifacts: list[Artifact]) -> AppSource:
    """The app's own files, and its copies of what is rendered."""
    from pbmon.app_source.copies import generated_modules, read_copies
    from pbmon.app_source.files import read_app
    from pbmon.output.write import is_pbmons_alone

    without = [
        definitions,
        *([out] if is_pbmons_alone(out, definitions) else []),
        *generated_modules(app, artifacts),
        *generated_modules(out, artifacts),
    ]
    return replace(read_app(app, without), copies=read_copies(app, out, artifacts))


def _stale(
    artifacts: list[Artifact], out: Path, env: str, definitions: Path, command: str
) -> Iterator[Finding]:
    """Differences between what the definitions say and what lies in the output folder, where there
    is one. command: the build that ends them.
    """
    from pbmon.output.compare import compare, is_all_new

    if not out.exists():
        return
    differences = compare(artifacts, out, environment=env, definitions=definitions)
    if is_all_new(differences, artifacts):
        yield Finding(
            "output-is-current",
            Source(str(out), 0),
            "the folder holds nothing of what the definitions render to",
            f"run `{command}` and commit the result; --out names another folder",
        )
        return
    for difference in differences:
        yield Finding(
            "output-is-current",
            Source((out / difference.path).as_posix(), 0),
            f"the file {_FACTS[difference.kind]}, so what runs is not what is checked here",
            _ADVICE.get(difference.kind, f"run `{command}` and commit the result"),
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
