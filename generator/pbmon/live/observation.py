"""Looks at the running systems once: few questions, whose answers the checks then read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pbmon.expr.text import quoted
from pbmon.live import panels_asked, routing
from pbmon.live.api import Prometheus
from pbmon.live.client import Client, Unreachable
from pbmon.live.exposition import scrape
from pbmon.live.names import one_of, sample_names
from pbmon.live.reading import Part, reading
from pbmon.live.seen import (
    ActiveTarget,
    Exposure,
    Family,
    Labels,
    Seen,
    SeenAlertmanager,
    SeenGrafana,
    SeenPrometheus,
)
from pbmon.model.builtin import BUILTIN
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob


@dataclass(frozen=True)
class Servers:
    """Whom to ask. scrape: addresses of expositions to read directly. excused: metrics that may
    have no series.
    """

    prometheus: Client | None = None
    alertmanager: Client | None = None
    grafana: Client | None = None
    scrape: Sequence[Client] = ()
    excused: frozenset[str] = frozenset()


def look(plan: Plan, servers: Servers) -> Seen:
    """Ask every server that is named. Raises Unreachable or UsageError where one gives no usable
    answer.
    """
    scraped = tuple(map(scrape, servers.scrape))
    return Seen(
        (
            _prometheus(plan, Prometheus(servers.prometheus), servers.excused)
            if servers.prometheus
            else None
        ),
        _alertmanager(servers.alertmanager) if servers.alertmanager else None,
        _grafana(plan, servers.grafana) if servers.grafana else None,
        scraped,
    )


def _prometheus(plan: Plan, prometheus: Prometheus, excused: frozenset[str]) -> SeenPrometheus:
    """One question a scrape job; the rest is asked once."""
    targets = prometheus.targets()
    families = prometheus.families()
    exposures = {
        job.name: _exposure(plan, job, prometheus, targets, families.get(job.name, {}))
        for job in plan.jobs
    }
    now = prometheus.now()
    panels, annotations = panels_asked.ask(plan, prometheus, now)
    groups = prometheus.groups(now)
    return SeenPrometheus(
        targets,
        exposures,
        _recorded(plan, prometheus),
        groups,
        prometheus.alertmanagers(),
        panels,
        annotations,
        excused,
    )


def _exposure(
    plan: Plan,
    job: ScrapeJob,
    prometheus: Prometheus,
    targets: Sequence[ActiveTarget],
    families: Mapping[str, Family],
) -> Exposure:
    """Of the app's own jobs every series; of exporters, which expose thousands, only those that are
    declared.
    """
    service = next(service for service in plan.catalog.services if service.name == job.service)
    selector = f"{{job={quoted(job.name)}}}"
    if not service.module:
        declared = [
            metric
            for metric in plan.catalog.metrics
            if metric in BUILTIN or plan.catalog.owner(metric) is service
        ]
        wanted = one_of([name for metric in declared for name in sample_names(metric)])
        selector = f"{{job={quoted(job.name)},__name__=~{quoted(wanted)}}}"
    own = [target for target in targets if target.job == job.name]
    names = frozenset(name for target in own for name in target.labels)
    up = any(target.health == "up" for target in own)
    return Exposure(f"job {job.name}", families, prometheus.series(selector), names, up)


def _recorded(plan: Plan, prometheus: Prometheus) -> dict[str, frozenset[str]]:
    names = [record.name for record in plan.records]
    if names:
        by_name = prometheus.series(
            f"group by (__name__, job) ({{__name__=~{quoted(one_of(names))}}})"
        )
        return {
            name: frozenset(labels.get("job", "") for labels in found)
            for name, found in by_name.items()
        }
    return {}


def _alertmanager(client: Client) -> SeenAlertmanager:
    """https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml"""
    with reading(client):
        config = Part(client.json("/api/v2/status"))["config"]["original"].text()
        alerts: list[tuple[Labels, frozenset[str]]] = [
            (
                alert["labels"].labels(),
                frozenset(receiver["name"].text() for receiver in alert["receivers"].each()),
            )
            for alert in Part(client.json("/api/v2/alerts")).each()
        ]
        return SeenAlertmanager(routing.read(config), alerts)


def _grafana(plan: Plan, client: Client) -> SeenGrafana:
    """https://grafana.com/docs/grafana/latest/developers/http_api/"""
    with reading(client):
        database = Part(client.json("/api/health"))["database"].text()
        datasource = _datasource(client)
        dashboards: dict[str, Mapping[str, Any]] = {}
        for dashboard in plan.dashboards:
            answer = client.ask(f"/api/dashboards/uid/{dashboard.uid}")
            if answer.status == 200:
                dashboards[dashboard.uid] = _dashboard(Part(client.parsed(answer))["dashboard"])
            elif answer.status != 404:
                raise Unreachable(
                    f"{client} answers with status {answer.status} for dashboard {dashboard.uid}",
                    "see its log",
                )
        return SeenGrafana(database, datasource, dashboards)


def _datasource(client: Client) -> tuple[str, bool, str] | None:
    """The Prometheus data source that a dashboard opens with: the default one, else the first."""
    sources = [
        source
        for source in Part(client.json("/api/datasources")).each()
        if source["type"].text() == "prometheus"
    ]
    sources.sort(key=lambda source: not source.get("isDefault").value)
    for source in sources[:1]:
        health = Part(
            client.json(f"/api/datasources/uid/{quote(source['uid'].text(), safe='')}/health")
        )
        return (
            source["name"].text(),
            health.get("status").value == "OK",
            health.get("message", "").text(),
        )
    return None


def _dashboard(dashboard: Part) -> Mapping[str, Any]:
    """The dashboard, as long as its panels are panels."""
    for panel in dashboard.get("panels", []).each():
        for each in (panel, *panel.get("panels", []).each()):
            each.get("id", 0).number()
            each.get("title", "").text()
    return dashboard.object()
