"""Each alternative of a condition is shown to fire the alert without the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, proofs, reasons
from small_projects import plan_of

CONDITIONS = {
    "two": "(lamps > 5).or_(visits.rate('5m') > 3)",
    "three": "(lamps > 5).or_(visits.rate('5m') > 3).or_(stay.mean('5m') > 3)",
    "below a comparison": "lamps.sum().or_(visits.rate('5m').sum()) > 5",
}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_each_alternative_fires_alone(condition: str, promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(f"one = Alert('One', {condition}, **SAID)")
    assert reasons(plan) == []
    count = 3 if condition.count("or_") == 2 else 2
    (proof,) = (proof for file in proofs(plan) for proof in file.alerts)
    alone = {case.name.partition("; alternative ")[2] for case in proof.cases} - {""}
    assert alone == {f"{number} of {count} alone" for number in range(1, count + 1)}
    metrics = [
        {atom.metric for atom in case.run.atoms}
        for case in proof.cases
        if case.name.endswith(f"{count} of {count} alone")
    ]
    assert metrics
    assert all("lamps" not in each for each in metrics)
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize("dead", ["up > 1", "lamps > 5 and lamps < 4", "hour() >= 24"])
def test_an_alternative_that_never_holds_is_told(dead: str) -> None:
    (reason,) = reasons(plan_of(f"one = Alert('One', promql('lamps > 9 or {dead}'), **SAID)"))
    assert (
        f"one of its alternatives is dead, `{dead.partition(' ')[0].partition('(')[0]}"
        in reason.replace("(", "")
    )
