"""What becomes of the proofs of a small project: reasons of pbmon, failures in promtool."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

from pbmon.checks.case import Case
from pbmon.checks.definitions.proofs import rule_is_proven
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import TestFile as File
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render


@lru_cache(maxsize=32)
def proofs(plan: Plan) -> tuple[File, ...]:
    """Of its rules; derived once for a test that needs them twice, or runs with each promtool."""
    return suite(plan)


def reasons(plan: Plan) -> list[str]:
    """Why rules have no proof."""
    return [finding.problem for finding in rule_is_proven(Case(plan, proofs(plan)))]


def failures(plan: Plan, promtool: Path, folder: Path) -> str:
    """What promtool says of the rule tests that fail."""
    for artifact in (*render(plan, "rules"), *render(plan, "proofs", proofs(plan))):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(artifact.text, "utf-8")
    files = sorted(folder.glob("monitoring/rule-tests/*.yml"))
    assert files
    ran = subprocess.run(
        [promtool, "test", "rules", *files], check=False, capture_output=True, text=True
    )
    return ran.stdout + ran.stderr if ran.returncode else ""
