"""An alert's own annotations stand beside those that pbmon makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.errors import DefinitionErrors
from rule_tests import failures, reasons
from small_projects import plan_of


def alert(annotations: str) -> str:
    return f"a = Alert('A', lamps > 3, annotations={annotations}, **SAID)"


def test_own_annotations_are_expanded_and_proven(promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(alert("{'graph': 'room={{ $labels.room | urlquery }}', 'level': 'P{{ 2 }}'}"))
    [planned] = plan.alerts
    assert {"graph", "level", "summary", "runbook_url"} <= {name for name, _ in planned.annotations}
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize(
    ("annotations", "problem"),
    [
        ("{'summary': 'x'}", "sets annotation 'summary' a second time"),
        ("{'runbook_url': 'x'}", "sets annotation 'runbook_url' a second time"),
        ("{'a-b': 'x'}", "annotation 'a-b', which Prometheus refuses"),
        ("{'graph': '{{ $labels.floor }}'}", r"prints \$labels.floor, which its expression"),
        ("{'graph': '{{ $value '}", "an action is not closed"),
    ],
)
def test_annotations_that_cannot_be_are_mistakes(annotations: str, problem: str) -> None:
    with pytest.raises(DefinitionErrors, match=problem):
        plan_of(alert(annotations))
