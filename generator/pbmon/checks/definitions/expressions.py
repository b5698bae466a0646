"""Checks that what is rendered says what the definitions say."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from pbmon.checks.case import Case
from pbmon.checks.programs.tree import RULES, chosen
from pbmon.expr.nodes import Node
from pbmon.expr.syntax import same
from pbmon.finding import Finding
from pbmon.labels import TARGET_LABELS, names
from pbmon.plan.grafana import with_choices
from pbmon.plan.rules import PlannedAlert
from pbmon.source import Source

_HELP = "this is a mistake of pbmon: please report the expression"


def expression_reads_back(case: Case) -> Iterator[Finding]:
    """Every rendered expression, read again, is the tree that it was rendered from.

    Labels, proofs and mutations look at the tree, Prometheus at the text. A bracket that gets lost
    between them would make a proven rule wrong.
    """
    of_rules: dict[tuple[str, str, str], list[tuple[Node, Source]]] = {}
    for group in (*case.plan.recording, *case.plan.alerting):
        for rule in group.rules:
            place = (group.file, _kind(rule), rule.name)
            of_rules.setdefault(place, []).append((rule.expr, rule.source))
    for artifact in chosen(case.artifacts, *RULES):
        for kind, name, text in _rules(artifact.text):
            waiting = of_rules.get((artifact.path, kind, name))
            if not waiting:
                continue
            node, source = waiting.pop(0)  # rules of one name stand in their order
            if not same(text, node):
                yield Finding(
                    "expression-reads-back",
                    source,
                    f"the expression of {name} in {artifact.path} is not the one that is defined",
                    _HELP,
                )
    for dashboard in case.plan.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            for target in panel.targets:
                asked = with_choices(target.node)  # and dashboards add matchers on the target
                if not same(target.expr, asked, names(TARGET_LABELS)):
                    yield Finding(
                        "expression-reads-back",
                        panel.definition.source,
                        f"the query of panel {panel.definition.title!r} is not the one that is"
                        " defined",
                        _HELP,
                    )


def _kind(rule: object) -> str:
    return "alert" if isinstance(rule, PlannedAlert) else "record"


def _rules(text: str) -> Iterator[tuple[str, str, str]]:
    """(`alert` or `record`, name, expression) of every rule of a file."""
    try:
        groups = (yaml.load(text, yaml.CSafeLoader) or {}).get("groups", ())
    except (yaml.YAMLError, AttributeError):
        return  # promtool-rules says so
    for group in groups:
        for rule in group.get("rules", ()):
            for kind in ("alert", "record"):
                if kind in rule:
                    yield kind, rule[kind], str(rule.get("expr", ""))
