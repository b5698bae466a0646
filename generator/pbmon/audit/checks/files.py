"""Checks that Prometheus and Grafana can read what is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pbmon.audit.case import Case, Use
from pbmon.audit.documents import templated
from pbmon.audit.rules import Rule
from pbmon.audit.yaml_reading import Mapping
from pbmon.finding import Finding
from pbmon.source import Source

_LINE = re.compile(r", line (\d+), column")


def file_can_be_read(case: Case) -> Iterator[Finding]:
    """Every file is text in UTF-8 and the YAML or JSON that its name says, and of a bounded size.

    Prometheus refuses its whole configuration, and so every rule in it, over one file that it
    cannot read; Grafana leaves the dashboard out. Files that still hold Helm's templating are read
    once Helm has filled them in. Read are at most 16 MiB and a million values, aliases written out.

    To fix it: mend the line, or run `helm template` and audit what it prints.
    """
    for error in case.unreadable:
        yield Finding("file-can-be-read", error.source or Source("", 0), error.problem, error.help)


def rule_file_loads(case: Case) -> Iterator[Finding]:
    """Every rule has a name, an expression, durations and texts that Prometheus reads, and every
    group of a file has a name of its own.

    Otherwise Prometheus does not load the file, and with it no rule of it. Keys that Prometheus
    does not know are left alone: Mimir and Thanos have some of their own.

    To fix it: mend the line.
    """
    for error in case.refused:
        yield Finding("rule-file-loads", error.source or Source("", 0), error.problem, error.help)


def expression_parses(case: Case) -> Iterator[Finding]:
    """Every expression of a rule and every query of a panel is PromQL.

    Over one expression that does not parse Prometheus does not load the whole file; a panel shows
    an error. Variables of a dashboard count as whatever makes the query one. What only newer
    versions of Prometheus read, and what is too large to be read, is left alone.

    To fix it: mend the expression where the message points.
    """
    for use in case.uses:
        if use.expression.problem:
            yield Finding(
                "expression-parses",
                _place(use),
                f"{use.what}: {_what_follows(use)}: {use.expression.problem}",
                "it is Helm's templating: audit what `helm template` prints"
                if templated(use.text)
                else "",
            )


def expression_is_read(case: Case) -> Iterator[Finding]:
    """Every expression is one that pbmon reads, so that something can be said of it.

    What is larger than 50,000 characters or 500 operations is not read, nor functions whose result
    depends on more than the text says, nor what only newer versions of Prometheus know. It is a
    note: nothing is wrong, and nothing is known.
    """
    for use in case.uses:
        if use.expression.unread:
            yield Finding(
                "expression-is-read",
                use.source,
                f"{use.what}: nothing is known of its expression: {use.expression.unread}",
                level="note",
            )


def _what_follows(use: Use) -> str:
    if use.expression.loads:
        return "Prometheus cannot evaluate it"
    if isinstance(use.owner, Rule):
        return "the expression is no PromQL, so Prometheus does not load the file"
    return "the query is no PromQL, so it is refused"


def _place(use: Use) -> Source:
    """The line of the expression that is wrong, where it stands in lines of its own."""
    found, source = _LINE.search(use.expression.problem), use.source
    if not isinstance(use.owner, Rule) or not found:
        return source
    data = use.owner.document.data
    for step in use.owner.place:
        data = data[step]
    first = data.blocks.get("expr") if isinstance(data, Mapping) else None
    return Source(source.file, first + int(found[1]) - 1) if first else source
