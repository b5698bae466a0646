"""`pbmon prove`."""

from __future__ import annotations

from pathlib import Path

import typer

from pbmon.catalog.catalog import load
from pbmon.checks.case import Case
from pbmon.checks.programs.binaries import find_promtool
from pbmon.checks.validation import PROVE_CHECKS
from pbmon.cli.printing import counted, print_findings, progress, say
from pbmon.plan.plan import resolve
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render


def run(definitions: Path, env: str, promtool: Path | None, format: str) -> None:
    """Run the derived tests and exit 1 when a rule fails one or has none."""
    found_promtool = find_promtool(promtool)
    with progress("deriving proofs"):
        plan = resolve(load(definitions, env))
        files = suite(plan)
        artifacts = [
            artifact for kind in ("rules", "proofs") for artifact in render(plan, kind, files)
        ]
    with progress("running promtool on every derived test"):
        case = Case(plan, files, artifacts, promtool=found_promtool)
        findings = [finding for check in PROVE_CHECKS for finding in check(case)]
    print_findings(findings, format)
    if format == "text":
        cases = sum(len(proof.cases) for file in files for proof in file.alerts)
        alerts = sum(bool(proof.cases) for file in files for proof in file.alerts)
        records = sum(not proof.reason for file in files for proof in file.records)
        proven = (
            f"{counted(alerts, 'alert')} in {counted(cases, 'case')},"
            f" {counted(records, 'recording rule')}"
        )
        say(f"{counted(len(findings), 'finding')}; proven: {proven}")
    if findings:
        raise typer.Exit(1)
