"""A test that fails is told in promtool's words."""

from __future__ import annotations

from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.checks.programs.proving import run_tests

RULES = """groups:
  - name: shop
    rules:
      - alert: Full
        expr: used / on (instance) quota > 0.9
"""
TESTS = """rule_files: [../alerts/shop.yml]
evaluation_interval: 1m
tests:
  - name: fires at its limit
    interval: 1m
    input_series:
      - {{series: 'used{{instance="a"}}', values: '95x5'}}
      - {{series: 'quota{{instance="a"}}', values: '100x5'}}
{more}
    alert_rule_test:
      - {{eval_time: 2m, alertname: Full, exp_alerts: [{{exp_labels: {labels}}}]}}
"""
TWICE = "      - {series: 'quota{instance=\"a\",disk=\"b\"}', values: '100x5'}"


def told(promtool: Path, more: str = "", labels: str = '{instance: "a"}') -> list[str]:
    text = TESTS.format(more=more, labels=labels)
    files = [
        Artifact("monitoring/alerts/shop.yml", RULES),
        Artifact("monitoring/rule-tests/shop.yml", text),
    ]
    return [finding.problem for finding in run_tests(promtool, files)]


def test_a_test_that_passes_is_no_finding(promtools: Path) -> None:
    assert told(promtools) == []


def test_what_prometheus_refuses_is_told_as_it_says_it(promtools: Path) -> None:
    (problem,) = told(promtools, TWICE)
    assert problem.startswith("Prometheus refuses to evaluate a rule")
    assert "found duplicate series for the match group" in problem


def test_another_answer_is_told_with_its_moment(promtools: Path) -> None:
    (problem,) = told(promtools, labels='{instance: "b"}')
    assert "“fires at its limit” expects (alertname: Full, time: 2m)" in problem


RECORD = """groups:
  - name: shop
    rules:
      - record: instance:used:sum
        expr: sum by (instance) (used)
"""
OF_RECORD = """rule_files: [../recording/shop.yml]
evaluation_interval: 1m
tests:
  - name: ""
    interval: 1m
    input_series:
      - {series: 'used{instance="a"}', values: '95x5'}
    promql_expr_test:
      - {eval_time: 2m, expr: 'instance:used:sum > 99', exp_samples: [{labels: "{}", value: 1}]}
"""


def test_another_value_of_a_record_is_told_with_its_moment(promtools: Path) -> None:
    files = [
        Artifact("monitoring/recording/shop.yml", RECORD),
        Artifact("monitoring/rule-tests/shop.yml", OF_RECORD),
    ]
    [finding] = run_tests(promtools, files)
    assert "a test of its value expects (expr:" in finding.problem
    assert "time: 2m" in finding.problem


def test_a_written_test_that_does_not_hold_says_what_comes_instead(promtools: Path) -> None:
    text = TESTS.format(more="", labels='{instance: "b"}')
    files = [
        Artifact("monitoring/alerts/shop.yml", RULES),
        Artifact("monitoring/rule-tests/shop-by-hand-1m.yml", text),
    ]
    [finding] = run_tests(promtools, files)
    assert 'at 2m this fires: {alertname="Full", instance="a"}' in finding.problem


def test_what_a_written_test_is_given_has_to_be_series(promtools: Path) -> None:
    text = TESTS.format(more="", labels='{instance: "b"}').replace("95x5", "95xx5")
    files = [
        Artifact("monitoring/alerts/shop.yml", RULES),
        Artifact("monitoring/rule-tests/shop-by-hand-1m.yml", text),
    ]
    [finding] = run_tests(promtools, files)
    assert "does not read what this test is given" in finding.problem
    assert "given=" in finding.help
