"""Pass 5: dashboards with every query, threshold, variable and link decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pbmon import durations
from pbmon.catalog.catalog import Catalog
from pbmon.expr.text import matcher
from pbmon.labels import Label
from pbmon.model.dashboards import Dashboard, Row
from pbmon.model.panels import AnyPanel
from pbmon.model.project import SEVERITIES, Severity
from pbmon.model.query import Query
from pbmon.model.rules import Alert
from pbmon.panels.kind import Grid, Kind, PlannedPanel, Step, Target, letters
from pbmon.panels.kinds import kind_of
from pbmon.plan import grafana, layout, variables
from pbmon.plan.alerting import PanelAddress
from pbmon.plan.dashboards import Annotation, PlannedDashboard, PlannedRow
from pbmon.plan.intervals import Intervals
from pbmon.plan.overlay import Settings, condition
from pbmon.plan.paths import DASHBOARDS
from pbmon.plan.rules import Threshold
from pbmon.plan.scope import Scope, job_matcher

_COLORS = ("red", "orange", "blue")
"""Of thresholds, for the most urgent severity first; the last for all further ones."""


@dataclass(frozen=True)
class _Context:
    """What all panels of a dashboard need. jobs: choices of `$job`. labels: those with a variable.
    thresholds: of alerts. scrape_interval: of the data source, seconds. severities: the most
    urgent first.
    """

    scope: Scope
    intervals: Intervals
    scrape_interval: float
    jobs: tuple[str, ...]
    labels: tuple[Label, ...]
    thresholds: Mapping[Alert, Threshold | None]
    severities: Sequence[Severity]


def dashboards(
    catalog: Catalog, scope: Scope, intervals: Intervals, decided: Settings
) -> tuple[PlannedDashboard, ...]:
    """Every dashboard, sorted by uid.

    A panel draws the thresholds that its alerts have in this environment.
    """
    thresholds = {alert: condition(alert, catalog)[1] for alert in catalog.alerts}
    every = durations.seconds(decided.scrape_interval)
    return tuple(
        _dashboard(
            dashboard,
            catalog,
            _context(dashboard, catalog, scope, intervals, every, thresholds),
        )
        for dashboard in catalog.dashboards
    )


def addresses(catalog: Catalog) -> dict[Alert, PanelAddress]:
    """The first panel that shows each alert."""
    address_of_alert: dict[Alert, PanelAddress] = {}
    for dashboard in catalog.dashboards:
        for panel, number in zip(dashboard.panels, _panel_ids(dashboard), strict=True):
            for alert in panel.alerts:
                address_of_alert.setdefault(alert, PanelAddress(dashboard.uid, number))
    return address_of_alert


def _panel_ids(dashboard: Dashboard) -> list[int]:
    return _ids(dashboard)[len(dashboard.rows) :]


def _ids(dashboard: Dashboard) -> list[int]:
    """Ids of the rows, then of the panels."""
    rows = [f"row {row.title}" for row in dashboard.rows]
    panels = [f"{row.title}/{panel.title}" for row in dashboard.rows for panel in row.panels]
    return layout.ids([*rows, *panels])


def _dashboard(dashboard: Dashboard, catalog: Catalog, context: _Context) -> PlannedDashboard:
    numbers = _ids(dashboard)
    panel_ids = iter(numbers[len(dashboard.rows) :])
    rows, top = [], 0
    for row, number in zip(dashboard.rows, numbers, strict=False):
        planned, bottom = _row(row, number, top, panel_ids, context)
        rows.append(planned)
        top = top + 1 if row.collapsed else bottom
    return PlannedDashboard(
        uid=dashboard.uid,
        title=dashboard.title,
        description=dashboard.description,
        file=f"{DASHBOARDS}/{dashboard.file}.json",
        source=dashboard.source,
        tags=(catalog.project.name, "pbmon"),
        rows=tuple(rows),
        variables=variables.planned(dashboard, context.jobs, context.labels, context.scope),
        annotations=_annotations(context.jobs),
        links_tag=catalog.project.name,
        refresh=dashboard.refresh,
        time_from=dashboard.time_from,
        timezone=dashboard.timezone,
    )


def _context(
    dashboard: Dashboard,
    catalog: Catalog,
    scope: Scope,
    intervals: Intervals,
    scrape_interval: float,
    thresholds: Mapping[Alert, Threshold | None],
) -> _Context:
    jobs = variables.jobs(dashboard, scope)
    labels = variables.shared_labels(catalog, jobs)
    severities = catalog.project.severities
    return _Context(scope, intervals, scrape_interval, jobs, labels, thresholds, severities)


def _row(
    row: Row, number: int, top: int, panel_ids: Iterator[int], context: _Context
) -> tuple[PlannedRow, int]:
    grids, bottom = layout.positions(row.panels, top + 1)
    panels = tuple(
        _panel(panel, next(panel_ids), grid, context)
        for panel, grid in zip(row.panels, grids, strict=True)
    )
    return (
        PlannedRow(
            number,
            row.title,
            Grid(0, top, layout.COLUMNS, 1),
            panels,
            row.collapsed,
            row.repeat.name if row.repeat else "",
        ),
        bottom,
    )


def _panel(panel: AnyPanel, number: int, grid: Grid, context: _Context) -> PlannedPanel[Any]:
    kind = kind_of(panel)
    interval = _min_interval(panel, context)
    return PlannedPanel(
        id=number,
        kind=kind,
        definition=panel,
        grid=grid,
        targets=tuple(
            _target(kind, panel, query, letter, context)
            for query, letter in zip(panel.queries, letters(), strict=False)
        ),
        thresholds=_steps(panel, context.thresholds, context.severities),
        interval=interval,
    )


def _min_interval(panel: AnyPanel, context: _Context) -> str:
    """The interval of the slowest job that the panel reads, where it is longer than that of the
    data source, from which Grafana computes `$__rate_interval` otherwise.
    """
    slowest = context.intervals.slowest_job(query.expr.node for query in panel.queries)
    return durations.text(slowest) if slowest > context.scrape_interval else ""


def _target(
    kind: Kind[AnyPanel], panel: AnyPanel, query: Query, ref_id: str, context: _Context
) -> Target:
    return Target(
        ref_id,
        context.scope.in_panels(query.expr.node, context.jobs, context.labels),
        context.scope.of_its_rules(query.expr.node),
        kind.legend(panel, query),
        kind.instant(panel),
        kind.format,
    )


def _steps(
    panel: AnyPanel,
    thresholds: Mapping[Alert, Threshold | None],
    severities: Sequence[Severity] = SEVERITIES,
) -> tuple[Step, ...]:
    """Those that the author wrote; else green between the limits of the alerts: below those of `<`
    alerts, and from those of `>` alerts upwards, the colour of the alert.

    Of two alerts with the same limit the more severe one is drawn.
    """
    if panel.thresholds:
        return tuple(Step(value, color) for value, color in panel.thresholds)
    below: dict[float, str] = {}
    above: dict[float, str] = {}
    ranks = {severity: rank for rank, severity in enumerate(severities)}
    for alert in sorted(panel.alerts, key=lambda alert: ranks[alert.severity]):
        if limit := thresholds.get(alert):
            color = _COLORS[min(ranks[alert.severity], len(_COLORS) - 1)]
            (below if limit.operator.startswith("<") else above).setdefault(limit.value, color)
    low, high = sorted(below.items()), sorted(above.items())
    if not low and not high:
        return ()
    colors = [*(color for _, color in low), "green", *(color for _, color in high)]
    values = [None, *(value for value, _ in (*low, *high))]
    return tuple(Step(value, color) for value, color in zip(values, colors, strict=True))


def _annotations(jobs: tuple[str, ...]) -> tuple[Annotation, ...]:
    if not jobs:
        return ()
    targets = grafana.escaped(matcher(job_matcher(jobs)))
    return (
        Annotation(
            "Firing alerts",
            f'ALERTS{{alertstate="firing",{targets}}}',
            "red",
            "{{alertname}}",
            "{{severity}} {{job}} {{instance}}",
        ),
        Annotation(
            "Restarts",
            f"changes(process_start_time_seconds{{{targets}}}[$__rate_interval]) > 0",
            "purple",
            "{{job}} restarted",
            "{{instance}}",
        ),
    )
