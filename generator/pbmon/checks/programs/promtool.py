"""Prometheus' own verdict on what pbmon renders: rules, configuration and metrics through promtool.

Each check writes what it needs into a temporary folder and starts one process. The outputs of
promtool 2.42 and 3.5 are known; tests/checks/test_promtool.py holds both to it.
"""

from __future__ import annotations

import glob
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.programs.binaries import Output, run, unexplained
from pbmon.checks.programs.exposition import exposition
from pbmon.checks.programs.lines import author_of_line, line_of_value, place
from pbmon.checks.programs.output import verdicts
from pbmon.checks.programs.tree import RULES, by_path, chosen, laid_out
from pbmon.expr.signatures import OPERATORS, SIGNATURES, Operator, Signature
from pbmon.finding import Finding
from pbmon.plan.paths import PROMETHEUS
from pbmon.source import Source

_LINT = ["--lint=all", "--lint-fatal"]
# lint names its own consequence
_LINTED = re.compile("both write the same series|will be marked as stale")
_NEWER = (
    "the field is mistyped, or newer than this promtool; `promtool --version` tells which one it is"
)


def promtool_rules(case: Case) -> list[Finding]:
    """Prometheus loads every rule file: expressions and templates parse, fields are known, no rule
    is there twice.

    One mistake makes Prometheus refuse the whole file, so none of its alerts can fire. A reload
    keeps the old rules; a restart fails.

    To fix it: change the definition that the rule is rendered from. A field that is unknown may be
    newer than the promtool at hand.
    """
    return check_rules(case.promtool, case.artifacts) if case.promtool is not None else []


def features(texts: Iterable[str]) -> list[str]:
    """What promtool 3 has to be told so that it reads experimental functions in these rules."""
    rows: list[Signature | Operator] = [*SIGNATURES.values(), *OPERATORS.values()]
    called = "|".join(row.name for row in rows if row.experimental)
    uses = re.compile(rf"\b(?:{called})\b\s*(?:by|without|\()")
    return ["--enable-feature=promql-experimental-functions"] * any(map(uses.search, texts))


def check_rules(promtool: Path, artifacts: Iterable[Artifact]) -> list[Finding]:
    """Findings on the rule files among the artifacts."""
    rules = chosen(artifacts, *RULES)
    texts = by_path(rules)
    if not texts:
        return []
    with laid_out(texts) as folder:
        output = run(
            promtool, [*features(texts.values()), "check", "rules", *_LINT, *texts], folder=folder
        )
    return _findings("promtool-rules", output, rules, "Prometheus does not load the file")


def promtool_config(case: Case) -> list[Finding]:
    """Prometheus loads prometheus.yml, each `rule_files` entry finds a rule file, and each rule
    file is found by an entry.

    Prometheus does not start with a configuration that it cannot read. Neither it nor promtool
    reports a pattern that matches no file, and rules that are not loaded never fire. The check
    promtool-rules reports faults inside the rule files.

    To fix it: change the jobs or the settings of the project that the file is rendered from.
    """
    return check_config(case.promtool, case.artifacts) if case.promtool is not None else []


def check_config(promtool: Path, artifacts: Iterable[Artifact]) -> list[Finding]:
    """Findings on prometheus.yml and on which of the rule files it loads."""
    files = chosen(artifacts, PROMETHEUS, *RULES)
    texts = by_path(files)
    if PROMETHEUS not in texts:
        return []
    with laid_out(texts) as folder:
        output = run(
            promtool,
            [*features(texts.values()), "check", "config", *_LINT, PROMETHEUS],
            folder=folder,
        )
        unmatched = list(_unmatched(folder, files))
    config = [file for file in files if file.path == PROMETHEUS]
    findings = _findings("promtool-config", output, config, "Prometheus does not start")
    # promtool reports a missing file, but no glob without matches. _unmatched reports both.
    return unmatched + [
        finding
        for finding in findings
        if "does not point to an existing file" not in finding.problem
    ]


