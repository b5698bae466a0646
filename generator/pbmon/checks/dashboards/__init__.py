"""Everything that is checked on a rendered dashboard, offline, and on Grafana's provisioning.

A module checks one matter: identity, layout, queries, variables, texts, thresholds, the schema.
Checks read JSON (parts.py), so they hold for dashboards that somebody wrote by hand too. They read
from `pbmon.panels.kinds` what a kind of panel is. A new check: one function, and its line below.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from pbmon.artifact import Artifact
from pbmon.checks.dashboards.identity import (
    dashboard_has_current_schema,
    dashboard_has_uid,
    dashboard_is_json,
)
from pbmon.checks.dashboards.layout import (
    panel_ids_are_unique,
    panels_do_not_overlap,
    panels_fit_the_grid,
)
from pbmon.checks.dashboards.parts import Board
from pbmon.checks.dashboards.queries import (
    dashboard_datasource_is_a_variable,
    dashboard_query_parses,
    panel_has_query,
    query_letters_are_unique,
    rate_follows_zoom,
)
from pbmon.checks.dashboards.schema import dashboard_fits_its_schema
from pbmon.checks.dashboards.texts import (
    panel_has_description,
    panel_has_legend,
    panel_has_title,
    panel_has_unit,
    panel_titles_are_unique,
)
from pbmon.checks.dashboards.thresholds import thresholds_ascend
from pbmon.checks.dashboards.variables import dashboard_variables_are_defined
from pbmon.finding import Finding

DashboardCheck = Callable[[Board], Iterator[Finding]]

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


def check_dashboard(file: Artifact) -> list[Finding]:
    """Every finding on a dashboard file, in the order of DASHBOARD_CHECKS; of text that is not
    JSON, only that.
    """
    if unreadable := list(dashboard_is_json(file.path, file.text)):
        return unreadable
    board = Board(file, json.loads(file.text))
    return [finding for check in DASHBOARD_CHECKS for finding in check(board)]
