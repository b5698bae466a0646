"""A file of rule tests is run with the rules that it needs, and no others."""

from __future__ import annotations

import yaml
from pbmon.checks.programs.needed import needed_rules, trimmed
from pbmon.proof.cases.suite import suite
from pbmon.render.artifacts import render
from rule_tests import proofs
from small_projects import plan_of

SAID = 'severity="info", summary="s", impact="i", action="a"'
BODY = (
    "lit = Record('job:lamps:sum', lamps.sum(by=[job]))",
    "most = Record('job:lamps:most', lit.max_over_time('10m'))",
    "other = Record('job:visits:rate5m', visits.rate('5m').sum(by=[job]))",
    f"high = Alert('High', most > 5, {SAID})",
    f"slow = Alert('Slow', other < 1, {SAID})",
)


def test_a_file_needs_its_rules_and_the_records_below_them() -> None:
    plan = plan_of(*BODY)
    needed = needed_rules(proofs(plan), plan.lineage)
    of_high = [names for names in needed.values() if "High" in names]
    assert of_high and all({"job:lamps:most", "job:lamps:sum"} <= set(names) for names in of_high)
    assert any("Slow" not in names or "job:visits:rate5m" in names for names in of_high)


def test_other_rules_are_left_out() -> None:
    plan = plan_of(*BODY)
    rules = {artifact.path: artifact.text for artifact in render(plan, "rules")}
    tests = next(file for file in render(plan, "proofs", proofs(plan)) if "High" in file.text)
    kept = trimmed(tests.text, tests.path, rules, {"High", "job:lamps:most", "job:lamps:sum"})
    names = {
        rule.get("alert") or rule.get("record")
        for text in kept.values()
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
    }
    assert names == {"High", "job:lamps:most", "job:lamps:sum"}


def test_what_reads_alerts_needs_every_rule() -> None:
    plan = plan_of(*BODY, f"many = Alert('Many', promql('count(ALERTS) > 3'), {SAID})")
    needed = needed_rules(suite(plan), plan.lineage)
    assert not any("Many" in names for names in needed.values())
