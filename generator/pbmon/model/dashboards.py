"""Dashboards: rows of panels, each a question with the query that answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import ClassVar, Literal

from pbmon import units
from pbmon.conventions import check_file_name
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import Label, listed, names
from pbmon.model.rules import Alert
from pbmon.source import Source, here

Reducer = Literal["lastNotNull", "mean", "max", "min", "sum"]

_LEGEND_LABEL = re.compile(r"{{\s*(\w+)\s*}}")
_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")


class Query:
    """One query of a panel. legend: text with `{{label}}`; without it the labels of the result."""

    def __init__(self, expr: Vector, legend: str = "") -> None:
        self.expr = expr
        self.legend = legend
        self.source = here()
        if not isinstance(expr, Vector):
            raise DefinitionError(
                self.source,
                f"a query needs a vector, but this is a {type(expr).__name__}",
                "a counter becomes one by .rate(AUTO)",
            )
        for name in _LEGEND_LABEL.findall(legend):
            if name not in names(expr.label_set):
                raise DefinitionError(
                    self.source,
                    f"legend {legend!r} names {name!r}, which the query does not keep, so every"
                    " series gets the same name",
                    f"the query keeps {listed(expr.label_set)}",
                )


class Panel:
    """A graph over time. queries: vectors, or Query objects with a legend each.

    unit: Grafana's id, taken from the first query where it is known. description: what the panel
    answers, taken from the metric's or record's help when it shows just that. alerts: their
    thresholds are drawn, and they link here.
    width: of 24 columns; height: of 30 pixels; both chosen by the layout when 0. limits: lowest and
    highest value of the axis.
    link: title and URL to go to from a series.
    """

    kind: ClassVar[
        Literal[
            "timeseries", "stat", "gauge", "bargauge", "table", "heatmap", "state-timeline", "text"
        ]
    ] = "timeseries"

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        unit: str = "",
        description: str = "",
        legend: str = "",
        alerts: Sequence[Alert] = (),
        stacked: bool = False,
        decimals: int | None = None,
        limits: tuple[float | None, float | None] = (None, None),
        reducer: Reducer = "lastNotNull",
        mappings: Mapping[int, tuple[str, str]] | Mapping[float, tuple[str, str]] | None = None,
        columns: Mapping[Label | str, str] | None = None,
        link: tuple[str, str] | None = None,
        width: int = 0,
        height: int = 0,
    ) -> None:
        self.source = here()
        self.title = title
        self.queries = tuple(
            query if isinstance(query, Query) else Query(query, legend) for query in queries
        )
        self.unit = unit or (self.queries[0].expr.unit if self.queries else "")
        self.description = description or _help_of(self.queries)
        self.alerts = tuple(alerts)
        self.stacked = stacked
        self.decimals = decimals
        self.limits = limits
        self.reducer = reducer
        self.mappings = dict(mappings or {})
        self.columns = dict(columns or {})
        self.link = link
        self.width = width
        self.height = height
        if self.unit:
            units.checked(self.unit, f"panel {title!r}", self.source)
        if not 0 <= width <= 24:
            raise DefinitionError(
                self.source,
                f"panel {title!r} is {width} columns wide, but Grafana's grid has 24",
                "1 to 24",
            )
        if height < 0:
            raise DefinitionError(
                self.source,
                f"panel {title!r} is {height} high, so it has no place",
                "0 lets pbmon choose",
            )
        numbers = [
            number
            for number in (*limits, *self.mappings)
            if number is not None and not isfinite(number)
        ]
        if numbers:
            raise DefinitionError(
                self.source,
                f"panel {title!r} has {numbers[0]} where JSON needs a number",
                "None for no limit",
            )
        self._check_columns()

    def _check_columns(self) -> None:
        kept = {name for query in self.queries for name in names(query.expr.label_set)}
        for column in self.columns:
            name = column.name if isinstance(column, Label) else column
            if name not in kept and name != "Value":
                raise DefinitionError(
                    self.source,
                    f"panel {self.title!r} shows column {name!r}, which its queries do not keep",
                    f"they keep {', '.join(sorted(kept))}",
                )


class Stat(Panel):
    """One number in large type, with its trend behind."""

    kind = "stat"


class GaugePanel(Panel):
    """One number on a dial between its limits."""

    kind = "gauge"


class BarGauge(Panel):
    """One bar per series."""

    kind = "bargauge"


class Table(Panel):
    """One row per series, newest value. columns: label (or "Value") → heading, in the
    order shown.
    """

    kind = "table"


class Heatmap(Panel):
    """Distribution over time: the query keeps `le`."""

    kind = "heatmap"


class StateTimeline(Panel):
    """One bar per series that changes colour with its state; mappings: value → (text, colour)."""

    kind = "state-timeline"


class Text(Panel):
    """Markdown."""

    kind = "text"

    def __init__(self, title: str, content: str, *, width: int = 0, height: int = 0) -> None:
        super().__init__(title, description=title, width=width, height=height)
        self.content = content


class Row:
    """A heading and the panels under it. collapsed: closed until clicked."""

    def __init__(self, title: str, *panels: Panel, collapsed: bool = False) -> None:
        self.source = here()
        self.title = title
        self.panels = panels
        self.collapsed = collapsed


@dataclass(frozen=True, eq=False)
class Dashboard:
    """One Grafana dashboard. uid: stable address. file: name of the JSON file without
    its ending.
    """

    title: str
    uid: str = field(kw_only=True)
    file: str = field(kw_only=True)
    rows: Sequence[Row] = field(kw_only=True)
    description: str = field(default="", kw_only=True)
    refresh: str = field(default="30s", kw_only=True)
    time_from: str = field(default="now-1h", kw_only=True)
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        check_file_name(self.file, "dashboard file", self.source)
        if not _UID.fullmatch(self.uid):
            raise DefinitionError(
                self.source,
                f"dashboard uid {self.uid!r} is refused by Grafana",
                "1 to 40 letters, digits, hyphens, underscores",
            )
        if not any(row.panels for row in self.rows):
            raise DefinitionError(
                self.source,
                f"dashboard {self.title!r} has no panel",
                "rows=[Row('Traffic', Panel(...))]",
            )

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel, in order."""
        return tuple(panel for row in self.rows for panel in row.panels)


def _help_of(queries: Sequence[Query]) -> str:
    """The help of the only metric or record shown as it is."""
    expr = queries[0].expr if len(queries) == 1 else None
    return str(getattr(expr, "help", ""))
