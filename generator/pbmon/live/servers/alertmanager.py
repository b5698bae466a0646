"""Alertmanager's HTTP API as plain values."""

from __future__ import annotations

from pbmon.live.seen import Labels, SeenAlertmanager
from pbmon.live.servers import routing
from pbmon.live.servers.client import Client
from pbmon.live.servers.limits import Budget
from pbmon.live.servers.reading import Part, reading


def look(client: Client, budget: Budget) -> SeenAlertmanager:
    """https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml"""
    with reading(client):
        config = Part(client.json("/api/v2/status", None, budget))["config"]["original"].text()
        alerts: list[tuple[Labels, frozenset[str]]] = [
            (
                alert["labels"].labels(),
                frozenset(receiver["name"].text() for receiver in alert["receivers"].each()),
            )
            for alert in Part(client.json("/api/v2/alerts", None, budget)).each()
        ]
        return SeenAlertmanager(routing.read(config), alerts)
