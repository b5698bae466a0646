"""Checks of what a metric costs, and whether a rule or panel uses it."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.checks.case import Case
from pbmon.expr.walk import selectors
from pbmon.finding import Finding
from pbmon.model.builtin import BUILTIN
from pbmon.model.metrics import Metric
from pbmon.model.rules import Alert, Record
from pbmon.plan.closed_world import expressions, selects


def metric_is_used(case: Case) -> Iterator[Finding]:
    """Every metric and every recorded series is read by a rule, an alert or a panel.

    An unused metric costs storage at every scrape, and its faults stay unseen. Show it, or drop it.
    """
    names = {
        selector.series.metric
        for _, _, node in expressions(case.plan.catalog)
        for selector in selectors(node)
    }
    definitions: tuple[Metric | Record, ...] = (
        *case.plan.catalog.metrics,
        *case.plan.catalog.records,
    )
    for definition in definitions:
        if definition.name not in names and definition not in BUILTIN:
            yield Finding(
                "metric-is-used",
                definition.source,
                f"no rule, alert or panel reads {definition.name}, so storing it is of no use",
                "show it in a panel, or drop it",
                level="warning",
            )


def matched_values_are_kept(case: Case) -> Iterator[Finding]:
    """A rule asks an open label of the app only for values that are surely counted.

    A label without `values` keeps the first `max_values` that a process meets, and counts what
    comes later as `other`. So a rare status, 503 say, is counted as `other` just when an alert
    waits for it. List the values, `values=("200", "404", "503")`: all of a closed set are kept.
    """
    own = {metric.name for metric in case.plan.catalog.metrics if metric.observed is None}
    rules: tuple[Record | Alert, ...] = (*case.plan.catalog.records, *case.plan.catalog.alerts)
    for source, name, matcher in dict.fromkeys(
        (rule.source, selector.series.metric, matcher)
        for rule in rules
        for selector in selectors(rule.expr.node)
        for matcher in selector.matchers
        if selector.series.metric in own
    ):
        label = matcher.label
        open_to_all = not label.values and label.other is not None
        if open_to_all and matcher.op in {"=", "=~"} and not selects(matcher, (label.other or "",)):
            yield Finding(
                "matched-values-are-kept",
                source,
                f"{name} is asked for {label.name} {matcher.value!r}, but the app keeps only the"
                f" first {label.max_values} values of it and counts later ones as {label.other!r},"
                " so the rule may never see them",
                f"list the values at {label.source}: values=(...)",
            )


def metric_fits_the_budget(case: Case) -> Iterator[Finding]:
    """A metric's series on one target stay within `metric_cardinality_limit`, and all together
    within `total_cardinality_limit`.

    Series of a metric: the product of its labels' sizes, times buckets + 3 for a histogram. In
    total: times the number of targets. Memory of Prometheus grows with the number of series, not of
    metrics (https://prometheus.io/docs/practices/naming/#labels). Lower `max_values`, or drop a
    label or buckets.
    """
    project = case.plan.catalog.project
    targets = {
        service.name: sum(len(job.targets) for job in case.plan.jobs if job.service == service.name)
        for service in case.plan.catalog.services
    }
    total = 0
    largest: list[tuple[int, str]] = []
    for metric in case.plan.catalog.metrics:
        service = case.plan.catalog.owner(metric)
        if service is None:
            continue
        series = metric.cardinality * targets[service.name]
        total += series
        largest.append((series, metric.name))
        if metric.cardinality > project.metric_cardinality_limit:
            each = metric.cardinality // metric.combinations
            own = metric.labels if metric.key is None else metric.key
            factors = [f"{label.name} {label.size}" for label in own]
            sizes = " × ".join([*factors, f"{each} of a {metric.kind}"] if each > 1 else factors)
            yield Finding(
                "metric-fits-the-budget",
                metric.source,
                f"{metric.name} can have {metric.cardinality:,} series on one target, above the"
                f" limit of {project.metric_cardinality_limit:,} ({sizes})",
                "lower max_values, drop a label or buckets, or raise metric_cardinality_limit",
            )
    if total > project.total_cardinality_limit:
        first = ", ".join(
            f"{name} {series:,}" for series, name in sorted(largest, reverse=True)[:3]
        )
        yield Finding(
            "metric-fits-the-budget",
            project.source,
            f"all metrics together can have {total:,} series, above the limit of"
            f" {project.total_cardinality_limit:,} (most: {first})",
            "lower max_values of the largest, or raise total_cardinality_limit",
        )
