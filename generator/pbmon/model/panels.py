"""What panels of every kind have: a title, a size, queries. The kinds are in `pbmon.panels`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import ClassVar, Literal, TypeAlias, TypedDict

from pbmon import units
from pbmon.arguments import checked
from pbmon.conventions import check_no_credentials
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import listed, names
from pbmon.model.acceptance import Accepted
from pbmon.model.rules import Alert
from pbmon.source import here

Reducer: TypeAlias = Literal["lastNotNull", "mean", "max", "min", "sum"]
"""What makes one number of a series: its newest value, or one of all that the dashboard shows."""
Limits: TypeAlias = tuple[float | None, float | None]
"""Lowest and highest value of an axis; None where Grafana chooses."""
Mappings: TypeAlias = Mapping[int, tuple[str, str]] | Mapping[float, tuple[str, str]]
"""Value → the text and colour that stand for it."""
Thresholds: TypeAlias = Mapping[float | None, str]
"""Value → colour from there upwards; None → that of all below, green where it is left out."""
NO_LIMITS: Limits = (None, None)

_WEB_ADDRESS = re.compile(r"(https?://|/|\$\{)\S*")
_LINK_LABEL = re.compile(r"\$\{__field\.labels\.(\w+)")
_COLOR = re.compile(
    r"((super-light|light|semi-dark|dark)-)?(red|orange|yellow|green|blue|purple)"
    r"|transparent|text|#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|(rgb|hsl)a?\([^()]*\)"
)
"""https://grafana.com/docs/grafana/latest/panels-visualizations/configure-thresholds/ and CSS."""
_MOST_DECIMALS = 20
_HIGHEST = 200
_LEGEND_LABEL = re.compile(r"{{\s*(\w+)\s*}}")


@checked
class Query:
    """One query of a panel. legend: text with `{{label}}`; without it the labels of the result."""

    def __init__(self, expr: Vector, legend: str = "") -> None:
        self.expr = expr
        self.legend = legend
        self.source = here()
        for name in _LEGEND_LABEL.findall(legend):
            if name not in names(expr.label_set):
                raise DefinitionError(
                    self.source,
                    f"legend {legend!r} names {name!r}, which the query does not keep, so every"
                    " series gets the same name",
                    f"the query keeps {listed(expr.label_set)}",
                )


class AnyPanel:
    """A panel of any kind. width: of 24 columns; height: of 30 pixels; 0 lets the layout choose."""

    NOUN: ClassVar = "panel"
    EXAMPLE: ClassVar = 'Panel("Requests", requests.rate(AUTO))'

    queries: tuple[Query, ...] = ()
    alerts: tuple[Alert, ...] = ()
    unit: str = ""
    accept: tuple[Accepted, ...] = ()
    thresholds: tuple[tuple[float | None, str], ...] = ()

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


class ChartArguments(TypedDict, total=False):
    """What every panel with values takes.

    unit: Grafana's id, taken from the first query where it is known. description: what the panel
    answers, taken from the metric's or record's help when it shows just that. alerts: they link
    here, and their thresholds are drawn. decimals: digits behind the point. link: title and URL to
    go to from a series. width, height: see AnyPanel. accept: findings that may stay.
    """

    unit: str
    description: str
    alerts: Sequence[Alert]
    decimals: int | None
    link: tuple[str, str] | None
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
        self.decimals = arguments.get("decimals")
        self.link = arguments.get("link")
        self.accept = tuple(arguments.get("accept", ()))
        self._check_decimals()
        self._check_link()
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

    def _check_decimals(self) -> None:
        if self.decimals is not None and not 0 <= self.decimals <= _MOST_DECIMALS:
            raise DefinitionError(
                self.source,
                f"panel {self.title!r} has {self.decimals} digits behind the point, which Grafana"
                " cannot show",
                f"0 to {_MOST_DECIMALS}",
            )

    def _check_link(self) -> None:
        if self.link is None:
            return
        title, url = self.link
        check_no_credentials(url, f"link of panel {self.title!r}", self.source)
        if not title.strip() or not _WEB_ADDRESS.fullmatch(url):
            raise DefinitionError(
                self.source,
                f"link {self.link!r} of panel {self.title!r} leads nowhere",
                'a title and an address of the web: ("Logs", "https://example.com/logs")',
            )
        kept = {name for query in self.queries for name in names(query.expr.label_set)}
        for name in _LINK_LABEL.findall(url):
            if name not in kept:
                raise DefinitionError(
                    self.source,
                    f"link of panel {self.title!r} names {name!r}, which its queries do not keep,"
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


def checked_limits(panel: AnyPanel, limits: Limits) -> Limits:
    """The limits. Raises DefinitionError where they are no numbers, or the lower one is above."""
    low, high = limits
    _check_finite(panel, [limit for limit in limits if limit is not None])
    if low is not None and high is not None and low >= high:
        raise DefinitionError(
            panel.source,
            f"panel {panel.title!r} has limits from {low:g} to {high:g}, so its axis has no length",
            "write the lower one first",
        )
    return limits


def checked_mappings(
    panel: AnyPanel, mappings: Mappings | None
) -> tuple[tuple[float, str, str], ...]:
    """(value, text, colour) by value. Raises DefinitionError where a value is not finite, or where
    Grafana would show neither text nor colour.
    """
    rows = [(value, text, color) for value, (text, color) in (mappings or {}).items()]
    _check_finite(panel, [value for value, _, _ in rows])
    for value, text, color in rows:
        if not text.strip() or not _COLOR.fullmatch(color):
            raise DefinitionError(
                panel.source,
                f"panel {panel.title!r} maps {value:g} to {(text, color)!r}, which is no text and a"
                " colour of Grafana's",
                'as {0: ("down", "red")}; red, orange, yellow, green, blue, purple, also dark-red,'
                " light-red, or #ff8800",
            )
    return tuple(sorted(rows))


def checked_thresholds(
    panel: AnyPanel, thresholds: Thresholds | None
) -> tuple[tuple[float | None, str], ...]:
    """(value, colour) in ascending order, the first without a value; empty for none. Raises
    DefinitionError where a value is not finite, or a colour none of Grafana's.
    """
    steps = [(value, color) for value, color in (thresholds or {}).items() if value is not None]
    _check_finite(panel, [value for value, _ in steps])
    for value, color in (thresholds or {}).items():
        if not _COLOR.fullmatch(color):
            where = "below its thresholds" if value is None else f"from {value:g} upwards"
            raise DefinitionError(
                panel.source,
                f"panel {panel.title!r} is {color!r} {where}, which is no colour of Grafana's",
                'as {None: "green", 1: "red"}; red, orange, yellow, green, blue, purple, also'
                " dark-red, light-red, or #ff8800",
            )
    lowest = (thresholds or {}).get(None, "green")
    return ((None, lowest), *sorted(steps)) if thresholds else ()


def _check_finite(panel: AnyPanel, numbers: Iterable[float]) -> None:
    for number in numbers:
        if not isfinite(number):
            raise DefinitionError(
                panel.source,
                f"panel {panel.title!r} has {number} where JSON needs a number",
                "None for no limit",
            )


def _help_of(queries: Sequence[Query]) -> str:
    """The help of the only metric or record shown as it is."""
    expr = queries[0].expr if len(queries) == 1 else None
    return str(getattr(expr, "help", ""))
