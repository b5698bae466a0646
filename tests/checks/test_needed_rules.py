"""The tests of a rule are run with the rules and samples that they read, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest
import yaml
from pbmon.artifact import Artifact
from pbmon.checks.programs.needed import Need, needs
from pbmon.checks.programs.per_rule import RuleFiles, RuleTests, per_rule, thinned
from pbmon.checks.programs.unit_tests import answers
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render
from small_projects import plan_of

SAID = 'severity="info", summary="s", impact="i", action="a"'
BODY = (
    "lit = Record('job:lamps:sum', lamps.sum(by=[job]))",
    "most = Record('job:lamps:most', lit.max_over_time('10m'))",
    "other = Record('job:visits:rate5m', visits.rate('5m').sum(by=[job]))",
    "long = Record('job:visits:increase30d', other.sum_over_time('30d'))",
    f"high = Alert('High', most > 5, {SAID})",
    f"slow = Alert('Slow', other < 1, {SAID})",
)


def cut(plan: Plan) -> Iterator[RuleTests]:
    """The tests of each rule of the plan."""
    files = suite(plan)
    needed = needs(files, plan)
    rules = {artifact.path: artifact.text for artifact in render(plan, "rules", files)}
    for artifact in render(plan, "proofs", files):
        yield from per_rule(artifact, needed[artifact.path], RuleFiles(rules))


def names(tests: RuleTests) -> set[str]:
    """Of the rules that they are run with."""
    files = [text for path, text in tests.unit.texts.items() if path != tests.unit.path]
    groups = [group for text in files for group in yaml.safe_load(text)["groups"]]
    return {rule.get("alert") or rule.get("record") for group in groups for rule in group["rules"]}


def of(name: str, plan: Plan) -> RuleTests:
    (tests,) = [
        tests for tests in cut(plan) if f"name: {name} " in tests.unit.texts[tests.unit.path]
    ]
    return tests


def test_a_rule_needs_itself_and_the_records_below_it() -> None:
    plan = plan_of(*BODY)
    assert names(of("High", plan)) == {"High", "job:lamps:most", "job:lamps:sum"}
    assert names(of("job:lamps:sum", plan)) == {"job:lamps:sum"}


def test_alerts_of_one_name_are_evaluated_together() -> None:
    twin = f"twin = Alert('Slow', most < 1, {SAID.replace('info', 'warning')})"
    plan = plan_of(*BODY, twin)
    tested = [names(tests) for tests in cut(plan) if "Slow" in names(tests)]
    assert tested == [{"Slow", "job:visits:rate5m", "job:lamps:most", "job:lamps:sum"}] * 2


def test_what_reads_alerts_needs_every_rule() -> None:
    plan = plan_of(*BODY, f"many = Alert('Many', promql('count(ALERTS) > 3'), {SAID})")
    needed = needs(suite(plan), plan)
    assert {need.rules for file in needed.values() for need in file} > {None}


def test_tests_that_somebody_changed_are_run_with_every_rule() -> None:
    rules = {"monitoring/alerts/a.yml": "groups: [{name: a, rules: [{alert: A, expr: b}]}]"}
    text = "rule_files: [../alerts/a.yml]\ntests:\n  - name: one\n  - name: two\n"
    file = Artifact("monitoring/rule-tests/a.yml", text)
    (tests,) = per_rule(file, [Need(1, frozenset(), inf)], RuleFiles(rules))
    assert tests.unit.texts == {**rules, file.path: text}


def test_rules_pass_with_what_they_need_alone(promtools: Path) -> None:
    units = [tests.unit for tests in cut(plan_of(*BODY))]
    assert {answer.verdict for answer in answers(promtools, units)} == {"passes"}


def test_a_record_over_days_is_given_the_samples_it_reads() -> None:
    unit = of("job:visits:increase30d", plan_of(*BODY)).unit
    values = [
        line for line in unit.texts[unit.path].splitlines() if line.startswith("        values:")
    ]
    assert values and all("_x" in line for line in values)


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ("1x30", "1 _x6 1x3 _x6 1x3 _x6 1x3"),
        ("1+1x30", "1 _x6 8+1x3 _x6 18+1x3 _x6 28+1x3"),
        ("0.1+0.1x20", "0.1 _x6 0.7999999999999999+0.1x3 _x6 1.8000000000000005+0.1x3"),
        ("_x11 5x9", "_x17 5x3"),
        ("1x8 stale _x11", "1 _x6 1x1 stale _x11"),
        ("1x4 stale _x6", "1 _x11"),
        ("5-1x4 _x3 2 3x2", "5 _x7 2 3x1 _x1"),
    ],
)
def test_samples_that_no_evaluation_reads_are_left_out(values: str, left: str) -> None:
    text = (
        'evaluation_interval: 110s\ntests:\n  - name: a\n    interval: 11s\n        values: "{}"\n'
    )
    assert thinned(text.format(values), 16.5) == text.format(left)
    assert thinned(text.format(values), 55.0) == text.format(values)
