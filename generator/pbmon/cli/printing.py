"""Prints messages, with colours on a terminal, and progress on standard error during long work."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

import typer

from pbmon.errors import DefinitionError, DefinitionErrors, UsageError
from pbmon.finding import Finding, Level
from pbmon.source import Source

LIMIT = 1000
"""Most characters of a problem, a help or a note: a server can send any number."""

_LEVELS: dict[Level, str] = {"error": "", "warning": "yellow", "note": "blue"}
"""Colours of the words before a finding; an error has none."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves the cursor, ends a line, or turns the order of letters round."""


def printable(text: str) -> str:
    """One line that a terminal shows as it is: control characters written as `\\x1b`, spaces for
    line ends, cut at LIMIT.
    """
    line = re.sub(r"[\t-\r]+", " ", text[: LIMIT + 1])
    line = _UNSEEN.sub(lambda match: match[0].encode("unicode_escape").decode(), line[:LIMIT])
    return line if len(text) <= LIMIT else f"{line} … ({len(text) - LIMIT:,} more characters)"


def print_error(error: DefinitionError | DefinitionErrors | UsageError) -> None:
    """Each mistake with its place and help, on standard error."""
    if isinstance(error, UsageError):
        _message(None, _lines(error.problem), _lines(error.help), sys.stderr)
        return
    mistakes = error.errors if isinstance(error, DefinitionErrors) else [error]
    for mistake in mistakes:
        _message(mistake.source, _lines(mistake.problem), _lines(mistake.help), sys.stderr)
    say(f"{counted(len(mistakes), 'mistake')} in the definitions; nothing was rendered", sys.stderr)


def print_findings(findings: Sequence[Finding], format: str) -> None:
    """Findings on standard output: text for people, json for programs, github as annotations of a
    workflow run.
    """
    if format == "json":
        print(json.dumps(rows_of(findings), indent=2))
        return
    for finding in findings:
        if format == "github":
            print(_github(finding))
        else:
            level = _LEVELS[finding.level]
            _message(
                finding.source,
                (styled(f"{finding.level}: ", sys.stdout, fg=level) if level else "")
                + f"{printable(finding.problem)} ({finding.check})",
                printable(finding.help),
                sys.stdout,
            )


def rows_of(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Findings as JSON has them."""
    return [
        {
            "check": f.check,
            "level": f.level,
            "file": f.source.path,
            "line": f.source.line,
            "problem": f.problem,
            "help": f.help,
        }
        for f in findings
    ]


def say(text: str, stream: TextIO | None = None) -> None:
    """One line for people."""
    print(text, file=stream or sys.stdout)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" + ("s" if number != 1 else "")


def styled(text: str, stream: TextIO, **style: object) -> str:
    """The text in a style where the stream is a terminal and NO_COLOR is not set
    (https://no-color.org).
    """
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return typer.style(text, **style)  # type: ignore[arg-type]


def print_diff(diff: str, most: int | None = None) -> None:
    """Print a unified diff in colour. Of a diff longer than `most` lines, print the first ones and
    how many follow.
    """
    lines = diff.splitlines()
    for line in lines[:most]:
        color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        print(styled(line, sys.stdout, fg=color) if color else line)
    if most is not None and len(lines) > most:
        print(f"... {counted(len(lines) - most, 'line')} more; --full shows all")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table. On a terminal, cells wrap within their columns; elsewhere each row is one line
    of any width, so that nothing is cut off.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(" ".join(cell.split())) for cell in row))
    if sys.stdout.isatty():
        Console(highlight=False).print(table)
        return
    wide = Console(
        width=sum(max(map(len, column)) + 2 for column in zip(columns, *rows, strict=True)),
        highlight=False,
    )
    with wide.capture() as captured:
        wide.print(table)
    for line in captured.get().splitlines():
        print(line.rstrip())


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Shows what is being done while it lasts, on a terminal only. Gives a function that shows how
    many of how many are done.
    """
    shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def show(text: str) -> None:
        if shown:
            with suppress(OSError):  # a terminal that is gone ends no work
                print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    show(f"{doing} …")
    try:
        yield lambda done, of: show(f"{doing}: {done} of {of} …")
    finally:
        show("")


def _message(source: Source | None, problem: str, help: str, stream: TextIO) -> None:
    where = f"{source}: " if source else ""
    print(styled(printable(where), stream, bold=True) + problem, file=stream)
    if source is not None and stream.isatty():
        from pbmon.cli.excerpt import excerpt

        for line in excerpt(source):
            print(styled(printable(line), stream, dim=True), file=stream)
    if help:
        print(f"  {styled('help:', stream, fg='cyan')} {help}", file=stream)


def _lines(text: str) -> str:
    """The text of an error, which may have several lines. Texts of servers are put on one line
    where they are read.
    """
    return "\n".join(map(printable, text.split("\n")))


def _github(finding: Finding) -> str:
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    #setting-an-error-message
    """
    text = f"{finding.problem}\nhelp: {finding.help}" if finding.help else finding.problem
    message = _escaped(text)
    file = _escaped(finding.source.path).replace(":", "%3A").replace(",", "%2C")
    line = f",line={finding.source.line}" if finding.source.line else ""
    level = "notice" if finding.level == "note" else finding.level
    return f"::{level} file={file}{line},title={finding.check}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
