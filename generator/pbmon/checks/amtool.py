"""Alertmanager's own verdict on alertmanager.yml, through amtool."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.checks.binaries import run, unexplained
from pbmon.checks.promtool_lines import line_of_value, place
from pbmon.checks.promtool_tree import chosen, laid_out
from pbmon.finding import Finding
from pbmon.plan.paths import ALERTMANAGER, MONITORING
from pbmon.source import Source

_CHECKED = re.compile(r"^Checking '.+?' +(?:SUCCESS|FAILED)", re.MULTILINE)
_FAILED = re.compile(r"FAILED: (?:yaml: unmarshal errors:\n)?(.*?)\n+amtool: error", re.DOTALL)
_LOG = re.compile(r"(?:time|ts)=\S+ .*\n")
_CLASSIC = re.compile(r'input="((?:[^"\\]|\\.)*)" .*suggestion="((?:[^"\\]|\\.)*)"')


def check_alertmanager(amtool: Path, artifacts: Iterable[Artifact]) -> list[Finding]:
    """Alertmanager loads alertmanager.yml: fields are known, routes have receivers, matchers and
    templates parse.

    Alertmanager does not start with a configuration that it cannot read, and then no alert reaches
    anybody.

    To fix it: change the receivers or routes of the project that the file is rendered from.
    """
    texts = chosen(artifacts, ALERTMANAGER, f"{MONITORING}/*.tmpl", f"{MONITORING}/*/*.tmpl")
    if ALERTMANAGER not in texts:
        return []
    with laid_out(texts) as folder:
        output = run(amtool, ["check-config", ALERTMANAGER], folder=folder)
    said = _LOG.sub("", output.text)  # amtool logs into the middle of a line
    failed = _FAILED.search(said)
    if output.code not in (0, 1) or (output.code != 0) != bool(failed) or not _CHECKED.search(said):
        return [unexplained("amtool-config", "amtool", output)]
    text = texts[ALERTMANAGER]
    places = [place(text, line.strip()) for line in failed[1].splitlines()] if failed else []
    stops = [
        _finding(line, f"{message}; Alertmanager does not start")
        for line, message in sorted(places)
    ]
    return stops + [
        _classic(text, _plain(matcher), _plain(better))
        for matcher, better in _CLASSIC.findall(output.text)
    ]


def _classic(text: str, matcher: str, better: str) -> Finding:
    """Alertmanager 0.27 reads matchers anew, and falls back to the old way with a warning.

    https://prometheus.io/docs/alertmanager/latest/configuration/#label-matchers
    """
    problem = (
        f"matcher {matcher} is read by the classic parser only, which Alertmanager is about to drop"
    )
    return _finding(line_of_value(text, matcher), problem, f"write {better}")


def _finding(line: int, problem: str, help: str = "") -> Finding:
    return Finding("amtool-config", Source(ALERTMANAGER, line), problem, help)


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)
