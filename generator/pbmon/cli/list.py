"""`pbmon list`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pbmon.catalog.catalog import load
from pbmon.labels import names
from pbmon.plan.plan import Plan, resolve

_COLUMNS = {
    "metrics": ("metric", "type", "labels", "unit", "series", "service", "defined at"),
    "rules": ("series", "file", "labels", "defined at"),
    "alerts": ("alert", "severity", "for", "fires when", "file", "defined at"),
    "dashboards": ("dashboard", "uid", "rows", "panels", "file", "defined at"),
    "services": ("service", "owner", "jobs", "targets", "exporter or module", "defined at"),
}


def run(what: str, definitions: Path, env: str) -> None:
    """Print a table; wide on a pipe, so that nothing is cut off there."""
    plan = resolve(load(definitions, env))
    console = Console()
    if not console.is_terminal:
        console = Console(width=250)
    table = Table(*_COLUMNS[what], title=None, header_style="bold", box=None, pad_edge=False)
    rows = list(_ROWS[what](plan))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
    console.print(Text(f"{len(rows)} {what}"), style="dim")


def _metrics(plan: Plan) -> Iterator[tuple[str, ...]]:
    for metric in plan.catalog.metrics:
        service = plan.catalog.owner(metric)
        owner = service.name if service else "built in"
        labels = ", ".join(names(metric.labels))
        yield metric.name, metric.kind, labels, metric.unit, str(metric.cardinality), owner, str(metric.source)


def _rules(plan: Plan) -> Iterator[tuple[str, ...]]:
    for group in plan.recording:
        for record in group.rules:
            yield record.name, group.file, ", ".join(names(record.definition.expr.label_set)), str(record.source)


def _alerts(plan: Plan) -> Iterator[tuple[str, ...]]:
    for group in plan.alerting:
        for alert in (alert for alert in plan.alerts if alert in group.rules):
            fires = f"{alert.threshold.operator} {alert.threshold.value:g}" if alert.threshold else "the expression has a value"
            yield alert.name, alert.severity, alert.for_, fires, group.file, str(alert.source)


def _dashboards(plan: Plan) -> Iterator[tuple[str, ...]]:
    for dashboard in plan.dashboards:
        panels = sum(len(row.panels) for row in dashboard.rows)
        yield dashboard.title, dashboard.uid, str(len(dashboard.rows)), str(panels), dashboard.file, str(dashboard.source)


def _services(plan: Plan) -> Iterator[tuple[str, ...]]:
    for service in plan.catalog.services:
        jobs = [job for job in plan.jobs if job.service == service.name]
        made_by = f"{service.exporter.name} {service.exporter.version}" if service.exporter else service.module
        targets = ", ".join(target for job in jobs for target in job.targets)
        yield service.name, service.owner, ", ".join(job.name for job in jobs), targets, made_by, str(service.source)


_ROWS = {"metrics": _metrics, "rules": _rules, "alerts": _alerts, "dashboards": _dashboards, "services": _services}
