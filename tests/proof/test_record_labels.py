"""Static labels of a record are on its series: in its label set, in matchers, in proofs."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.errors import DefinitionErrors
from pbmon.labels import names
from rule_tests import failures, reasons
from small_projects import plan_of

KIND = 'kind = Label("kind", "Kind of visit.", values=("read", "write"))'


def record(labels: str, name: str = "job:visits:rate5m") -> str:
    return f"read = Record({name!r}, visits.rate('5m').sum(by=[job]), labels={labels})"


def alert(expression: str, summary: str = "It is too many.") -> str:
    said = f"severity='warning', summary={summary!r}, impact='Users wait.', action='Look at it.'"
    return f"a = Alert('A', {expression}, {said})"


def test_static_labels_are_in_the_label_set() -> None:
    [planned] = plan_of(record("{'kind': 'read', 'team': 'b'}")).records
    assert names(planned.definition.label_set) == ("job", "kind", "team")


@pytest.mark.parametrize(
    "condition",
    [
        "read > 3",
        "read.where(kind.is_('read')) > 3",
        "read.where(kind.is_not('write')).sum(by=[kind]) > 3",
        "read.max_over_time('10m') > 3",
    ],
)
def test_records_with_labels_are_proven(condition: str, promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(
        KIND, record("{'kind': 'read'}"), alert(condition, "{{ $labels.kind }}: {{ $value }}")
    )
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize("value", ["a$b", "$1", "$$", 'say "so"', "ü"])
def test_any_text_can_be_the_value(value: str, promtools: Path, tmp_path: Path) -> None:
    plan = plan_of(record(f"{{'kind': {value!r}}}"), alert("read > 3", "{{ $labels.kind }}"))
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_a_matcher_for_another_value_never_finds_the_record() -> None:
    plan = plan_of(KIND, record("{'kind': 'read'}"), alert("read.where(kind.is_('write')) > 3"))
    assert len(reasons(plan)) == 1


@pytest.mark.parametrize("name", ["job:visits:rate5m", "job_kind:visits:rate5m"])
def test_the_level_may_name_a_static_label(name: str) -> None:
    plan_of(record("{'kind': 'read'}", name))


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ("{'job': 'x'}", "sets label 'job', which its expression keeps"),
        ("{'kind': ''}", "label 'kind' of record job:visits:rate5m is empty"),
        ("{'kind': '{{ $value }}'}", "holds a template"),
        ("{'__name__': 'x'}", "which Prometheus refuses"),
    ],
)
def test_labels_that_cannot_be_are_mistakes(labels: str, problem: str) -> None:
    with pytest.raises(DefinitionErrors, match=problem):
        plan_of(record(labels))
