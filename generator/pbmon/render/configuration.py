"""Configuration of Prometheus, Alertmanager and Grafana's provisioning.

Formats: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
https://prometheus.io/docs/alerting/latest/configuration/
https://grafana.com/docs/grafana/latest/administration/provisioning/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pbmon.artifact import Artifact, Place
from pbmon.plan.paths import (
    ALERTMANAGER,
    DASHBOARD_PROVIDERS,
    DATASOURCES,
    MONITORING,
    MOUNTED_DASHBOARDS,
    PROMETHEUS,
)
from pbmon.plan.plan import Plan
from pbmon.render.environment import rendered
from pbmon.render.texts import Texts
from pbmon.source import Source


def render(plan: Plan, texts: Texts) -> Iterator[Artifact]:
    """prometheus.yml, alertmanager.yml, and what Grafana reads at its start."""
    # Each file by name: a glob would also load unchecked files in the same folder.
    rule_files = sorted(
        group.file.removeprefix(f"{MONITORING}/") for group in (*plan.recording, *plan.alerting)
    )
    project = plan.catalog.project
    whole: dict[Place, Source] = {(): project.source}
    yield Artifact(
        PROMETHEUS,
        _text(
            texts,
            "prometheus.yml.j2",
            settings=plan.settings,
            jobs=plan.jobs,
            rule_files=rule_files,
        ),
        whole | {("scrape_configs", index): job.source for index, job in enumerate(plan.jobs)},
    )
    yield Artifact(
        ALERTMANAGER,
        _text(texts, "alertmanager.yml.j2", routes=plan.routes, inhibitions=plan.inhibitions),
        whole | _routing_sources(plan),
    )
    yield Artifact(
        DATASOURCES, _text(texts, "grafana-datasources.yml.j2", settings=plan.settings), whole
    )
    yield Artifact(
        DASHBOARD_PROVIDERS,
        _text(texts, "grafana-dashboards.yml.j2", project=project, path=MOUNTED_DASHBOARDS),
        whole,
    )


def _text(texts: Texts, template: str, **values: object) -> str:
    return texts.get(template, tuple(values.items()), partial(rendered, template, **values))


def _routing_sources(plan: Plan) -> dict[Place, Source]:
    """Of a route and a receiver the Receiver; of an inhibition the alert that silences."""
    sources: dict[Place, Source] = {}
    for index, receiver in enumerate(plan.catalog.project.receivers):
        sources["route", "routes", index] = receiver.source
        sources["receivers", index + 1] = receiver.source  # the first one is `default`
    alerts = {alert.key: alert.source for alert in plan.alerts}
    for index, inhibition in enumerate(plan.inhibitions):
        sources["inhibit_rules", index] = alerts[inhibition.source]
    return sources
