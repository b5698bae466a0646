"""What the page shows beside the dashboards: alerts, who is told, runbooks, metrics."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from pbmon.labels import names
from pbmon.model.metrics import Metric
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, text
from pbmon.proof.cases.suite import TestFile
from pbmon.render.artifacts import render

Json = dict[str, Any]


def contents(plan: Plan, proofs: list[TestFile]) -> Json:
    """All but the answers: dashboards as Grafana reads them, alerts and runbooks, metrics."""
    documents = {each.path: each.text for each in render(plan, "docs", proofs)}
    rendered = [json.loads(each.text) for each in render(plan, "dashboards", proofs)]
    reasons = {proof.alert.title: proof.reason for file in proofs for proof in file.alerts}
    return {
        "project": plan.catalog.project.title,
        "dashboards": sorted(rendered, key=lambda dashboard: str(dashboard["title"])),
        "alerts": [
            _alert(alert, plan, documents, reasons.get(alert.title, ""))
            for alert in sorted(plan.alerts, key=lambda alert: alert.title)
        ],
        "metrics": [_metric(metric, plan) for metric in plan.catalog.metrics],
    }


def _alert(alert: PlannedAlert, plan: Plan, documents: dict[str, str], reason: str) -> Json:
    runbook = next(
        (body for path, body in documents.items() if path.endswith(f"runbooks/{alert.title}.md")),
        "",
    )
    chart = next(
        (body for path, body in documents.items() if path.endswith(f"charts/{alert.title}.svg")),
        "",
    )
    return {
        "name": alert.title,
        "severity": alert.severity,
        "for": alert.for_,
        "condition": text(alert),
        "summary": dict(alert.annotations).get("summary", ""),
        "panel": list(alert.panel) if alert.panel else None,
        "receivers": [
            {"name": route.receiver, "repeat": route.repeat_interval}
            for route in plan.routes
            if alert.severity in route.severities
        ],
        "runbook": runbook,
        "chart": "data:image/svg+xml;base64," + b64encode(chart.encode()).decode() if chart else "",
        "metrics": sorted(plan.lineage.metrics(alert.expr)),
        "unproven": reason,
    }


def _metric(metric: Metric, plan: Plan) -> Json:
    service = plan.catalog.owner(metric)
    return {
        "name": metric.name,
        "kind": metric.kind,
        "help": metric.help,
        "unit": metric.unit,
        "labels": list(names(metric.labels)),
        "bound": metric.cardinality,
        "service": service.name if service else "",
    }
