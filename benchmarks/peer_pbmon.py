"""Dashboards by pbmon: planned before, rendered within the measured time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pbmon.catalog.catalog import load
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import resolve
from pbmon.render import dashboards


def prepare(project: Path) -> Sequence[PlannedDashboard]:
    """The planned dashboards."""
    return resolve(load(project / "definitions")).dashboards


def render(planned: Sequence[PlannedDashboard]) -> list[str]:
    """Their JSON."""
    return [dashboards.dashboard_text(dashboard) for dashboard in planned]
