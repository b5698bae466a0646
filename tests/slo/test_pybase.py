"""What PyBase promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.catalog.catalog import load
from pbmon.expr.text import promql
from pbmon.model.slo_indicators import LatencyIndicator, RatioIndicator
from pbmon.plan.plan import Plan, resolve

# objective in per cent, kind, and what of the numerator's selector says that the event is in time
# or well
PROMISED = {
    "api-availability": ("99.9", RatioIndicator, 'http_requests_total{status=~"5.."}'),
    "api-latency": (
        "95",
        LatencyIndicator,
        'http_request_duration_seconds_bucket{le=~"1(\\\\.0)?"}',
    ),
    "extraction-success": (
        "98",
        RatioIndicator,
        'worker_tasks_total{job="celery-extraction-worker",status="success"}',
    ),
    "extraction-latency": (
        "90",
        LatencyIndicator,
        'worker_task_duration_seconds_bucket{job="celery-extraction-worker",le=~"60(\\\\.0)?"}',
    ),
    "search-indexing": (
        "99",
        LatencyIndicator,
        (
            'worker_task_duration_seconds_bucket{job="celery-search-worker",task_type=~"index_record|index_table|update_index",'
            'le=~"10(\\\\.0)?"}'
        ),
    ),
}


@pytest.fixture(scope="module")
def pybase() -> Plan:
    return resolve(load(Path(__file__).parents[2] / "definitions"))


def test_every_promise_is_kept_over_thirty_days(pybase: Plan) -> None:
    found = {
        slo.name: (
            str(slo.objective),
            type(slo.indicator),
            promql(slo.indicator.part.selector),
        )
        for slo in pybase.catalog.slos
        if slo.window == "30d"
    }
    assert found == PROMISED


def test_the_overview_shows_what_is_left_of_every_budget(pybase: Plan) -> None:
    (overview,) = (
        dashboard for dashboard in pybase.dashboards if dashboard.uid == "pybase-overview"
    )
    (row,) = (row for row in overview.rows if row.title == "Error budgets")
    shown = " ".join(target.expr for target in row.panels[0].targets)
    assert [
        name
        for name in PROMISED
        if f"slo_{name.replace('-', '_')}_error_budget:remaining_30d" not in shown
    ] == []


def test_the_dashboard_of_budgets_shows_every_alert_of_an_objective(pybase: Plan) -> None:
    shown = {alert.name: alert.panel for alert in pybase.alerts if "slo" in dict(alert.labels)}
    assert len(shown) == 25
    assert {panel[0] for panel in shown.values() if panel} == {"pybase-slo-overview"}
    assert None not in shown.values()


def test_a_missed_objective_is_red_and_a_burn_that_wakes_somebody_too(pybase: Plan) -> None:
    (budgets,) = (board for board in pybase.dashboards if board.uid == "pybase-slo-overview")
    steps = {
        panel.title: [(step.value, step.color) for step in panel.thresholds]
        for panel in budgets.rows[0].panels
    }
    assert steps["Error budget spent"] == [(None, "green"), (0.75, "orange"), (1, "red")]
    # the slowest of the alerts that are critical: 5 % of the budget of 30 days within 6 hours
    assert steps["Burn rate"] == [(None, "green"), (1, "orange"), (6, "red")]
