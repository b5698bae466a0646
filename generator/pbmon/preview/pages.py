"""What the page shows beside the dashboards: alerts, who is told, runbooks, metrics."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from pbmon.labels import names
from pbmon.model.metrics import Metric
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, text
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.cases.suite import TestFile
from pbmon.render.artifacts import render

Json = dict[str, Any]


def contents(plan: Plan, proofs: list[TestFile]) -> Json:
    """All but the answers: dashboards as Grafana reads them, alerts and runbooks, metrics."""
    documents = {each.path: each.text for each in render(plan, "docs", proofs)}
    rendered = [json.loads(each.text) for each in render(plan, "dashboards", proofs)]
    descriptions = {each.uid: each.description for each in plan.dashboards}
    by_title = {proof.alert.title: proof for file in proofs for proof in file.alerts}
    return {
        "project": plan.catalog.project.title,
        "severities": list(plan.catalog.project.severities),
        "dashboards": sorted(
            (each | {"description": descriptions[each["uid"]]} for each in rendered),
            key=lambda dashboard: str(dashboard["title"]),
        ),
        "alerts": [
            _alert(alert, plan, documents, by_title.get(alert.title))
            for alert in sorted(plan.alerts, key=lambda alert: alert.title)
        ],
        "metrics": [_metric(metric, plan) for metric in plan.catalog.metrics],
    }


def _summary(proof: Proof | None) -> str:
    """What somebody reads when the alert fires in the first case of its proof."""
    for case in proof.cases if proof else ():
        for moment in case.moments:
            for firing in moment.firing:
                return dict(firing.annotations).get("summary", "")
    return ""


def _alert(alert: PlannedAlert, plan: Plan, documents: dict[str, str], proof: Proof | None) -> Json:
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
        "summary": _summary(proof),
        "panel": list(alert.panel) if alert.panel else None,
        "receivers": [
            {"name": route.receiver, "repeat": route.repeat_interval}
            for route in plan.routes
            if alert.severity in route.severities
        ],
        "runbook": runbook,
        "chart": "data:image/svg+xml;base64," + b64encode(chart.encode()).decode() if chart else "",
        "metrics": sorted(plan.lineage.metrics(alert.expr)),
        "unproven": proof.reason if proof else "",
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
