"""The reference, docs/monitoring.md, and one runbook an alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pbmon.artifact import Artifact
from pbmon.expr.nodes import COMPARISONS, SET_OPERATORS, Binary, Node
from pbmon.expr.text import pretty, promql
from pbmon.expr.walk import selectors
from pbmon.model.metrics import Histogram, Metric
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.paths import CHARTS, MOUNTED_DASHBOARDS, REFERENCE, runbook
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedRecord, ScrapeJob
from pbmon.proof.history import History
from pbmon.render.charts import sentence
from pbmon.render.environment import rendered
from pbmon.render.filters import markdown_code


def render(plan: Plan, stories: Mapping[str, History]) -> Iterator[Artifact]:
    """The reference and the runbooks. stories: by alert, what its chart shows."""
    yield Artifact(REFERENCE, rendered("monitoring.md.j2", **_reference(plan)))
    records = {record.name: record for record in plan.records}
    dashboards = {dashboard.uid: dashboard for dashboard in plan.dashboards}
    silenced_by: dict[str, list[str]] = {}
    for inhibition in plan.inhibitions:
        for target in inhibition.targets:
            silenced_by.setdefault(target, []).append(inhibition.source)
    for alert in plan.alerts:
        story = stories.get(alert.name)
        told = {
            "silenced_by": silenced_by.get(alert.name, []),
            "story": sentence(story) if story else "",
            "charts": CHARTS,
        }
        text = rendered("runbook.md.j2", **_runbook(alert, plan, records, dashboards), **told)
        yield Artifact(runbook(alert.name), text, {(): alert.source})


def _reference(plan: Plan) -> dict[str, object]:
    catalog = plan.catalog
    services = []
    jobs_of: dict[str, list[ScrapeJob]] = {}
    for job in plan.jobs:
        jobs_of.setdefault(job.service, []).append(job)
    for service in catalog.services:
        own = [_metric(metric) for metric in catalog.metrics_of[id(service)]]
        services.append({"service": service, "metrics": own, "jobs": jobs_of.get(service.name, [])})
    return {
        "project": catalog.project,
        "settings": plan.settings,
        "services": services,
        "recording": [
            (group, [(rule, promql(rule.expr)) for rule in group.rules]) for group in plan.recording
        ],
        "alerting": plan.alerting,
        "dashboards": plan.dashboards,
        "mounted": MOUNTED_DASHBOARDS,
    }


def _metric(metric: Metric) -> dict[str, object]:
    return {
        "name": metric.name,
        "kind": metric.kind,
        "help": metric.help,
        "unit": metric.unit,
        "labels": metric.labels,
        "buckets": (
            [f"{bound:g}" for bound in metric.buckets] if isinstance(metric, Histogram) else []
        ),
        "symbol": metric.symbol or metric.name,
        "observed": metric.observed,
        "cardinality": metric.cardinality,
    }


def _runbook(
    alert: PlannedAlert,
    plan: Plan,
    records: dict[str, PlannedRecord],
    dashboards: dict[str, PlannedDashboard],
) -> dict[str, object]:
    queries = [("The condition, true for what fires", pretty(alert.expr))]
    queries += [
        ("Its value now, without the threshold", text)
        for text in dict.fromkeys(map(pretty, _values(alert.expr)))
    ]
    read = dict.fromkeys(selector.series.metric for selector in selectors(alert.expr))
    queries += [
        (f"What {markdown_code(name)} is recorded from", pretty(records[name].expr))
        for name in read
        if name in records
    ]
    panel = None
    if alert.panel:
        dashboard = dashboards[alert.panel[0]]
        planned = next(
            panel for row in dashboard.rows for panel in row.panels if panel.id == alert.panel[1]
        )
        panel = (
            dashboard.title,
            planned.title,
            f"{plan.settings.grafana_url}/d/{dashboard.uid}?viewPanel={planned.id}",
        )
    return {
        "alert": alert,
        "definition": alert.definition,
        "queries": queries,
        "panel": panel,
        "labels": ", ".join(f"`{name}`" for name in alert.result_labels),
        "metrics": sorted(_metrics(alert.expr, records)),
        "lineage": list(_lineage(alert.name, alert.expr, records)),
    }


def _values(node: Node) -> Iterator[Node]:
    """The compared sides of a condition, without their thresholds."""
    if isinstance(node, Binary) and node.operator in SET_OPERATORS:
        yield from _values(node.left)
        yield from _values(node.right)
    elif isinstance(node, Binary) and node.operator in COMPARISONS:
        yield node.left


def _lineage(
    reader: str, node: Node, records: dict[str, PlannedRecord]
) -> Iterator[tuple[str, str]]:
    """Every (series, reader) on the way from metrics to the expression, each once, readers before
    what they read.
    """
    pending, seen = [(reader, node)], set()
    while pending:
        reader, node = pending.pop(0)
        for name in dict.fromkeys(selector.series.metric for selector in selectors(node)):
            if (name, reader) not in seen:
                seen.add((name, reader))
                yield name, reader
                if name in records:
                    pending.append((name, records[name].expr))


def _metrics(node: Node, records: dict[str, PlannedRecord]) -> set[str]:
    """Names of the metrics below the expression, records followed down to what they are made of."""
    found: set[str] = set()
    for selector in selectors(node):
        record = records.get(selector.series.metric)
        found |= _metrics(record.expr, records) if record else {selector.series.metric}
    return found
