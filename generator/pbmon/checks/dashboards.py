"""Everything that is checked on a rendered dashboard, offline."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pbmon.checks.dashboards_identity import dashboard_has_current_schema, dashboard_has_uid
from pbmon.checks.dashboards_layout import (
    panel_ids_are_unique,
    panels_do_not_overlap,
    panels_fit_the_grid,
)
from pbmon.checks.dashboards_queries import (
    dashboard_datasource_is_a_variable,
    dashboard_query_parses,
    panel_has_query,
    query_letters_are_unique,
    rate_follows_zoom,
)
from pbmon.checks.dashboards_schema import dashboard_fits_its_schema
from pbmon.checks.dashboards_texts import (
    panel_has_description,
    panel_has_legend,
    panel_has_title,
    panel_has_unit,
    panel_titles_are_unique,
)
from pbmon.checks.dashboards_thresholds import thresholds_ascend
from pbmon.checks.dashboards_variables import dashboard_variables_are_defined
from pbmon.finding import Finding
from pbmon.source import Source

DashboardCheck = Callable[[str, dict[str, Any]], Iterator[Finding]]

DASHBOARD_CHECKS: tuple[DashboardCheck, ...] = (
    dashboard_fits_its_schema,
    dashboard_has_uid,
    dashboard_has_current_schema,
    dashboard_variables_are_defined,
    dashboard_datasource_is_a_variable,
    dashboard_query_parses,
    panel_has_title,
    panel_titles_are_unique,
    panel_has_description,
    panel_has_unit,
    panel_has_legend,
    panel_has_query,
    panel_ids_are_unique,
    panels_do_not_overlap,
    panels_fit_the_grid,
    query_letters_are_unique,
    rate_follows_zoom,
    thresholds_ascend,
)


def dashboard_is_json(path: str, text: str) -> Iterator[Finding]:
    """A dashboard file is one JSON object.

    Grafana logs an error for one that is not and goes on without it; the dashboard is missing, or
    stays at its last version, and nobody is told.

    To fix it: render the file again. A merge conflict left in it is the usual cause.
    """
    try:
        line, problem = (0, "") if isinstance(json.loads(text), dict) else (1, "it holds no object")
    except json.JSONDecodeError as error:
        line, problem = error.lineno, f"{error.msg} at column {error.colno}"
    if problem:
        yield Finding(
            "dashboard-is-json",
            Source(path, line),
            f"the dashboard is not JSON, so Grafana does not load it: {problem}",
            "render it again; a merge conflict may have been left in it",
        )


def check_dashboard(path: str, text: str) -> list[Finding]:
    """Every finding on a dashboard file, in the order of DASHBOARD_CHECKS; of text that is not
    JSON, only that.

    path is only named in the findings; text is the content of the file.
    """
    if unreadable := list(dashboard_is_json(path, text)):
        return unreadable
    dashboard = json.loads(text)
    return [finding for check in DASHBOARD_CHECKS for finding in check(path, dashboard)]
