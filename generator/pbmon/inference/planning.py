"""Makes a plan of a rule that somebody else wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pbmon.catalog.catalog import Catalog
from pbmon.catalog.environment import Environment
from pbmon.errors import DefinitionError
from pbmon.expr.buckets import is_bound, le_matcher
from pbmon.expr.nodes import Node, Selector, Series
from pbmon.expr.shapes import Shape, label_set
from pbmon.expr.walk import rewrite
from pbmon.go_template.nodes import TemplateMistake
from pbmon.go_template.parser import parsed
from pbmon.go_template.reading import reading
from pbmon.inference.jobs import jobs
from pbmon.inference.keys import following
from pbmon.inference.labels import labels_below
from pbmon.inference.partners import Partners
from pbmon.inference.rule_files import RuleText
from pbmon.inference.rule_set import RuleSet
from pbmon.inference.series import scraped_series
from pbmon.labels import Label, Matcher, names
from pbmon.model.project import Project
from pbmon.plan.overlay import settings
from pbmon.plan.paths import ALERTS, RECORDING
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord
from pbmon.source import Source, derived_from

_NO_FILE_NAME = re.compile(r"[^a-z0-9]+")


def planned(rule: RuleText, rules: RuleSet) -> Plan:
    """A plan of the rule and the records below it alone, so that no other rule's idea of a series
    matters. Each rule is a group of its own, in a file of its own.

    DefinitionError with the rule's line where its expression is not read, NoPartner where its parts
    can never have a value together.
    """
    node = rules.expression(rule)
    records = rules.below(node)
    with derived_from(rule.source):
        together = [node, *records.values()]
        labels = labels_below(node, printed(rule), records)
        dependent = following(together, labels, records)
        series = scraped_series(rules.kinds, labels.scraped, dependent, together, rules.bounds)
        expressions = _Expressions(records, series)
        recorded = [
            _group(number, name, expressions.record(name), rules)
            for number, name in enumerate(reversed(records))
        ]
        typed = expressions.typed(node)
        partners = Partners({name: expressions.record(name) for name in records})
        if reason := partners.obstacle(typed):
            raise NoPartner(rule.source, f"{rule.name} never has a value: {reason}")
        own: PlannedAlert | PlannedRecord
        if rule.kind == "alert":
            own = _alert(rule, typed, partners.shape(typed))
        else:
            own = PlannedRecord(rule.name, typed, None, written=rule.source)
        last = PlannedGroup(
            f"{_safe(rule.name)}-{rule.kind}",
            f"{ALERTS if rule.kind == 'alert' else RECORDING}/{_safe(rule.name)}.yml",
            "",
            "",
            (own,),
            rule.source,
        )
        catalog = _catalog()
    alone = rule.kind == "record"
    return Plan(
        catalog=catalog,
        settings=settings(catalog),
        jobs=jobs(together, rule.source),
        routes=(),
        inhibitions=(),
        recording=(*recorded, *([last] * alone)),
        alerting=() if alone else (last,),
        dashboards=(),
        modules=(),
        slos=(),
        instrumentation=(),
    )


def obstacle(node: Node, rules: RuleSet, source: Source) -> str:
    """Why an expression over the rules' records never has a value, whatever is scraped; empty where
    it may have one. source: where it stands.

    DefinitionError where it is not read.
    """
    records = rules.below(node)
    with derived_from(source):
        together = [node, *records.values()]
        labels = labels_below(node, (), records)
        dependent = following(together, labels, records)
        series = scraped_series(rules.kinds, labels.scraped, dependent, together, rules.bounds)
        expressions = _Expressions(records, series)
        recorded = {name: expressions.record(name) for name in reversed(records)}
        return Partners(recorded).obstacle(expressions.typed(node))


def printed(rule: RuleText) -> frozenset[str]:
    """Names of the labels of the series that the alert's texts show."""
    shown: set[str] = set()
    for text in (*rule.annotations.values(), *rule.labels.values()):
        try:
            shown.update(reading(parsed(text)).labels)
        except TemplateMistake:  # Prometheus says so in place of the text
            continue
    return frozenset(shown)


class NoPartner(DefinitionError):
    """An expression that never has a value, whatever is scraped."""


class _Expressions:
    """Expressions whose series have types and labels."""

    def __init__(self, records: Mapping[str, Node], series: dict[str, Series]) -> None:
        """series: those that are scraped; records are added one after another."""
        self._records = records
        self._series = series
        self._recorded: dict[str, Node] = {}

    def record(self, name: str) -> Node:
        """The expression of a record; those that it reads were asked for before."""
        if name not in self._recorded:
            node = self.typed(self._records[name])
            kept = Partners(self._recorded).shape(node)
            every = label_set((*kept.labels, *kept.optional))
            key = tuple(sorted(kept.key))
            self._series[name] = Series(
                name, name, "recorded", every, kept.unit, key=key, matchers=kept.matchers
            )
            self._recorded[name] = node
        return self._recorded[name]

    def typed(self, node: Node) -> Node:
        """The expression over series as they are."""
        return rewrite(node, self._with_series)

    def _with_series(self, node: Node) -> Node:
        if not isinstance(node, Selector):
            return node
        series = self._series[node.series.name]
        by_name = {label.name: label for label in series.labels}
        matchers = tuple(_matcher(series, by_name, matcher) for matcher in node.matchers)
        return replace(node, series=series, matchers=matchers)


def _matcher(series: Series, labels: Mapping[str, Label], matcher: Matcher) -> Matcher:
    label = labels.get(matcher.label.name, matcher.label)
    if label.name == "le" and matcher.op == "=" and is_bound(matcher.value, series.bounds):
        return le_matcher(label, float(matcher.value))
    return Matcher(label, matcher.op, matcher.value)


def _alert(rule: RuleText, node: Node, kept: Shape) -> PlannedAlert:
    return PlannedAlert(
        name=rule.name,
        expr=node,
        for_=rule.for_,
        keep_firing_for=rule.keep_firing_for,
        severity=rule.labels.get("severity", ""),
        labels=tuple(sorted(rule.labels.items())),
        annotations=tuple(sorted(rule.annotations.items())),
        result_labels=names(kept.labels),
        threshold=None,
        panel=None,
        definition=None,
        written=rule.source,
    )


def _group(number: int, name: str, node: Node, rules: RuleSet) -> PlannedGroup:
    source = rules.recording(name)[0].source
    record = PlannedRecord(name, node, None, written=source)
    file = f"{number}-{_safe(name)}"
    return PlannedGroup(f"{file}-recording", f"{RECORDING}/{file}.yml", "", "", (record,), source)


def _safe(name: str) -> str:
    return _NO_FILE_NAME.sub("-", name.lower()).strip("-") or "rule"


def _catalog() -> Catalog:
    project = Project(
        name="rules", title="Rules of others", runbook_url="https://example.com/runbooks"
    )
    return Catalog("", project, Environment(), (), {})
