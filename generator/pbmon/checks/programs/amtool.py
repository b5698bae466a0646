"""Alertmanager's own verdict on alertmanager.yml, through amtool."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.programs.binaries import run, unexplained
from pbmon.checks.programs.lines import author_of_line, line_of_value, place
from pbmon.checks.programs.tree import by_path, chosen, laid_out
from pbmon.finding import Finding
from pbmon.plan.paths import ALERTMANAGER, MONITORING

_CHECKED = re.compile(r"^Checking '.+?' +(?:SUCCESS|FAILED)", re.MULTILINE)
_FAILED = re.compile(r"FAILED: (?:yaml: unmarshal errors:\n)?(.*?)\n+amtool: error", re.DOTALL)
_LOG = re.compile(r"(?:time|ts)=\S+ .*\n")
_CLASSIC = re.compile(r'input="((?:[^"\\]|\\.)*)" .*suggestion="((?:[^"\\]|\\.)*)"')


def amtool_config(case: Case) -> list[Finding]:
    """Alertmanager loads alertmanager.yml: fields are known, routes have receivers, matchers and
    templates parse.

    Alertmanager does not start with a configuration that it cannot read, and then no alert reaches
    anybody.

    To fix it: change the receivers or routes of the project that the file is rendered from.
    """
    return check_alertmanager(case.amtool, case.artifacts) if case.amtool is not None else []


def check_alertmanager(amtool: Path, artifacts: Iterable[Artifact]) -> list[Finding]:
    """Findings on alertmanager.yml among the artifacts."""
    files = chosen(artifacts, ALERTMANAGER, f"{MONITORING}/*.tmpl", f"{MONITORING}/*/*.tmpl")
    texts = by_path(files)
    if ALERTMANAGER not in texts:
        return []
    with laid_out(texts) as folder:
        output = run(amtool, ["check-config", ALERTMANAGER], folder=folder)
    answer = _LOG.sub("", output.text)  # amtool logs into the middle of a line
    failed = _FAILED.search(answer)
    if (
        output.code not in (0, 1)
        or (output.code != 0) != bool(failed)
        or not _CHECKED.search(answer)
    ):
        return [unexplained("amtool-config", "amtool", output)]
    [file] = [file for file in files if file.path == ALERTMANAGER]
    text = file.text
    places = [place(text, line.strip()) for line in failed[1].splitlines()] if failed else []
    stops = [
        _finding(file, line, f"{message}; Alertmanager does not start")
        for line, message in sorted(places)
    ]
    return stops + [
        _classic(file, _plain(matcher), _plain(better))
        for matcher, better in _CLASSIC.findall(output.text)
    ]


def _classic(file: Artifact, matcher: str, better: str) -> Finding:
    """Alertmanager 0.27 reads matchers anew, and falls back to the old way with a warning.

    https://prometheus.io/docs/alertmanager/latest/configuration/#label-matchers
    """
    problem = (
        f"matcher {matcher} is read by the classic parser only, which Alertmanager is about to drop"
    )
    return _finding(file, line_of_value(file.text, matcher), problem, f"write {better}")


def _finding(file: Artifact, line: int, problem: str, help: str = "") -> Finding:
    return Finding("amtool-config", author_of_line(file, line), problem, help)


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)
