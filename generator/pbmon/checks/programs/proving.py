"""The derived tests, run by the real promtool."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from os import cpu_count
from pathlib import Path
from types import MappingProxyType

from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.programs.binaries import brief, run
from pbmon.checks.programs.lines import author_of_line, line_of_value
from pbmon.checks.programs.needed import needed_rules, trimmed
from pbmon.checks.programs.promtool import features
from pbmon.checks.programs.tree import RULES, by_path, chosen, laid_out
from pbmon.errors import UsageError
from pbmon.finding import Finding, id_of
from pbmon.plan.paths import RULE_TESTS
from pbmon.proof.cases.suite import TestFile

TESTS = f"{RULE_TESTS}/*.yml"
PATIENCE = 300
"""Seconds that promtool may take for the files of tests of one call; most take less than one."""


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
    return run_tests(case.promtool, case.artifacts, needed_rules(case.proofs, case.plan.lineage))


def run_tests(
    promtool: Path,
    artifacts: Iterable[Artifact],
    needed: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[Finding]:
    """Findings of every test file among the artifacts, run on the rule files among them.

    needed: names of the rules that a file's tests need, by its path; all, where it is not there.
    """
    files = chosen(artifacts, *RULES, TESTS)
    tests = chosen(files, TESTS)
    flags = features(file.text for file in files)
    rules = by_path(chosen(files, *RULES))
    texts: dict[str, str] = {}
    for number, test in enumerate(tests):
        names = needed.get(test.path)
        own = rules if names is None else trimmed(test.text, test.path, rules, names)
        texts |= {f"{number}/{path}": text for path, text in {**own, test.path: test.text}.items()}
    with laid_out(texts) as folder, ThreadPoolExecutor(cpu_count() or 1) as workers:
        failures = workers.map(
            lambda at: list(_failures(promtool, flags, folder / str(at[0]), at[1])),
            enumerate(tests),
        )
        return [finding for failed in failures for finding in failed]


def _failures(
    promtool: Path, flags: Sequence[str], folder: Path, test: Artifact
) -> Iterator[Finding]:
    output = run(promtool, [*flags, "test", "rules", test.path], folder=folder, seconds=PATIENCE)
    if output.code == 0:
        return
    if output.code is None:
        yield Finding(
            "rules-pass-their-tests",
            test.author(),
            f"promtool did not end within {PATIENCE} seconds, so nothing is shown",
            "",
        )
        return
    lines = [line.strip() for line in output.text.splitlines()]
    refusals = [line for line in lines if ", err: " in line]
    if refusals:
        yield Finding(
            "rules-pass-their-tests",
            test.author(),
            f"Prometheus refuses to evaluate a rule over the series of its tests: {refusals[0]}",
            "change the expression as it says: the alert would stay silent just then",
        )
        return
    named = [number for number, line in enumerate(lines) if line.startswith("name:")]
    for number in named:
        name = lines[number].partition("name:")[2].strip().rstrip(",")
        when = next(iter(lines[number + 1 :]), "").rstrip(",")
        yield Finding(
            "rules-pass-their-tests",
            author_of_line(test, line_of_value(test.text, name)),
            f"promtool does not see what the test “{name}” expects ({when}): the file was edited by"
            " hand, or Prometheus computes the rule differently",
            "run `pbmon build`; if it persists, report it",
        )
    if not named:
        yield Finding(
            "rules-pass-their-tests",
            test.author(),
            f"promtool does not run the tests: {brief(output)}",
            "run `pbmon build`; if it persists, report it",
        )


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


def failing_files(promtool: Path, folder: Path, tests: Sequence[str]) -> set[str]:
    """Test files among these (paths below the folder) that fail, from one call of promtool.

    Raises UsageError where promtool does not say of each file whether it passes: a crash or a hang
    shows nothing.
    """
    flags = features(file.read_text("utf-8") for file in folder.rglob("*.yml"))
    output = run(promtool, [*flags, "test", "rules", *tests], folder=folder, seconds=PATIENCE)
    passed: set[str] = set()
    failed: set[str] = set()
    current = ""
    for line in output.text.splitlines():
        if line.startswith("Unit Testing:"):
            current = line.partition(":")[2].strip().replace("\\", "/")
        elif line.strip() == "SUCCESS":
            passed.add(current)
        elif line.strip() == "FAILED:":
            failed.add(current)
    if output.code not in {0, 1} or passed | failed != set(tests):
        raise UsageError(
            f"{promtool.name} gives no verdict on {len(set(tests) - passed - failed)} files of"
            f" tests: {brief(output)}"
        )
    return failed
