"""Checks that records exist, once, and before they are read."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.audit.case import Case, Use
from pbmon.audit.checks.grouping import findings
from pbmon.audit.expressions import UNKNOWN
from pbmon.audit.lacks import Lack
from pbmon.audit.rules import Rule
from pbmon.expr.nodes import Names, Node
from pbmon.expr.shapes import fulfils
from pbmon.expr.text import promql
from pbmon.expr.walk import selectors, walk
from pbmon.finding import Finding, Level
from pbmon.labels import Label, Matcher

_MOST_NAMES = 4
_NAME = Label("name", "Name of a series.", max_values=1)


def record_precedes_its_readers(case: Case) -> Iterator[Finding]:
    """Within a group a recorded series is evaluated before the rules that read it.

    Prometheus evaluates a group from top to bottom; a rule above the record it reads sees values
    one interval old.
    """
    recorded: dict[tuple[str, int], dict[str, int]] = {}
    for rule in case.rules:
        if not rule.is_alert:
            names = recorded.setdefault((rule.group.file, rule.group.line), {})
            names.setdefault(rule.text.name, rule.position)
    for use, node in case.read:
        reader = use.owner
        if isinstance(reader, Rule):
            later = recorded.get((reader.group.file, reader.group.line), {})
            for name in _names(node):
                if later.get(name, 0) > reader.position:
                    yield Finding(
                        "record-precedes-its-readers",
                        use.source,
                        f"{use.what} reads {name}, which its group records further below: it sees"
                        " values one interval old",
                        "move the record above its reader",
                        "warning",
                    )


def record_is_recorded(case: Case) -> Iterator[Finding]:
    """Every series with a colon in its name is one that a rule records.

    By convention only recording rules make such names
    (https://prometheus.io/docs/practices/rules/). One that no rule records, because it was renamed
    or its file was left out, is empty: an alert on it never fires. Where a Prometheus was asked, it
    is held against its series; else against the files that were given, so name all of them.

    To fix it: record it, or correct the name.
    """
    faults = [
        (use, Lack("record-is-recorded", f"no rule here records {name}", "", _level(case)))
        for use, node in case.read
        for name in _names(node)
        if ":" in name
        and UNKNOWN not in name
        and name not in case.records
        and not (case.exposed and name in case.exposed.names)
    ]
    # where no rules were given, dashboards say nothing about them
    if case.rules or (case.exposed and case.exposed.is_whole):
        yield from findings(faults, lambda _: "")


def record_is_read(case: Case) -> Iterator[Finding]:
    """Every recorded series is read by a rule or a dashboard that was given.

    What nobody reads costs evaluation and storage. It is only a note: people and dashboards
    elsewhere may read it, so it is told only where dashboards were given.
    """
    read = {name for _, node in case.read for name in _names(node)}
    patterns = [
        [Matcher(_NAME, op, value) for op, value in inner.matchers]
        for _, node in case.read
        for inner in walk(node)
        if isinstance(inner, Names)
    ]
    texts = "\n".join(use.text for use in case.uses if use.node is None)
    unread: dict[str, list[Rule]] = {}
    for rule in (rule for rule in case.rules if not rule.is_alert and case.dashboards):
        name = rule.text.name
        by_pattern = any(all(fulfils(each, name) for each in pattern) for pattern in patterns)
        if name not in read and not by_pattern and name not in texts:
            unread.setdefault(rule.document.file, []).append(rule)
    for rules in unread.values():
        names = list(dict.fromkeys(rule.text.name for rule in rules))
        rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        yield Finding(
            "record-is-read",
            rules[0].at("record"),
            f"no rule and no dashboard here reads {', '.join(names[:_MOST_NAMES])}{rest}",
            level="note",
        )


def rule_is_written_once(case: Case) -> Iterator[Finding]:
    """No two rules have the same name, labels and expression.

    The second one costs its evaluation again; two alerts of this kind are one for Alertmanager, and
    a later edit of one of them changes nothing that anybody sees.

    To fix it: take one of them out.
    """
    first: dict[tuple[object, ...], Use] = {}
    for use, node in case.read:
        rule = use.owner
        if not isinstance(rule, Rule):
            continue
        labels = tuple(sorted(rule.text.labels.items()))
        key = (rule.text.kind, rule.text.name, labels, promql(node), rule.text.for_)
        before = first.setdefault(key, use)
        if before is not use:
            yield Finding(
                "rule-is-written-once",
                rule.source,
                f"{use.what} is written a second time, as in {before.owner.source}",
                "take one of them out",
                "warning",
            )


def _level(case: Case) -> Level:
    return "error" if case.exposed and case.exposed.is_whole else "warning"


def _names(node: Node) -> Iterator[str]:
    """Names of the series that are selected by their names."""
    made = {
        id(each) for inner in walk(node) if isinstance(inner, Names) for each in inner.selectors
    }
    for selector in dict.fromkeys(selectors(node)):
        if id(selector) not in made:
            yield selector.series.name
