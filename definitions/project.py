"""PyBase as a whole."""

from __future__ import annotations

from pbmon import Project, Receiver

project = Project(
    name="pybase",
    title="PyBase",
    runbook_url="https://github.com/pybase/pybase/blob/main/docs/runbooks",
    external_labels={"cluster": "pybase", "environment": "development"},
    receivers=[
        Receiver(name="critical", severities=["critical"], repeat_interval="1h"),
        Receiver(name="warning", severities=["warning"], repeat_interval="4h"),
        Receiver(name="info", severities=["info"], repeat_interval="24h"),
    ],
)
