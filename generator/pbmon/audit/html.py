"""The report as one page that needs nothing else: no script, no network, all text escaped."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib import resources

from pbmon.audit.auditing import Figures, Report
from pbmon.finding import Finding, Level

_MOST = 5_000
"""Findings on a page; the worst levels first."""
_LEVELS: tuple[Level, ...] = ("error", "warning", "note")
_LONGEST = 2_000
"""Characters of a text."""


def page(report: Report) -> str:
    """The whole page, the same for the same report."""
    style = resources.files("pbmon.audit").joinpath("page.css").read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "\n".join((*_head(report), *_files(report), *_findings(report)))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>Audit of {len(report.files)} files</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _head(report: Report) -> Iterator[str]:
    total, levels = report.total, Counter(each.level for each in report.findings)
    yield "<header><h1>What works, and what cannot</h1>"
    yield "<ul class=numbers>"
    if total.queries:
        yield _number(f"{total.answered} of {total.queries}", "queries can return data")
    if total.alerts:
        yield _number(f"{total.firing} of {total.alerts}", "alerts can fire")
        yield _number(str(total.proven), "proven to fire")
    for level in _LEVELS:
        yield _number(str(levels[level]), f"{level}s", level)
    yield "</ul>"
    for note in report.notes:
        yield f"<p class=remark>{_text(note)}</p>"
    yield "</header>"


def _number(number: str, what: str, kind: str = "") -> str:
    return f'<li class="{kind}"><b>{escape(number)}</b> {escape(what)}</li>'


def _files(report: Report) -> Iterator[str]:
    counted = [file for file in report.files if file.queries or file.alerts]
    if not counted:
        return
    yield "<section><h2>Files</h2><table><thead><tr><th>file</th><th>queries that can return data"
    yield "</th><th>alerts that can fire</th><th>proven</th></tr></thead><tbody>"
    for file in sorted(counted, key=_share):
        yield (
            f"<tr><td data-of=file>{_text(file.file)}</td>"
            f"{_share_cell(file.answered, file.queries, 'queries')}"
            f"{_share_cell(file.firing, file.alerts, 'alerts')}"
            f"{_share_cell(file.proven, file.alerts, 'proven')}</tr>"
        )
    yield "</tbody></table></section>"


def _share(file: Figures) -> tuple[float, str]:
    """The worst first."""
    return (file.answered + file.firing) / (file.queries + file.alerts), file.file


def _share_cell(number: int, of: int, what: str) -> str:
    text = f"{number} of {of}" if of else ""
    kind = "short" if number < of and what != "proven" else ""
    return f'<td data-of={what} class="{kind}">{text}</td>'


def _findings(report: Report) -> Iterator[str]:
    ordered = sorted(report.findings, key=lambda each: _LEVELS.index(each.level))[:_MOST]
    by_file: dict[str, list[Finding]] = {}
    for finding in sorted(ordered, key=lambda each: (each.source.file, each.source.line)):
        by_file.setdefault(finding.source.path, []).append(finding)
    yield "<section><h2>Findings</h2>"
    if len(report.findings) > _MOST:
        yield f"<p class=remark>The worst {_MOST:,} of {len(report.findings):,}.</p>"
    if not ordered:
        yield "<p>None.</p>"
    for file, findings in sorted(by_file.items(), key=lambda item: _badness(item[1])):
        levels = Counter(each.level for each in findings)
        counts = ", ".join(
            f"{levels[level]} {level}{'s' if levels[level] != 1 else ''}"
            for level in _LEVELS
            if levels[level]
        )
        is_open = " open" if levels["error"] else ""
        yield f"<details{is_open}><summary><b>{_text(file)}</b> {counts}</summary><ol>"
        yield from map(_finding, findings)
        yield "</ol></details>"
    yield "</section>"


def _badness(findings: Iterable[Finding]) -> tuple[int, ...]:
    levels = Counter(each.level for each in findings)
    return tuple(-levels[level] for level in _LEVELS)


def _finding(finding: Finding) -> str:
    line = f"line {finding.source.line}" if finding.source.line else ""
    help = f"<p class=help>{_text(finding.help)}</p>" if finding.help else ""
    return (
        f'<li class="{finding.level}"><p><span class=line>{line}</span> {_text(finding.problem)}'
        f" <code>{escape(finding.check)}</code></p>{help}</li>"
    )


def _text(text: str) -> str:
    """Escaped, in a bounded length; the direction of what follows stays as it is."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
    return f"<bdi>{escape(cut)}</bdi>"
