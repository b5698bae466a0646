"""A rule file that somebody edited by hand fails its tests.

`make mutate` tries every rule of PyBase, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from pbmon.artifact import Artifact
from pbmon.checks.programs.proving import run_tests
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import TestFile as File
from pbmon.render.artifacts import render

from .usual_shapes import PROVEN

pytestmark = pytest.mark.slow  # derives proofs

LIMIT = re.compile(r"(?<=[<>=] )-?\d+(?:\.\d+)?(?![\d.a-z])")
"""A number that something is compared with."""


UNNOTICED = {
    "changes": "no whole number lies between 2 and 2.2",
    "several targets down": "no whole number lies between 1 and 1.1",
    "several kinds at once": "no whole number lies between 1 and 1.1",
    "share of targets down": "no share of so few targets lies between 10 and 11 percent",
}
"""Shapes whose limit a tenth higher says the same of the series at hand, and why."""


@pytest.fixture(scope="module")
def rendered(usual_shapes: tuple[Plan, Sequence[File]]) -> list[Artifact]:
    """An alert of each usual shape, and the tests of alerts."""
    plan, files = usual_shapes
    return [
        *render(plan, "rules"),
        *(
            artifact
            for artifact in render(plan, "proofs", files)
            if "-records" not in artifact.path
        ),
    ]


@pytest.mark.parametrize("place", [0, 1], ids=["first limit", "second limit"])
def test_a_limit_raised_by_a_tenth_fails_a_test_of_its_alert(
    promtool: Path, rendered: list[Artifact], place: int
) -> None:
    """Of all alerts at once, as each test asks about one alert only: one limit of every expression
    is moved.
    """
    edited: set[str] = set()
    changed = [edit(artifact, place, edited) for artifact in rendered]
    found = run_tests(promtool, [artifact for artifact in changed if matters(artifact, edited)])
    failing = {finding.problem.partition("“")[2].partition(" ")[0] for finding in found}
    names = {name for name in edited - failing if list(PROVEN)[int(name[1:])] not in UNNOTICED}
    assert names == set()
    assert len(edited) > (35 if place == 0 else 3)


def matters(artifact: Artifact, edited: set[str]) -> bool:
    """Whether it is a rule file, or holds tests of an edited alert."""
    asked = set(re.findall(r"alertname: (\w+)$", artifact.text, re.MULTILINE))
    return "/rule-tests/" not in artifact.path or not asked.isdisjoint(edited)


def edit(artifact: Artifact, place: int, edited: set[str]) -> Artifact:
    """The rule file with the limit at that place of each alert moved; the names of those alerts are
    added to `edited`.
    """
    if not artifact.path.startswith("monitoring/alerts/") or "alert:" not in artifact.text:
        return artifact
    rules = yaml.safe_load(artifact.text)
    for rule in (rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule):
        limits = [limit for limit in LIMIT.finditer(rule["expr"]) if Decimal(limit.group())]
        if len(limits) > place:
            begin, end = limits[place].span()
            higher = Decimal(limits[place].group()) * Decimal("1.1")
            rule["expr"] = f"{rule['expr'][:begin]}{higher}{rule['expr'][end:]}"
            edited.add(rule["alert"])
    return Artifact(artifact.path, yaml.safe_dump(rules))
