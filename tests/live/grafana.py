"""A small stand-in for Grafana, modelled on its documented HTTP API: health, data sources,
dashboards.

https://grafana.com/docs/grafana/latest/developers/http_api/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

from live.servers import answer


class Grafana:
    """What it has. Change the attributes to make another Grafana; `token` is asked for where it is
    not empty.
    """

    def __init__(self, dashboards: Mapping[str, str]) -> None:
        """dashboards: JSON text by uid."""
        self.token = ""
        self.database = "ok"
        self.datasources = [
            {"id": 2, "uid": "loki", "name": "Loki", "type": "loki", "isDefault": False},
            {
                "id": 1,
                "uid": "prometheus",
                "name": "Prometheus",
                "type": "prometheus",
                "isDefault": True,
            },
        ]
        self.health = {"status": "OK", "message": "Successfully queried the Prometheus API."}
        self.dashboards: dict[str, Any] = {
            uid: _kept(json.loads(text)) for uid, text in dashboards.items()
        }

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request as Grafana does."""
        path = handler.path.split("/")[2:]
        if (
            self.token
            and handler.headers["Authorization"] != f"Bearer {self.token}"
            and path != ["health"]
        ):
            return answer(handler, '{"message":"Unauthorized"}', 401)
        match path:
            case ["health"]:
                body: Any = {"database": self.database, "version": "12.2.0", "commit": "abc"}
            case ["datasources"]:
                body = self.datasources
            case ["datasources", "uid", "prometheus", "health"]:
                body = self.health
            case ["dashboards", "uid", uid] if uid in self.dashboards:
                body = {
                    "dashboard": self.dashboards[uid],
                    "meta": {"provisioned": True, "slug": uid},
                }
            case _:
                return answer(handler, '{"message":"Not found"}', 404)
        return answer(handler, json.dumps(body))


def _kept(dashboard: dict[str, Any]) -> dict[str, Any]:
    """As Grafana gives it back: an id and a version of its own, a field it adds, empty ones left
    out.
    """
    panels = [
        {"transparent": False, **{key: value for key, value in panel.items() if value}}
        for panel in dashboard["panels"]
    ]
    return {**dashboard, "id": 7, "version": 3, "panels": panels}
