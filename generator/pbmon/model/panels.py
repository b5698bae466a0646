"""What panels of every kind have: a title, a size, queries. The kinds are in `pbmon.panels`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias, TypedDict

from pbmon import units
from pbmon.conventions import check_no_credentials
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import names
from pbmon.model.acceptance import Accepted
from pbmon.model.overrides import AnyOverride, Override
from pbmon.model.query import Query
from pbmon.model.rules import Alert
from pbmon.model.standard_options import checked_decimals
from pbmon.model.variables import AnyVariable, checked_repeat
from pbmon.source import here

Reducer: TypeAlias = Literal["lastNotNull", "mean", "max", "min", "sum"]
"""What makes one number of a series: its newest value, or one of all that the dashboard shows."""
_WEB_ADDRESS = re.compile(r"(https?://|/|\$\{)\S*")
_LINK_LABEL = re.compile(r"\$\{__field\.labels\.(\w+)")
_HIGHEST = 200
_PER_ROW = 4
_MOST_PER_ROW = 24


class AnyPanel:
    """A panel of any kind. width: of 24 columns; height: of 30 pixels; 0 lets the layout choose."""

    NOUN: ClassVar = "panel"
    EXAMPLE: ClassVar = 'Panel("Requests", requests.rate(AUTO))'

    queries: tuple[Query, ...] = ()
    alerts: tuple[Alert, ...] = ()
    unit: str = ""
    accept: tuple[Accepted, ...] = ()
    thresholds: tuple[tuple[float | None, str], ...] = ()
    overrides: tuple[Override, ...] = ()
    raw: Mapping[str, Any] = MappingProxyType({})
    repeat: AnyVariable | None = None
    per_row: int = _PER_ROW

    def __init__(self, title: str, description: str, width: int, height: int) -> None:
        self.source = here()
        self.title = title
        self.description = description
        self.width = width
        self.height = height
        if not 0 <= width <= 24:
            raise DefinitionError(
                self.source,
                f"panel {title!r} is {width} columns wide, but Grafana's grid has 24",
                "1 to 24",
            )
        if not 0 <= height <= _HIGHEST:
            raise DefinitionError(
                self.source,
                f"panel {title!r} is {height} high, so it has no place",
                f"1 to {_HIGHEST}; 0 lets pbmon choose",
            )

    @property
    def what(self) -> str:
        """What it is called in messages."""
        return f"panel {self.title!r}"


class ChartArguments(TypedDict, total=False):
    """What every panel with values takes.

    unit: Grafana's id, taken from the first query where it is known. description: what the panel
    answers, taken from the metric's or record's help when it shows just that. alerts: they link
    here, and their thresholds are drawn. decimals: digits behind the point. link: title and URL to
    go to from a series. links: further ones. overrides: series or columns that differ from the
    rest. repeat: the panel stands there once for each chosen value of this variable, per_row of
    them beside each other. raw: JSON that is laid over the rendered panel, for what has no
    argument. width, height: see AnyPanel. accept: findings that may stay.
    """

    unit: str
    description: str
    alerts: Sequence[Alert]
    decimals: int | None
    link: tuple[str, str] | None
    links: Sequence[tuple[str, str]]
    repeat: AnyVariable | None
    per_row: int
    overrides: Sequence[Override]
    raw: Mapping[str, Any]
    width: int
    height: int
    accept: Sequence[Accepted]


class SeriesArguments(ChartArguments, total=False):
    """And what those take that name each series. legend: of all queries, as in Query."""

    legend: str


class Chart(AnyPanel):
    """A panel that shows the values of queries."""

    has_legend: ClassVar[bool] = False
    """Whether the legend of a query is seen."""

    def __init__(
        self,
        title: str,
        queries: Iterable[Vector | Query],
        arguments: ChartArguments,
        legend: str = "",
    ) -> None:
        super().__init__(title, "", arguments.get("width", 0), arguments.get("height", 0))
        self.queries = tuple(
            query if isinstance(query, Query) else Query(query, legend) for query in queries
        )
        self.unit = arguments.get("unit") or (self.queries[0].expr.unit if self.queries else "")
        self.description = arguments.get("description") or _help_of(self.queries)
        self.alerts = tuple(arguments.get("alerts", ()))
        self.decimals = checked_decimals(self, arguments.get("decimals"))
        link = arguments.get("link")
        self.links = (*([link] if link else []), *arguments.get("links", ()))
        self.overrides = tuple(arguments.get("overrides", ()))
        self.raw = _checked_json(self, arguments.get("raw", {}))
        check_queries(self, self.overrides)
        self.repeat = checked_repeat(self.what, self.source, arguments.get("repeat"))
        self.per_row = arguments.get("per_row", _PER_ROW)
        if not 1 <= self.per_row <= _MOST_PER_ROW:
            raise DefinitionError(
                self.source,
                f"{self.what} is to stand {self.per_row} times in a row, which Grafana does not do",
                f"1 to {_MOST_PER_ROW}",
            )
        self.accept = tuple(arguments.get("accept", ()))
        for link in self.links:
            self._check_link(*link)
        if self.unit:
            units.checked(self.unit, f"panel {title!r}", self.source)
        unseen = next((query for query in self.queries if query.legend), None)
        if unseen and not self.has_legend:
            raise DefinitionError(
                unseen.source,
                f"legend {unseen.legend!r} is not seen, since a {type(self).__name__} does not"
                " name its series",
                "leave it out",
            )

    def _check_link(self, title: str, url: str) -> None:
        check_no_credentials(url, f"link of {self.what}", self.source)
        if not title.strip() or not _WEB_ADDRESS.fullmatch(url):
            raise DefinitionError(
                self.source,
                f"link {(title, url)!r} of {self.what} leads nowhere",
                'a title and an address of the web: ("Logs", "https://example.com/logs")',
            )
        kept = {name for query in self.queries for name in names(query.expr.label_set)}
        for name in _LINK_LABEL.findall(url):
            if name not in kept:
                raise DefinitionError(
                    self.source,
                    f"link of {self.what} names {name!r}, which its queries do not keep,"
                    " so the address has a hole",
                    f"they keep {', '.join(sorted(kept)) or 'no labels'}",
                )


class SeriesChart(Chart):
    """A chart that names each series."""

    has_legend = True

    def __init__(
        self, title: str, queries: Iterable[Vector | Query], arguments: SeriesArguments
    ) -> None:
        super().__init__(title, queries, arguments, arguments.get("legend", ""))


def check_queries(panel: AnyPanel, overrides: Sequence[AnyOverride]) -> None:
    """Raises DefinitionError for an override of a query that the panel does not ask."""
    for override in overrides:
        if isinstance(override.of, Query) and override.of not in panel.queries:
            raise DefinitionError(
                override.source,
                f"{override.what} names one that {panel.what} does not ask, so it changes nothing",
                "name the query, hand it to the panel, and give the same object here",
            )


def _checked_json(panel: AnyPanel, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """A copy. Raises DefinitionError for what JSON cannot hold."""
    try:
        copy: dict[str, Any] = json.loads(json.dumps(raw, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise DefinitionError(
            panel.source,
            f"raw of {panel.what} holds {error}, where JSON belongs",
            'raw={"transparent": True}',
        ) from None
    return copy


def _help_of(queries: Sequence[Query]) -> str:
    """The help of the only metric or record shown as it is."""
    expr = queries[0].expr if len(queries) == 1 else None
    return str(getattr(expr, "help", ""))
