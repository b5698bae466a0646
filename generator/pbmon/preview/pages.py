"""What the page shows beside the dashboards: alerts, who is told, runbooks, metrics, records,
objectives, and what reads what.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pbmon.expr.nodes import Node
from pbmon.expr.text import pretty
from pbmon.expr.walk import selectors
from pbmon.labels import Label
from pbmon.model.distributions import Histogram
from pbmon.model.metrics import Metric
from pbmon.model.slo import Slo
from pbmon.plan.modules import symbol_of
from pbmon.plan.paths import chart as chart_path
from pbmon.plan.paths import runbook as runbook_path
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedRecord
from pbmon.plan.slo_burn import burns
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.cases.suite import TestFile
from pbmon.render.artifacts import render
from pbmon.source import Source

Json = dict[str, Any]


def contents(plan: Plan, proofs: list[TestFile]) -> Json:
    """All but the answers: dashboards as Grafana reads them, and everything around them."""
    documents = {each.path: each.text for each in render(plan, "docs", proofs)}
    by_title = {proof.alert.title: proof for file in proofs for proof in file.alerts}
    counted_in = _counted_in(plan)
    return {
        "project": plan.catalog.project.title,
        "severities": list(plan.catalog.project.severities),
        "dashboards": dashboards(plan),
        "panels": _panels(plan),
        "alerts": [
            _alert(alert, plan, documents, by_title.get(alert.title))
            for alert in sorted(plan.alerts, key=lambda alert: alert.title)
        ],
        "records": [_record(record) for record in plan.records],
        "metrics": [_metric(metric, plan, counted_in) for metric in plan.catalog.metrics],
        "slos": [_slo(slo) for slo in plan.catalog.slos],
    }


def dashboards(plan: Plan) -> list[Json]:
    """Every dashboard as Grafana reads it, sorted by title."""
    descriptions = {each.uid: each.description for each in plan.dashboards}
    rendered = (json.loads(each.text) for each in render(plan, "dashboards"))
    return sorted(
        (each | {"description": descriptions[each["uid"]]} for each in rendered),
        key=lambda dashboard: str(dashboard["title"]),
    )


def _place(source: Source) -> str:
    """The same wherever pbmon is called."""
    return f"{source.file}:{source.line}" if source.line else source.file


def _reads(node: Node) -> list[str]:
    """Names of the metrics and records that an expression reads itself."""
    return list(dict.fromkeys(selector.series.metric for selector in selectors(node)))


def _panels(plan: Plan) -> list[Json]:
    """What each panel reads, and which alerts it shows."""
    titles = {alert.definition: alert.title for alert in plan.alerts}
    return [
        {
            "uid": dashboard.uid,
            "id": panel.id,
            "title": panel.title,
            "reads": list(
                dict.fromkeys(n for target in panel.targets for n in _reads(target.node))
            ),
            "alerts": [titles[alert] for alert in panel.definition.alerts],
        }
        for dashboard in plan.dashboards
        for row in dashboard.rows
        for panel in row.panels
    ]


def _summary(proof: Proof | None) -> str:
    """What somebody reads when the alert fires in the first case of its proof."""
    for case in proof.cases if proof else ():
        for moment in case.moments:
            for firing in moment.firing:
                return dict(firing.annotations).get("summary", "")
    return ""


def _alert(
    alert: PlannedAlert, plan: Plan, documents: Mapping[str, str], proof: Proof | None
) -> Json:
    chart = documents.get(chart_path(alert.key.file_name), "")
    return {
        "name": alert.title,
        "severity": alert.severity,
        "for": alert.for_,
        "condition": pretty(alert.expr),
        "summary": _summary(proof),
        "receivers": [
            {"name": route.receiver, "repeat": route.repeat_interval}
            for route in plan.routes
            if alert.severity in route.severities
        ],
        "silencedBy": sorted(
            str(each.source) for each in plan.inhibitions if alert.key in each.targets
        ),
        "runbook": documents.get(runbook_path(alert.name), ""),
        "chart": "data:image/svg+xml;base64," + b64encode(chart.encode()).decode() if chart else "",
        "reads": _reads(alert.expr),
        "source": _place(alert.source),
        "unproven": proof.reason if proof else "",
    }


def _record(record: PlannedRecord) -> Json:
    return {
        "name": record.name,
        "expr": pretty(record.expr),
        "reads": _reads(record.expr),
        "source": _place(record.source),
    }


def _counted_in(plan: Plan) -> dict[Metric, list[str]]:
    """Files of the app that count in each metric by themselves, since pbmon renders them."""
    counted: defaultdict[Metric, list[str]] = defaultdict(list)
    for each in plan.instrumentation:
        for metric in each.definition.metrics:
            counted[metric].append(each.paths[0])
    return counted


def _metric(metric: Metric, plan: Plan, counted_in: Mapping[Metric, list[str]]) -> Json:
    service = plan.catalog.owner(metric)
    module = next((each.path for each in plan.modules if metric in each.metrics), "")
    return {
        "name": metric.name,
        "kind": metric.kind,
        "help": metric.help,
        "unit": metric.unit,
        "labels": [_label(label) for label in metric.labels],
        "buckets": [f"{bound:g}" for bound in metric.buckets]
        if isinstance(metric, Histogram)
        else [],
        "bound": metric.cardinality,
        "service": service.name if service else "",
        "exporter": metric.observed.name if metric.observed else "",
        "module": module,
        "symbol": symbol_of(metric) if module else "",
        "countedIn": counted_in.get(metric, []),
        "source": _place(metric.source),
    }


def _label(label: Label) -> Json:
    return {
        "name": label.name,
        "help": label.help,
        "values": list(label.values),
        "most": label.max_values or len(label.values),
    }


def _slo(slo: Slo) -> Json:
    return {
        "name": slo.name,
        "help": slo.help,
        "objective": str(slo.objective),
        "window": slo.window,
        "budget": float(slo.budget),
        "burns": [
            {
                "factor": float(burn.factor),
                "long": burn.windows.long,
                "short": burn.windows.short,
                "severity": burn.windows.severity,
            }
            for burn in burns(slo.window, slo.budget)
            if slo.alerts
        ],
        "reads": [slo.budget_left.node.series.metric, slo.burn_rate.node.series.metric],
        "source": _place(slo.source),
    }
