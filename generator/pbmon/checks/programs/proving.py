"""The derived tests, run by the real promtool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from pbmon.artifact import Artifact
from pbmon.cache import Cache
from pbmon.checks.case import Case
from pbmon.checks.programs.binaries import brief
from pbmon.checks.programs.lines import author_of_line, line_of_value
from pbmon.checks.programs.needed import Need, needs
from pbmon.checks.programs.per_rule import RuleFiles, RuleTests, per_rule
from pbmon.checks.programs.tree import RULES, by_path, chosen
from pbmon.checks.programs.unit_tests import PATIENCE, Answer, answers
from pbmon.checks.programs.unmet import Unmet, unmet
from pbmon.finding import Finding, id_of
from pbmon.plan.paths import RULE_TESTS
from pbmon.proof.cases.suite import BY_HAND, TestFile

TESTS = f"{RULE_TESTS}/*.yml"


def rules_pass_their_tests(case: Case) -> list[Finding]:
    """Every rendered rule passes the tests derived from its definition.

    `promtool test rules` evaluates the rendered rules over the series of each test
    (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/). A failure
    means that the rule was edited by hand, that Prometheus computes it differently, or that
    Prometheus refuses to evaluate it over these series; the finding says which, in promtool's
    words.
    """
    if case.promtool is None:
        return []
    needed = needs(case.proofs, case.plan)
    return run_tests(case.promtool, case.artifacts, needed, case.cache)


def run_tests(
    promtool: Path,
    artifacts: Iterable[Artifact],
    needed: Mapping[str, Sequence[Need]] = MappingProxyType({}),
    cache: Cache | None = None,
) -> list[Finding]:
    """Findings of every test file among the artifacts, run on the rule files among them.

    needed: what the tests of each rule need, by the path of their file; everything, where it is not
    there. cache: knows what passed before.
    """
    files = chosen(artifacts, *RULES, TESTS)
    rule_files = RuleFiles(by_path(chosen(files, *RULES)))
    rule_tests = [
        tests
        for file in chosen(files, TESTS)
        for tests in per_rule(file, needed.get(file.path, ()), rule_files)
    ]
    found = answers(promtool, [tests.unit for tests in rule_tests], cache)
    return [
        finding
        for tests, answer in zip(rule_tests, found, strict=True)
        for finding in _failures(tests, answer)
    ]


def _failures(tests: RuleTests, answer: Answer) -> Iterator[Finding]:
    if answer.verdict == "passes":
        return
    if answer.output.code is None:
        yield _finding(
            tests, f"promtool did not end within {PATIENCE} seconds, so nothing is shown"
        )
        return
    lines = [line.strip() for line in answer.output.text.splitlines()]
    refusals = [line for line in lines if ", err: " in line]
    if refusals:
        yield _finding(
            tests,
            f"Prometheus refuses to evaluate a rule over the series of its tests: {refusals[0]}",
            "change the expression as it says: the alert would stay silent just then",
        )
        return
    missed = list(unmet(answer.output.text))
    yield from (_missed(tests, each) for each in missed)
    if not missed and BY_HAND in tests.file.path:
        yield _finding(
            tests,
            f"promtool does not read what this test is given: {brief(answer.output)}",
            "given={'lamps{room=\"hall\"}': '0x10 5x20'}: a series; 11 times 0, 21 times 5",
        )
    elif not missed:
        yield _finding(
            tests,
            f"promtool does not run the tests: {brief(answer.output)}",
            "run `pbmon build`; if it persists, report it",
        )


def _missed(tests: RuleTests, missed: Unmet) -> Finding:
    author = author_of_line(tests.file, line_of_value(tests.file.text, missed.name))
    author = author if missed.name else tests.author
    if BY_HAND in tests.file.path:
        saw = missed.instead
        if missed.when.startswith("expr:"):
            saw = "it has no such value with these labels, or others beside it"
        problem = f"what this test expects does not come: at {missed.time} {saw}"
        help = "correct what it is given, or what it expects of the rule"
        return Finding(id_of(rules_pass_their_tests), author, problem, help)
    test = f"the test “{missed.name}” expects" if missed.name else "a test of its value expects"
    return Finding(
        id_of(rules_pass_their_tests),
        author,
        f"promtool does not see what {test} ({missed.when}): the file was edited by hand, or"
        " Prometheus computes the rule differently",
        "run `pbmon build`; if it persists, report it",
    )


def _finding(tests: RuleTests, problem: str, help: str = "") -> Finding:
    return Finding(id_of(rules_pass_their_tests), tests.author, problem, help)


def passing(files: Iterable[TestFile], findings: Iterable[Finding]) -> list[TestFile]:
    """The files with the proofs of which no test failed. A finding about a whole file shows none of
    its rules.
    """
    failed = {
        finding.source for finding in findings if finding.check == id_of(rules_pass_their_tests)
    }
    broken = {source.file for source in failed}
    return [
        replace(
            file,
            alerts=tuple(proof for proof in file.alerts if proof.alert.source not in failed),
            records=tuple(proof for proof in file.records if proof.record.source not in failed),
            by_hand=tuple(proof for proof in file.by_hand if proof.test.source not in failed),
        )
        for file in files
        if file.path not in broken
    ]
