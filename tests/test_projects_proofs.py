"""Whatever a project's rules say: each is proven or has a reason why not, and Prometheus agrees
with every derived test.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from drawn import by_profile
from made_projects import made_projects, write
from pbmon.checks.case import Case
from pbmon.checks.definitions.proofs import rule_is_proven
from pbmon.expr.nodes import Binary, Call, Node, Selector
from pbmon.plan.lineage import Lineage
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.proof.cases.suite import TestFile as File
from pbmon.proof.cases.suite import suite, unproven
from pbmon.proof.promql.functions import NOT_COMPUTED
from pbmon.render.artifacts import render

pytestmark = pytest.mark.slow  # derives the proofs of dozens of projects

PROJECTS = 60


@dataclass(frozen=True)
class Proven:
    """A project as drawn, and its proofs. texts: of its rules and rule tests, by path."""

    plan: Plan
    files: tuple[File, ...]
    texts: dict[str, str]


@pytest.fixture(scope="session")
def proven(tmp_path_factory: pytest.TempPathFactory) -> list[Proven]:
    """Dozens of projects with the proofs of their rules."""
    made = made_projects(tmp_path_factory.mktemp("projects"), PROJECTS * 5 // 3)
    return [prove(plan) for _, plan in made if plan.alerting or plan.recording]


def prove(plan: Plan) -> Proven:
    """Its proofs, and what is rendered from them."""
    files = suite(plan)  # once: deriving them takes most of the time
    artifacts = [*render(plan, "rules"), *render(plan, "proofs", files)]
    return Proven(plan, files, {artifact.path: artifact.text for artifact in artifacts})


@pytest.fixture(scope="session")
def trees(proven: list[Proven], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules and rule tests of every project: a folder a project."""
    folder = tmp_path_factory.mktemp("trees")
    for number, project in enumerate(proven):
        write(folder / str(number), project.texts)
    return folder


def test_every_rule_is_proven_once_or_has_a_finding_that_says_why_not(proven: list[Proven]) -> None:
    for project in proven:
        proofs = [
            (p.alert.name, bool(p.cases), p.reason) for file in project.files for p in file.alerts
        ]
        proofs += [
            (p.record.name, bool(p.cases), p.reason) for file in project.files for p in file.records
        ]
        assert sorted(name for name, _, _ in proofs) == sorted(
            rule.name for rule in (*project.plan.alerts, *project.plan.records)
        )
        assert all(cases != bool(reason) for _, cases, reason in proofs)
        told = [finding.problem for finding in rule_is_proven(Case(project.plan, project.files))]
        assert len(told) == sum(bool(reason) for _, _, reason in proofs)


def test_a_rule_without_a_proof_is_one_that_cannot_have_one(proven: list[Proven]) -> None:
    """Unless its reason holds, a project would be told to change a rule that is right."""
    wrong = []
    for project in proven:
        wrong += [
            (rule.name, reason)
            for rule, reason, _, _ in unproven(project.files)
            if not holds(reason, rule, project.plan.lineage)
        ]
    assert wrong == []


def holds(reason: str, rule: PlannedAlert | PlannedRecord, lineage: Lineage) -> bool:
    below = list(lineage.nodes(rule.expr))
    kind, _, detail = reason.partition(": ")
    match kind.partition(";")[0]:
        case "it can never fire" | "it always fires":
            return bool(detail)  # tests/proof holds these against real series
        case "its expression is outside what can be derived":
            return any(isinstance(node, Call) and node.function in NOT_COMPUTED for node in below)
        case "its text is outside what can be expanded":
            assert isinstance(rule, PlannedAlert)
            return any(
                re.search(r"{{\s*(printf|if|\")|toUpper", text) for _, text in rule.annotations
            )
        case "no series were found that make it fire":
            # shorter than its `for`
            steps = any(isinstance(node, Call) and node.function == "delta" for node in below)
            shares = any(isinstance(node, Binary) and is_share_of_itself(node) for node in below)
            targets = lineage.metrics(rule.expr) == {"up"}  # sums of ones, which are few
            return steps or shares or targets or contradicts_itself(rule.expr, lineage)
        case _:
            return False


def is_share_of_itself(node: Binary) -> bool:
    """`ratio(x, x)`, which is 1 whatever x does."""
    left, right = node.left, node.right
    return (
        node.operator == "/"
        and isinstance(left, Binary)
        and isinstance(right, Binary)
        and left.left == right.left
    )


def contradicts_itself(expr: Node, lineage: Lineage) -> bool:
    """Whether two conditions on one metric have to hold at once, such as being below -3 and above
    0.
    """
    if not (isinstance(expr, Binary) and expr.operator == "and"):
        return False
    read = (
        {node.series.metric for node in lineage.nodes(side) if isinstance(node, Selector)}
        for side in (expr.left, expr.right)
    )
    return bool(set.intersection(*read) - lineage.recorded.keys())


def test_prometheus_agrees_with_every_derived_test(
    proven: list[Proven], trees: Path, promtools: Path
) -> None:
    files = sorted(trees.glob("*/monitoring/rule-tests/*.yml"))
    ran = subprocess.run(
        [promtools, "test", "rules", *files],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-6000:]
    assert len(files) >= len(proven) >= by_profile(PROJECTS)
    assert (ran.stdout + ran.stderr).count("SUCCESS") == len(files)
