"""What differs in a panel: the look of one series, of one query's series, of one column.

Grafana calls them field overrides:
https://grafana.com/docs/grafana/latest/panels-visualizations/configure-overrides/
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pbmon import units
from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.model.query import Query
from pbmon.model.standard_options import (
    NO_LIMITS,
    Limits,
    Mappings,
    Thresholds,
    checked_color,
    checked_decimals,
    checked_limits,
    checked_mappings,
    checked_regex,
    checked_thresholds,
)
from pbmon.source import here

_WIDEST = 10


class _Some:
    """Some of a panel's series or columns. of: the name that a legend gives, or a heading; a
    `/pattern/` for names that match; or a query of the panel, for all that it gives.
    """

    def __init__(self, of: str | Query) -> None:
        self.of = of
        self.source = here()
        if isinstance(of, str):
            checked_regex(self, of)

    @property
    def what(self) -> str:
        """What it is called in messages."""
        kind = type(self).__name__.lower()
        return f"{kind} of {'a query' if isinstance(self.of, Query) else repr(self.of)}"

    def _check_effect(self, *settings: object) -> None:
        if not any(settings):
            raise DefinitionError(
                self.source, f"{self.what} changes nothing", "say what is different, or drop it"
            )


@checked
class Override(_Some):
    """Some of a panel's series or columns that are shown in another way.

    of: the name that a legend gives, or a heading; `/pattern/` for names that match; or a Query of
    the panel. name: what they are called instead. color: one for all of them. unit, decimals,
    limits, mappings, thresholds: as those of a panel.
    """

    def __init__(
        self,
        of: str | Query,
        *,
        name: str = "",
        unit: str = "",
        color: str = "",
        decimals: int | None = None,
        limits: Limits = NO_LIMITS,
        mappings: Mappings | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        super().__init__(of)
        self.name = name
        self.unit = units.checked(unit, self.what, self.source) if unit else ""
        self.color = checked_color(self, color) if color else ""
        self.decimals = checked_decimals(self, decimals)
        self.limits = checked_limits(self, limits)
        self.mappings = checked_mappings(self, mappings)
        self.thresholds = checked_thresholds(self, thresholds)
        self._check_effect(
            limits != NO_LIMITS or decimals is not None, name, unit, color, mappings, thresholds
        )


@checked
class Line(_Some):
    """How some series of a graph are drawn.

    of: as in Override. axis: the side of its axis. mirrored: below zero, as what is sent stands
    below what is received. width: of the line, in pixels, 0 to 10. dashed: broken. fill: how
    opaque the area below is, in percent. shape: line, bars or points.
    """

    def __init__(
        self,
        of: str | Query,
        *,
        axis: Literal["left", "right", "hidden"] | None = None,
        mirrored: bool = False,
        width: int | None = None,
        dashed: bool = False,
        fill: int | None = None,
        shape: Literal["line", "bars", "points"] | None = None,
    ) -> None:
        super().__init__(of)
        self.axis = axis
        self.mirrored = mirrored
        self.width = self._checked("a width", width, _WIDEST)
        self.dashed = dashed
        self.fill = self._checked("a fill", fill, 100)
        self.shape = shape
        self._check_effect(width is not None or fill is not None, axis, mirrored, dashed, shape)

    def _checked(self, fact: str, number: int | None, highest: int) -> int | None:
        if number is not None and not 0 <= number <= highest:
            raise DefinitionError(
                self.source,
                f"{self.what} has {fact} of {number}, which Grafana does not draw",
                f"0 to {highest}",
            )
        return number


AnyOverride: TypeAlias = Override | Line
