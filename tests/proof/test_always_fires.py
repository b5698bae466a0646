"""A dead man's switch is proven to fire at once, whatever its series do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.checks.programs.mutation import judge
from pbmon.render.artifacts import render
from pbmon.render.mutation import trials
from rule_tests import failures, proofs, reasons
from small_projects import plan_of


def switch(expression: str, more: str = "") -> str:
    return f"watchdog = Alert('Watchdog', {expression}, always_fires=True, **SAID{more})"


@pytest.mark.parametrize(
    "expression",
    [
        "constant(1)",
        "constant(1).equals(1)",
        "lamps.count().or_(constant(0))",
        "lamps.sum().or_(constant(0)) > -1e12",
    ],
)
@pytest.mark.parametrize("more", ["", ", for_='5m'"])
def test_a_switch_that_always_fires_is_proven(
    expression: str, more: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(switch(expression, more))
    assert reasons(plan) == []
    assert any(proof.cases for file in proofs(plan) for proof in file.alerts)
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize(
    ("expression", "when"),
    [
        ("lamps > 0", "without any data"),
        ("lamps.absent()", "while its series come, change and go"),
        ("constant(1).equals(0)", "without any data"),
    ],
)
def test_a_switch_that_can_be_silent_is_told(expression: str, when: str) -> None:
    [reason] = reasons(plan_of(switch(expression)))
    assert f"declared to fire always (always_fires), and is silent {when}" in reason


def test_every_fault_in_a_switch_is_noticed(promtool: Path) -> None:
    plan = plan_of(switch("constant(1).equals(1)"))
    verdicts = judge(promtool, list(trials(plan, proofs(plan))))
    assert len(verdicts) > 5
    assert [str(verdict.mutant.fault) for verdict in verdicts if not verdict.killed] == []


def test_a_switch_has_a_runbook_like_every_alert() -> None:
    paths = {artifact.path for artifact in render(plan_of(switch("constant(1)")), "docs")}
    assert "docs/runbooks/Watchdog.md" in paths
