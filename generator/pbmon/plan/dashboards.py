"""What a dashboard will look like: every id, position, query and threshold decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pbmon.panels.kind import Grid, PlannedPanel
from pbmon.source import Source


@dataclass(frozen=True)
class PlannedRow:
    """A row heading and the panels under it.

    A collapsed row holds its panels; those of an open row follow it.
    """

    id: int
    title: str
    grid: Grid
    panels: tuple[PlannedPanel[Any], ...]
    collapsed: bool = False


@dataclass(frozen=True)
class Variable:
    """A dashboard variable. kind: `datasource` or `query`.

    query: the data source's type, or `label_values(...)`.
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
