"""`pbmon prove`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from pbmon.cli.options import (
    DEFINITIONS,
    ENV,
    Definitions,
    Env,
    FailOnOption,
    Format,
    Promtool,
    UseCache,
    cache_file,
)
from pbmon.cli.printing import counted, print_findings, progress, say
from pbmon.cli.settling import fails, known_checks, summary

if TYPE_CHECKING:
    from pbmon.proof.cases.suite import TestFile


def prove(
    definitions: Definitions = DEFINITIONS,
    env: Env = ENV,
    promtool: Promtool = None,
    format: Format = "text",
    fail_on: FailOnOption = "warning",
    use_cache: UseCache = None,
) -> None:
    """Run the derived tests: every alert fires at its limit and stays silent short of it.

    The tests are those in monitoring/rule-tests/; promtool runs them against the rendered rules.
    """
    from pbmon.acceptance import settle
    from pbmon.cache import opened
    from pbmon.catalog.catalog import load
    from pbmon.checks.case import Case
    from pbmon.checks.programs.binaries import find_promtool
    from pbmon.checks.programs.proving import passing
    from pbmon.checks.validation import PROVE_CHECKS
    from pbmon.finding import id_of
    from pbmon.plan.plan import resolve
    from pbmon.proof.cases.suite import suite
    from pbmon.render.artifacts import render

    promtool_path = find_promtool(promtool)
    with opened(cache_file(definitions, use_cache)) as cache:
        with progress("deriving proofs") as shown:
            plan = resolve(load(definitions, env))
            files = suite(plan, cache, shown)
            artifacts = [
                *render(plan, "rules", files, cache),
                *render(plan, "proofs", files, cache),
            ]
        with progress("running promtool on every derived test"):
            case = Case(plan, files, artifacts, promtool=promtool_path, cache=cache)
            findings = [finding for check in PROVE_CHECKS for finding in check(case)]
            ran = {id_of(check) for check in PROVE_CHECKS}
            left = settle(findings, plan.catalog, ran, known_checks)
    print_findings(left.open, format)
    if format == "text":
        proven = _proven(passing(files, findings), cache.known["promtool"])
        say(f"{summary(len(left.open), left.accepted)}; proven: {proven}")
    if fails(left.open, fail_on):
        raise typer.Exit(1)


def _proven(files: Sequence[TestFile], known: int) -> str:
    """What the tests of these files show. known: of how many rules promtool's verdict was known."""
    cases = sum(len(proof.cases) for file in files for proof in file.alerts)
    alerts = sum(bool(proof.cases) for file in files for proof in file.alerts)
    records = sum(not proof.reason for file in files for proof in file.records)
    numbers = f"{counted(alerts, 'alert')} in {counted(cases, 'case')}"
    text = f"{numbers}, {counted(records, 'recording rule')}"
    return f"{text}; {counted(known, 'verdict')} from cache" if known else text
