"""`pbmon list`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pbmon.cli.options import DEFINITIONS, ENV, Definitions, Env
from pbmon.cli.printing import counted, print_table, say

if TYPE_CHECKING:
    from pbmon.plan.plan import Plan

What = Literal["metrics", "rules", "alerts", "dashboards", "services", "acceptances"]

_COLUMNS: dict[What, tuple[str, ...]] = {
    "metrics": ("metric", "type", "labels", "unit", "series", "service", "defined at"),
    "rules": ("series", "file", "labels", "defined at"),
    "alerts": ("alert", "severity", "for", "fires when", "file", "defined at"),
    "dashboards": ("dashboard", "uid", "rows", "panels", "file", "defined at"),
    "services": ("service", "owner", "jobs", "targets", "exporter or module", "defined at"),
    "acceptances": ("check", "accepted on", "because", "owner", "defined at"),
}


def list_(
    what: Annotated[What, typer.Argument(help="What to list.")] = "metrics",
    definitions: Definitions = DEFINITIONS,
    env: Env = ENV,
) -> None:
    """Show what is defined, as a table."""
    from pbmon.catalog.catalog import load
    from pbmon.plan.plan import resolve

    plan = resolve(load(definitions, env))
    rows = list(_ROWS[what](plan))
    print_table(_COLUMNS[what], rows)
    say(counted(len(rows), what.removesuffix("s")))


def _metrics(plan: Plan) -> Iterator[tuple[str, ...]]:
    from pbmon.labels import names
    from pbmon.model.builtin import BUILTIN

    for metric in plan.catalog.metrics:
        service = plan.catalog.owner(metric)
        where = "built in" if metric in BUILTIN else str(metric.source)
        labels = ", ".join(names(metric.labels))
        yield (
            metric.name,
            metric.kind,
            labels,
            metric.unit,
            str(metric.cardinality),
            service.name if service else "",
            where,
        )


def _rules(plan: Plan) -> Iterator[tuple[str, ...]]:
    from pbmon.expr.derivation import shape
    from pbmon.labels import names

    for group in plan.recording:
        for record in group.rules:
            yield (
                record.name,
                group.file,
                ", ".join(names(shape(record.expr).labels)),
                str(record.source),
            )


def _alerts(plan: Plan) -> Iterator[tuple[str, ...]]:
    for group in plan.alerting:
        for alert in (alert for alert in plan.alerts if alert in group.rules):
            fires = (
                f"{alert.threshold.operator} {alert.threshold.value:g}"
                if alert.threshold
                else "the expression has a value"
            )
            yield alert.name, alert.severity, alert.for_, fires, group.file, str(alert.source)


def _dashboards(plan: Plan) -> Iterator[tuple[str, ...]]:
    for dashboard in plan.dashboards:
        panels = sum(len(row.panels) for row in dashboard.rows)
        yield (
            dashboard.title,
            dashboard.uid,
            str(len(dashboard.rows)),
            str(panels),
            dashboard.file,
            str(dashboard.source),
        )


def _services(plan: Plan) -> Iterator[tuple[str, ...]]:
    for service in plan.catalog.services:
        jobs = [job for job in plan.jobs if job.service == service.name]
        producer = (
            f"{service.exporter.name} {service.exporter.version}"
            if service.exporter
            else service.module
        )
        targets = ", ".join(target for job in jobs for target in job.targets)
        yield (
            service.name,
            service.owner,
            ", ".join(job.name for job in jobs),
            targets,
            producer,
            str(service.source),
        )


def _acceptances(plan: Plan) -> Iterator[tuple[str, ...]]:
    from pbmon.acceptance import acceptances

    for acceptance in acceptances(plan.catalog):
        accepted = acceptance.accepted
        where = (str(acceptance.on), accepted.reason, acceptance.owner, str(accepted.source))
        yield accepted.check, *where


_ROWS: dict[What, Callable[[Plan], Iterator[tuple[str, ...]]]] = {
    "metrics": _metrics,
    "rules": _rules,
    "alerts": _alerts,
    "dashboards": _dashboards,
    "services": _services,
    "acceptances": _acceptances,
}
