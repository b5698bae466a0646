"""Grafana dashboards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pbmon.artifact import Artifact, Place
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.paths import DASHBOARDS, DASHBOARDS_V2
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs
from pbmon.render.dashboards_v2 import resource_text
from pbmon.render.texts import Texts
from pbmon.source import Source


def artifacts(plan: Plan, _: Proofs, texts: Texts) -> Iterator[Artifact]:
    """One JSON file a dashboard, and its resource where the project asks for it."""
    for dashboard in plan.dashboards:
        definitions = [panel.definition for row in dashboard.rows for panel in row.panels]
        text = texts.get("dashboard", (dashboard, definitions), partial(_text, dashboard))
        yield Artifact(dashboard.file, text, _sources(dashboard))
        if plan.catalog.project.v2_dashboards:
            path = dashboard.file.replace(f"{DASHBOARDS}/", f"{DASHBOARDS_V2}/")
            yield Artifact(path, resource_text(text), _sources_v2(dashboard))


def _sources_v2(dashboard: PlannedDashboard) -> dict[Place, Source]:
    sources: dict[Place, Source] = {(): dashboard.source}
    for panel in (panel for row in dashboard.rows for panel in row.panels):
        sources["spec", "elements", f"panel-{panel.id}"] = panel.source
    return sources


def _text(dashboard: PlannedDashboard) -> str:
    from pbmon.render import dashboards  # grafanalib takes as long to import as hundreds of panels

    return dashboards.dashboard_text(dashboard)


def _sources(dashboard: PlannedDashboard) -> dict[Place, Source]:
    """The author's line behind each panel, by its place in the JSON."""
    sources: dict[Place, Source] = {(): dashboard.source}
    top = 0
    for row in dashboard.rows:
        above: Place = ("panels", top, "panels") if row.collapsed else ("panels",)
        first = 0 if row.collapsed else top + 1
        for index, panel in enumerate(row.panels, first):
            sources[*above, index] = panel.source
        top += 1 if row.collapsed else 1 + len(row.panels)
    return sources
