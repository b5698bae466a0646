"""`pbmon prove`."""

from __future__ import annotations

import typer

from pbmon.cli.options import DEFINITIONS, ENV, Definitions, Env, Format, Promtool
from pbmon.cli.printing import counted, print_findings, progress, say


def prove(
    definitions: Definitions = DEFINITIONS,
    env: Env = ENV,
    promtool: Promtool = None,
    format: Format = "text",
) -> None:
    """Run the derived tests: every alert fires at its limit and stays silent short of it.

    The tests are those in monitoring/rule-tests/; promtool runs them against the rendered rules.
    """
    from pbmon.catalog.catalog import load
    from pbmon.checks.case import Case
    from pbmon.checks.programs.binaries import find_promtool
    from pbmon.checks.validation import PROVE_CHECKS
    from pbmon.plan.plan import resolve
    from pbmon.proof.cases.suite import suite
    from pbmon.render.artifacts import render

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
