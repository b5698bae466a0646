"""What a kind of panel is, and a panel of it with its place and queries decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from string import ascii_uppercase
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from pbmon.expr.nodes import Node
from pbmon.labels import names
from pbmon.model.panels import AnyPanel, Chart
from pbmon.model.query import Query
from pbmon.source import Source

Json: TypeAlias = dict[str, Any]
Format: TypeAlias = Literal["time_series", "table", "heatmap"]
D = TypeVar("D", bound=AnyPanel)


@dataclass(frozen=True)
class Grid:
    """Position and size in Grafana's 24-column grid; a height of 1 is 30 pixels."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class Step:
    """A threshold step: the colour holds from the value upwards.

    value: in the panel's unit; None is minus infinity.
    """

    value: float | None
    color: str


@dataclass(frozen=True)
class Target:
    """One query. expr may hold `$job`, `$instance`, `$__rate_interval`; node is what it was written
    from, without these. legend is Grafana's `{{label}}` format. instant: asked for one moment.
    """

    ref_id: str
    expr: str
    node: Node
    legend: str
    instant: bool = False
    format: Format = "time_series"


@dataclass(frozen=True)
class PlannedPanel(Generic[D]):
    """One panel. definition: what the author wrote. thresholds: steps in ascending order, first
    value None; empty for none. interval: its min interval and the min step of its queries; empty
    for that of the data source.
    """

    id: int
    kind: Kind[D]
    definition: D
    grid: Grid
    targets: tuple[Target, ...] = ()
    thresholds: tuple[Step, ...] = ()
    interval: str = ""

    @property
    def title(self) -> str:
        """The definition's."""
        return self.definition.title

    @property
    def source(self) -> Source:
        """The definition's."""
        return self.definition.source


def by_labels(panel: AnyPanel, query: Query) -> str:
    """What the author wrote; else the labels that tell the series apart; else the panel's title."""
    if query.legend:
        return query.legend
    telling = (name for name in names(query.expr.label_set) if name in query.expr.shape.free)
    return " ".join(f"{{{{{name}}}}}" for name in telling) or panel.title


def over_time(_: AnyPanel) -> bool:
    """Not instant."""
    return False


def at_once(_: AnyPanel) -> bool:
    """Instant."""
    return True


def untransformed(_: PlannedPanel[Any]) -> list[Json]:
    """No transformation."""
    return []


def letters() -> Iterator[str]:
    """A to Z, then A1, B1 …: what Grafana calls the queries of a panel."""
    for turn in count():
        yield from (letter + (str(turn) if turn else "") for letter in ascii_uppercase)


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[D]):
    """A kind of panel.

    definition: the class that an author writes. type: Grafana's id of the panel plugin.
    options: the panel's `options`. field_config: its `fieldConfig`, None for a kind without values.
    schema: JSON Schema of a panel of this type, see schema.py.
    transformations: what is done to the answers first. instant, format: how queries are asked.
    legend: the name of a query's series. max_points: samples a series that Grafana asks for, None
    for one a pixel. unit_at: where in the JSON the unit stands. is_small: 6 by 4 in the grid.
    """

    definition: type[D]
    type: str
    options: Callable[[PlannedPanel[D]], Json]
    field_config: Callable[[PlannedPanel[D]], Json] | None
    schema: Json
    transformations: Callable[[PlannedPanel[D]], list[Json]] = untransformed
    instant: Callable[[D], bool] = over_time
    format: Format = "time_series"
    legend: Callable[[D, Query], str] = by_labels
    max_points: int | None = None
    unit_at: tuple[str, ...] = ("fieldConfig", "defaults")
    is_small: bool = False

    @property
    def has_values(self) -> bool:
        """Whether it shows values of queries."""
        return issubclass(self.definition, Chart)

    @property
    def has_legend(self) -> bool:
        """Whether it prints the name of each series."""
        return issubclass(self.definition, Chart) and self.definition.has_legend
