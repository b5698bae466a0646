"""What a dashboard will look like: every id, position, query and threshold decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pbmon.source import Source

PanelKind = Literal[
    "timeseries", "stat", "gauge", "bargauge", "table", "heatmap", "state-timeline", "text"
]
Reducer = Literal["lastNotNull", "mean", "max", "min", "sum"]


@dataclass(frozen=True)
class Grid:
    """Position and size in Grafana's 24-column grid; a height of 1 is 30 pixels."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Step:
    """A threshold step: from value (in the panel's unit; None is minus infinity) upwards the colour
    holds.
    """

    value: float | None
    color: str


@dataclass(frozen=True)
class Link:
    """A drill-down: url may hold Grafana's variables (`${__field.labels.endpoint}`)."""

    title: str
    url: str
    new_tab: bool = False


@dataclass(frozen=True)
class Target:
    """One query. expr may hold `$job`, `$instance`, `$__rate_interval`. legend is Grafana's
    `{{label}}` format.
    """

    ref_id: str
    expr: str
    legend: str
    instant: bool = False
    format: Literal["time_series", "table", "heatmap"] = "time_series"


@dataclass(frozen=True)
class PlannedPanel:
    """One panel. unit is Grafana's id (`reqps`, `s`, `percentunit`); minimum and maximum are in
    that unit.

    thresholds: steps in ascending order, first value None; empty for none. content: Markdown of a
    text panel.
    columns: for a table, (label or "Value", shown name) in the order shown. mappings: (value, text,
    colour).
    """

    id: int
    kind: PanelKind
    title: str
    description: str
    grid: Grid
    source: Source
    targets: tuple[Target, ...] = ()
    unit: str = ""
    decimals: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    thresholds: tuple[Step, ...] = ()
    stacked: bool = False
    reducer: Reducer = "lastNotNull"
    mappings: tuple[tuple[float, str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    content: str = ""


@dataclass(frozen=True)
class PlannedRow:
    """A row heading and the panels under it. Collapsed rows hold their panels, open rows precede
    them.
    """

    id: int
    title: str
    grid: Grid
    panels: tuple[PlannedPanel, ...]
    collapsed: bool = False


@dataclass(frozen=True)
class Variable:
    """A dashboard variable. kind datasource: query is the datasource type. kind query: query is
    `label_values(...)`.
    """

    name: str
    label: str
    kind: Literal["datasource", "query"]
    query: str
    multi: bool = False


@dataclass(frozen=True)
class Annotation:
    """Marks drawn over every panel: where expr has a value. title and text may hold `{{label}}`."""

    name: str
    expr: str
    color: str
    title: str
    text: str


@dataclass(frozen=True)
class PlannedDashboard:
    """One dashboard file. file: path of the artifact. links_tag: dashboards with this tag are
    linked at the top.
    """

    uid: str
    title: str
    description: str
    file: str
    source: Source
    tags: tuple[str, ...]
    rows: tuple[PlannedRow, ...]
    variables: tuple[Variable, ...]
    annotations: tuple[Annotation, ...]
    links_tag: str
    refresh: str = "30s"
    time_from: str = "now-1h"
