"""The reference, docs/monitoring.md, and one runbook an alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from pbmon.artifact import Artifact
from pbmon.catalog.alert_keys import AlertKey
from pbmon.expr.nodes import COMPARISONS, SET_OPERATORS, Binary, Node
from pbmon.expr.text import pretty, promql
from pbmon.expr.walk import selectors
from pbmon.model.distributions import Histogram
from pbmon.model.metrics import Metric
from pbmon.model.rules import Alert
from pbmon.plan.paths import CHARTS, MOUNTED_DASHBOARDS, REFERENCE, runbook
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, ScrapeJob
from pbmon.proof.cases.proofs import History
from pbmon.render.charts import sentence
from pbmon.render.environment import rendered
from pbmon.render.filters import markdown_code
from pbmon.render.texts import Texts


def render(plan: Plan, stories: Mapping[str, History], texts: Texts) -> Iterator[Artifact]:
    """The reference, and a runbook for each name of alerts. stories: what the chart of each alert
    shows, by its title.
    """
    told = (
        plan.catalog.project,
        plan.settings,
        list(plan.catalog.metrics_of.items()),
        plan.jobs,
        plan.recording,
        plan.alerting,
        [alert.definition for alert in plan.alerts],
        plan.dashboards,
        [[panel.title for row in board.rows for panel in row.panels] for board in plan.dashboards],
    )
    yield Artifact(REFERENCE, texts.get("reference", told, partial(_reference_text, plan)))
    panels = _panels(plan)
    silenced_by: dict[AlertKey, list[AlertKey]] = {}
    for inhibition in plan.inhibitions:
        for target in inhibition.targets:
            silenced_by.setdefault(target, []).append(inhibition.source)
    by_name: dict[str, list[PlannedAlert]] = {}
    for alert in plan.alerts:
        by_name.setdefault(alert.name, []).append(alert)
    severities = plan.catalog.project.severities
    for name, alerts in by_name.items():
        alerts.sort(key=lambda alert: severities.index(alert.severity))
        sections = [
            _Section(
                alert,
                alert.definition,
                alert.source.file,
                panels[alert.panel] if alert.panel else None,
                tuple(silenced_by.get(alert.key, ())),
                sentence(story) if (story := stories.get(alert.title)) else "",
                {name: plan.lineage.recorded[name] for name in plan.lineage.records(alert.expr)},
            )
            for alert in alerts
        ]
        text = texts.get("runbook", (sections,), partial(_runbook, name, sections, plan))
        yield Artifact(runbook(name), text, {(): alerts[0].source})


class _Section(NamedTuple):
    """All that the runbook says of an alert. panel: see _panels(). story: what its chart shows.
    below: the records that it reads, also through others.
    """

    alert: PlannedAlert
    written: Alert | None
    file: str
    panel: tuple[str, str, str] | None
    silenced_by: tuple[AlertKey, ...]
    story: str
    below: Mapping[str, Node]


def _runbook(name: str, sections: Sequence[_Section], plan: Plan) -> str:
    values = [_values_of(section, plan) for section in sections]
    return rendered("runbook.md.j2", name=name, sections=values, charts=CHARTS)


def _reference_text(plan: Plan) -> str:
    return rendered("monitoring.md.j2", **_reference(plan))


def _reference(plan: Plan) -> dict[str, object]:
    catalog = plan.catalog
    services = []
    jobs_of: dict[str, list[ScrapeJob]] = {}
    for job in plan.jobs:
        jobs_of.setdefault(job.service, []).append(job)
    for service in catalog.services:
        metrics = [_metric(metric) for metric in catalog.metrics_of[service]]
        services.append(
            {"service": service, "metrics": metrics, "jobs": jobs_of.get(service.name, [])}
        )
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


def _panels(plan: Plan) -> Mapping[tuple[str, int], tuple[str, str, str]]:
    """Titles of the dashboard and of the panel, and its address, by the dashboard's uid and the
    panel's id.
    """
    return {
        (dashboard.uid, panel.id): (
            dashboard.title,
            panel.title,
            f"{plan.settings.grafana_url}/d/{dashboard.uid}?viewPanel={panel.id}",
        )
        for dashboard in plan.dashboards
        for row in dashboard.rows
        for panel in row.panels
    }


def _values_of(section: _Section, plan: Plan) -> dict[str, object]:
    """What the template needs of an alert."""
    alert = section.alert
    queries = [("The condition, true for what fires", pretty(alert.expr))]
    queries += [
        ("Its value now, without the threshold", text)
        for text in dict.fromkeys(map(pretty, _values(alert.expr)))
    ]
    series_names = dict.fromkeys(selector.series.metric for selector in selectors(alert.expr))
    queries += [
        (f"What {markdown_code(name)} is recorded from", pretty(section.below[name]))
        for name in series_names
        if name in section.below
    ]
    return {
        "alert": alert,
        "definition": section.written,
        "queries": queries,
        "panel": section.panel,
        "labels": ", ".join(f"`{name}`" for name in alert.result_labels),
        "metrics": sorted(plan.lineage.metrics(alert.expr)),
        "lineage": list(plan.lineage.edges(alert.title, alert.expr)),
        "silenced_by": section.silenced_by,
        "story": section.story,
    }


def _values(node: Node) -> Iterator[Node]:
    """The compared sides of a condition, without their thresholds."""
    if isinstance(node, Binary) and node.operator in SET_OPERATORS:
        yield from _values(node.left)
        yield from _values(node.right)
    elif isinstance(node, Binary) and node.operator in COMPARISONS:
        yield node.left
