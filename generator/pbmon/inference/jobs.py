"""Scrape jobs, from the values of `job` that rules name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pbmon.examples import examples
from pbmon.expr.nodes import Node
from pbmon.expr.walk import selectors
from pbmon.labels import Matcher
from pbmon.plan.rules import ScrapeJob
from pbmon.source import Source

_ANY, _SECOND = "other", "second"
_MOST = 3
"""Names made up for a pattern."""


def jobs(expressions: Iterable[Node], source: Source) -> tuple[ScrapeJob, ...]:
    """One for each value of `job` in the matchers, and one that they name only to leave it out; two
    where nothing names any, since nothing says that there is one. source: who names them.
    """
    matchers = [
        matcher
        for node in expressions
        for selector in selectors(node)
        for matcher in selector.matchers
        if matcher.label.name == "job"
    ]
    names = dict.fromkeys(name for matcher in matchers for name in _named(matcher) if name)
    if not names:
        names |= {_ANY: None, _SECOND: None}
    if any(matcher.op in {"!=", "!~"} for matcher in matchers):
        names[_ANY] = None
    return tuple(
        ScrapeJob(
            name=name,
            targets=(),  # any number of them
            path="/metrics",
            interval="15s",
            labels=(),
            sample_limit=0,
            body_size_limit=0,
            service="",
            source=source,
        )
        for name in sorted(names)
    )


def _named(matcher: Matcher) -> Iterator[str]:
    if matcher.op in {"=", "!="}:
        yield matcher.value
        return
    most = max(_MOST, matcher.value.count("|") + 1)
    yield from examples(matcher.value)[:most]


def _host(name: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in name)
