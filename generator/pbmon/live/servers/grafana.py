"""Grafana's HTTP API as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from pbmon.live.seen import SeenGrafana
from pbmon.live.servers.client import Client, Unreachable
from pbmon.live.servers.limits import Budget
from pbmon.live.servers.reading import Part, reading


def look(client: Client, uids: Iterable[str], budget: Budget) -> SeenGrafana:
    """https://grafana.com/docs/grafana/latest/developers/http_api/"""
    with reading(client):
        database = Part(client.json("/api/health"))["database"].text()
        datasource = _datasource(client)
        dashboards: dict[str, Mapping[str, Any]] = {}
        for uid in uids:
            answer = client.ask(f"/api/dashboards/uid/{uid}")
            if answer.status == 200:
                dashboards[uid] = _dashboard(Part(client.parsed(answer, budget))["dashboard"])
            elif answer.status != 404:
                raise Unreachable(
                    f"{client} answers with status {answer.status} for dashboard {uid}",
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
