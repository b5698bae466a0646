"""A small shop that the live tests run."""

from __future__ import annotations

from pbmon import Project, Receiver

project = Project(
    name="shop",
    title="Shop",
    runbook_url="https://example.org/runbooks",
    external_labels={"cluster": "test"},
    receivers=[Receiver(name="pager", severities=["critical"], repeat_interval="1h")],
)
