"""What a dashboard will look like: every id, position, query and threshold decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pbmon import durations
from pbmon.panels.kind import Grid, PlannedPanel
from pbmon.source import Source


@dataclass(frozen=True)
class PlannedRow:
    """A row heading and the panels under it.

    A collapsed row holds its panels; those of an open row follow it. repeat: name of the variable
    for whose values it is repeated.
    """

    id: int
    title: str
    grid: Grid
    panels: tuple[PlannedPanel[Any], ...]
    collapsed: bool = False
    repeat: str = ""


@dataclass(frozen=True)
class Variable:
    """A dashboard variable. kind: Grafana's.

    query: the data source's type, `label_values(...)`, the values with commas between them, or the
    text that stands there first. values: of a custom one. several: whether more than one may be
    chosen, and all.
    """

    name: str
    label: str
    kind: Literal["custom", "datasource", "query", "textbox"]
    query: str
    values: tuple[str, ...] = ()
    several: bool = False


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
    timezone: str = "browser"

    @property
    def length(self) -> float:
        """Seconds that it shows when it is opened."""
        return durations.seconds(self.time_from.removeprefix("now-"))
