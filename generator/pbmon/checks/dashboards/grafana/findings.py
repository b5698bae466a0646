"""A dashboard of any origin against what Grafana knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pbmon.checks.dashboards.grafana.names import grafana_knows_the_name
from pbmon.checks.dashboards.grafana.transformed import transformed_field_exists
from pbmon.checks.dashboards.parts import Board
from pbmon.finding import Finding

GRAFANA_CHECKS: tuple[Callable[[Board], Iterator[Finding]], ...] = (
    grafana_knows_the_name,
    transformed_field_exists,
)
"""They ask for nothing that only pbmon's dashboards have."""


def findings(board: Board) -> list[Finding]:
    """All of them, in the order of the checks; `read_board` makes a board of plain JSON."""
    return [finding for check in GRAFANA_CHECKS for finding in check(board)]
