"""Pass 1: refuses names that do not exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.nodes import Node, Selector
from pbmon.expr.walk import selectors
from pbmon.labels import Matcher
from pbmon.model import builtin
from pbmon.model.rules import Alert, Record
from pbmon.patterns import compiled
from pbmon.plan import alert_series
from pbmon.source import Source


def check(catalog: Catalog) -> None:
    """Raises DefinitionErrors for every series, scrape job or alert that an expression names and no
    definition declares.

    Labels and their values were checked against the metric when the author wrote the expression.
    These faults show only now, with all definitions loaded.
    """
    known = {metric.name for metric in catalog.metrics} | {
        record.name for record in catalog.records
    }
    jobs = frozenset(catalog.jobs)
    alerts = frozenset(alert.name for alert in catalog.alerts)
    errors = []
    for what, source, node in expressions(catalog):
        for selector in selectors(node):
            if selector.series.metric not in known:
                errors.append(
                    DefinitionError(
                        source,
                        f"{what} reads {selector.series.metric}, which no module binds to a name,"
                        " so it would never be rendered",
                        "assign it at module level: name = Record(...)",
                    )
                )
            errors += _value_errors(selector, source, "job", jobs)
            errors += _value_errors(selector, source, "alertname", alerts)
            if selector.series.name in builtin.ALERT_SERIES:
                errors += _value_errors(selector, source, "severity", catalog.project.severities)
        errors += alert_series.misread(what, source, node, catalog)
    errors += _idle_jobs(catalog)
    errors += _undeclared_severities(catalog)
    rules: tuple[Record | Alert, ...] = (*catalog.records, *catalog.alerts)
    groups = frozenset(catalog.groups)
    for rule in rules:
        if rule.group is not None and rule.group not in groups:
            kind = "alert" if isinstance(rule, Alert) else "record"
            problem = (
                f"{kind} {rule.name} stands in group {rule.group.name}, which no module binds to a"
                " name"
            )
            errors.append(
                DefinitionError(
                    rule.source, problem, "assign it at module level: name = RuleGroup(...)"
                )
            )
    filled = {rule.group for rule in rules}
    for group in catalog.groups:
        if group not in filled:
            problem = f"no rule stands in group {group.name}, so it is never rendered"
            errors.append(DefinitionError(group.source, problem, "Alert(..., group=...)"))
    for alert in catalog.alerts:
        for silenced in alert.silences:
            if silenced not in catalog.alert_keys:
                errors.append(
                    DefinitionError(
                        alert.source,
                        f"{alert.name} silences {silenced.name}, which no module binds to a name",
                        "bind it",
                    )
                )
    if errors:
        raise DefinitionErrors(errors)


def _idle_jobs(catalog: Catalog) -> Iterator[DefinitionError]:
    """Scrape jobs without a target, in the definitions and in the environment."""
    for job in (job for service in catalog.services for job in service.jobs):
        if not catalog.environment.targets.get(job.name, job.targets):
            name = catalog.environment.name
            yield DefinitionError(
                job.source,
                f"job {job.name} has no target, so nothing is scraped and what reads its metrics"
                " stays silent",
                f'Job({job.name!r}, ["host:port"]), or targets in environments/{name}.yaml',
            )


def _undeclared_severities(catalog: Catalog) -> Iterator[DefinitionError]:
    declared = catalog.project.severities
    for alert in catalog.alerts:
        if alert.severity not in declared:
            yield DefinitionError(
                alert.source,
                f"{alert.name} has severity {alert.severity!r}, which the project does not declare,"
                " so no route leads it to anybody",
                f"there is {', '.join(declared)}; Project(severities=...) declares others",
            )


def expressions(catalog: Catalog) -> Iterator[tuple[str, Source, Node]]:
    """Every expression of the catalog: its owner in messages, the owner's line, its syntax."""
    for record in catalog.records:
        yield f"record {record.name}", record.source, record.expr.node
    for alert in catalog.alerts:
        yield f"alert {alert.name}", alert.source, alert.expr.node
    for dashboard in catalog.dashboards:
        for panel in dashboard.panels:
            for query in panel.queries:
                yield f"panel {panel.title!r}", panel.source, query.expr.node


def _value_errors(
    selector: Selector, source: Source, label: str, values: Collection[str]
) -> Iterator[DefinitionError]:
    for matcher in selector.matchers:
        if matcher.label.name == label and not selects(matcher, values):
            yield DefinitionError(
                source,
                f"{selector.series.name} is asked for {label} {matcher.value!r}, which does not"
                " exist",
                f"there is {', '.join(sorted(values))}",
            )


def selects(matcher: Matcher, values: Collection[str]) -> bool:
    """Whether the matcher's value or pattern names at least one of the values."""
    if matcher.op in {"=", "!="}:
        return matcher.value in values
    return any(compiled(matcher.value).fullmatch(value) for value in values)
