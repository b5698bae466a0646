"""The derived tests, run by the real promtool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.checks.binaries import brief, run
from pbmon.checks.promtool_tree import RULES, chosen, laid_out
from pbmon.errors import UsageError
from pbmon.finding import Finding
from pbmon.plan.paths import RULE_TESTS
from pbmon.source import Source

TESTS = f"{RULE_TESTS}/*.yml"


def rules_pass_their_tests(promtool: Path, artifacts: Iterable[Artifact]) -> list[Finding]:
    """Every rendered rule passes the tests derived from its definition.

    `promtool test rules` evaluates the rendered rules over the series of each test
    (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/). A failure
    means that the rule says something else than its definition: it was edited by hand, or
    Prometheus computes it differently.
    """
    texts = chosen(artifacts, *RULES, TESTS)
    tests = [path for path in texts if path.startswith(f"{RULE_TESTS}/")]
    with laid_out(texts) as folder, ThreadPoolExecutor(cpu_count() or 1) as workers:
        return [
            finding
            for found in workers.map(lambda test: list(_failures(promtool, folder, test)), tests)
            for finding in found
        ]


def _failures(promtool: Path, folder: Path, test: str) -> Iterator[Finding]:
    output = run(promtool, ["test", "rules", test], folder=folder)
    if output.code == 0:
        return
    if output.code is None:
        yield Finding(
            "rules-pass-their-tests",
            Source(test, 0),
            "promtool did not end within a minute, so nothing is shown",
            "",
        )
        return
    names = [
        line.partition("name:")[2].strip().rstrip(",")
        for line in output.text.splitlines()
        if line.strip().startswith("name:")
    ]
    for name in names or [brief(output)]:
        problem = (
            f"the rendered rule fails the test “{name}”, so it says something else than its"
            " definition"
        )
        yield Finding(
            "rules-pass-their-tests",
            Source(test, 0),
            problem,
            "run `pbmon build`; if it persists, report it",
        )


def failing_files(promtool: Path, folder: Path, tests: Sequence[str]) -> set[str]:
    """Test files among these (paths below the folder) that fail, from one call of promtool.

    Raises UsageError where promtool does not say of each file whether it passes: a crash or a hang
    shows nothing.
    """
    output = run(promtool, ["test", "rules", *tests], folder=folder)
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
