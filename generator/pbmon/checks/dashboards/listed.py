"""The checks of dashboards and provisioning, each of the whole case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps

from pbmon.checks.case import Case, Check
from pbmon.checks.dashboards.grafana.findings import GRAFANA_CHECKS
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
from pbmon.checks.dashboards.provisioning import provisioning_fits_its_schema
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
from pbmon.checks.dashboards.v2 import dashboard_resource_fits_its_schema
from pbmon.checks.dashboards.variables import dashboard_variables_are_defined
from pbmon.finding import Finding

BoardCheck = Callable[[Board], Iterator[Finding]]

_OF_A_BOARD: tuple[BoardCheck, ...] = (
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
    *GRAFANA_CHECKS,
)


def _of_every_board(check: BoardCheck) -> Check:
    """The check of one dashboard, as a check of all."""

    @wraps(check)
    def checked(case: Case) -> Iterator[Finding]:
        for board in case.boards:
            yield from check(board)

    return checked


DASHBOARD_CHECKS: tuple[Check, ...] = (
    dashboard_is_json,
    *map(_of_every_board, _OF_A_BOARD),
    dashboard_resource_fits_its_schema,
    provisioning_fits_its_schema,
)
