"""The queries of dashboards, asked as Grafana would ask them: variables, windows and steps filled
in by its rules.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pbmon import durations
from pbmon.live.seen import AskedAnnotation, AskedPanel
from pbmon.live.variables import all_of, expand, variables, windows
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import Plan

if TYPE_CHECKING:
    from pbmon.live.servers.prometheus import Prometheus

COLUMN = 78
"""Pixels of one of the 24 columns on a screen 1920 wide; Grafana asks for one point a pixel."""
MAX_POINTS = 11_000
"""Points of one series that Prometheus answers at most
(https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go).
"""
STEPS = (
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
)
"""Seconds that Grafana rounds an interval to, the nearest (roundInterval in
packages/grafana-data/src/datetime/rangeutil.ts).
"""


class TimeRange(NamedTuple):
    """What a dashboard shows, seconds since 1970."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start


def time_range(dashboard: PlannedDashboard, now: float) -> TimeRange:
    """What the dashboard shows when it is opened at `now`."""
    return TimeRange(now - dashboard.length, now)


def steps(period: TimeRange, points: int, scrape_interval: float) -> dict[str, str]:
    """`$__interval`, `$__rate_interval` and `$__range` of a panel of so many points.

    scrape_interval: of the data source, seconds.
    """
    rounded = min(STEPS, key=lambda step: abs(step - period.length / points))
    interval = max(scrape_interval, rounded, period.length / MAX_POINTS)
    return windows(interval, scrape_interval, period.length)


def ask(
    plan: Plan, prometheus: Prometheus, now: float
) -> tuple[tuple[AskedPanel, ...], tuple[AskedAnnotation, ...]]:
    """Every query of every dashboard with All chosen in each variable, at `now` by Prometheus's
    clock.
    """
    panels: list[AskedPanel] = []
    annotations: list[AskedAnnotation] = []
    scrape_interval = durations.seconds(plan.settings.scrape_interval)
    for dashboard in plan.dashboards:
        period = time_range(dashboard, now)
        values_of = partial(_values, prometheus, period)
        chosen = variables(dashboard.variables, {}, values_of, nothing=all_of(())).texts
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            points = panel.kind.max_points or panel.grid.w * COLUMN
            every = durations.seconds(panel.interval) if panel.interval else scrape_interval
            values = {**chosen, **steps(period, points, every)}
            for target in panel.targets:
                expr = expand(target.expr, values)
                result = (
                    prometheus.instant(expr, now)
                    if target.instant
                    else prometheus.range(expr, *period, durations.seconds(values["__interval"]))
                )
                panels.append(AskedPanel(dashboard, panel, target, expr, result))
        annotations += _asked_annotations(dashboard, prometheus, period, chosen, scrape_interval)
    return tuple(panels), tuple(annotations)


def _asked_annotations(
    dashboard: PlannedDashboard,
    prometheus: Prometheus,
    period: TimeRange,
    chosen: Mapping[str, str],
    scrape_interval: float,
) -> Iterator[AskedAnnotation]:
    values = {**chosen, **steps(period, 24 * COLUMN, scrape_interval)}
    step = durations.seconds(values["__interval"])
    for annotation in dashboard.annotations:
        expr = expand(annotation.expr, values)
        yield AskedAnnotation(dashboard, annotation, expr, prometheus.range(expr, *period, step))


def _values(prometheus: Prometheus, period: TimeRange, label: str, selector: str) -> Sequence[str]:
    return prometheus.label_values(label, selector, period.start, period.end)