def promtool_metrics(case: Case) -> Iterator[Finding]:
    """Metrics are named and described as Prometheus' guide asks, and the text format parses.

    With unit and suffix in the name, a newcomer's query is right the first time. Renaming later
    breaks every dashboard. If the text format does not parse, the whole scrape fails.
    https://prometheus.io/docs/practices/naming/

    To fix it: rename the metric in its definition, or give it a help text.
    """
    if case.promtool is None:
        return
    metrics = {metric.name: metric for module in case.plan.modules for metric in module.metrics}
    text = exposition(case.artifacts, {module.path for module in case.plan.modules})
    for finding in check_metrics(case.promtool, text):
        metric = metrics.get(finding.problem.partition(":")[0])
        yield replace(finding, source=metric.source) if metric else finding


def check_metrics(promtool: Path, exposition: str, name: str = "exposition") -> list[Finding]:
    """Findings on a text format, as a /metrics endpoint answers. name: what they call it."""
    if not exposition:
        return []
    output = run(promtool, ["check", "metrics"], stdin=exposition)
    places = sorted(
        {_metric(line, exposition) for line in output.text.splitlines() if line.strip()}
    )
    # 1: the text format does not parse, 3: lint
    if output.code not in (0, 1, 3) or (output.code != 0) != bool(places):
        return [unexplained("promtool-metrics", "promtool", output)]
    return [Finding("promtool-metrics", Source(name, line), problem) for line, problem in places]


def _metric(line: str, exposition: str) -> tuple[int, str]:
    """(line, problem) of one line that `promtool check metrics` says."""
    if parsing := re.match(
        r"error while linting: text format parsing error in line (\d+): (.*)", line
    ):
        return int(parsing[1]), f"{parsing[2]}; Prometheus drops the whole scrape"
    metric, _, lint = line.partition(" ")
    first = re.search(
        rf"^(?:# (?:HELP|TYPE) )?{re.escape(metric)}(?![\w:])", exposition, re.MULTILINE
    )
    return exposition.count("\n", 0, first.start()) + 1 if first else 0, f"{metric}: {lint}"


def _findings(
    check: str, output: Output, files: Sequence[Artifact], consequence: str
) -> list[Finding]:
    messages_of = verdicts(output.text)
    # 1: a file does not load, 3: lint only. Anything else, or a missing verdict, is no answer.
    failed = any(messages_of.values())
    paths = {file.path for file in files}
    if (
        output.code not in (0, 1, 3)
        or (output.code != 0) != failed
        or not paths <= messages_of.keys()
    ):
        return [unexplained(check, "promtool", output)]
    findings = []
    for file in files:
        for message in messages_of[file.path]:
            line, problem = place(file.text, message)
            effect = "" if _LINTED.search(problem) else f"; {consequence}"
            hint = _NEWER if "not found in type" in problem else ""
            findings.append(Finding(check, author_of_line(file, line), problem + effect, hint))
    return sorted(findings, key=_by_place)


def _by_place(finding: Finding) -> tuple[Source, str]:
    return finding.source, finding.problem


def _unmatched(folder: Path, files: Sequence[Artifact]) -> Iterator[Finding]:
    """`rule_files` entries without a file, then rule files without an entry. A config that YAML
    rejects has neither.
    """
    texts = by_path(files)
    try:
        config = yaml.safe_load(texts[PROMETHEUS])
    except yaml.YAMLError:
        return
    entries = config.get("rule_files") if isinstance(config, dict) else None
    home = posixpath.dirname(PROMETHEUS)
    rendered = sorted(posixpath.relpath(path, home) for path in texts if path != PROMETHEUS)
    loaded: set[str] = set()
    for entry in entries if isinstance(entries, list) else []:
        paths = glob.glob(str(entry), root_dir=folder / home)  # noqa: PTH207 - Path.glob refuses absolute patterns
        matches = {posixpath.normpath(path.replace("\\", "/")) for path in paths} & set(rendered)
        loaded |= matches
        if not matches:
            yield Finding(
                "promtool-config",
                Source(PROMETHEUS, line_of_value(texts[PROMETHEUS], str(entry))),
                f"rule_files entry {str(entry)!r} finds no rule file, so Prometheus starts without"
                " those rules",
                f"rendered beside {PROMETHEUS}: {', '.join(rendered) or 'no rule file'}",
            )
    for path in rendered:
        if path not in loaded:
            yield Finding(
                "promtool-config",
                Source(f"{home}/{path}", 0),
                f"no rule_files entry of {PROMETHEUS} finds this file, so Prometheus never"
                " evaluates its rules",
                f"rule_files has {', '.join(map(str, entries or [])) or 'no entry'}",
            )
