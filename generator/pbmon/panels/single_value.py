"""What the kinds take that show one large number a series: Stat, GaugePanel and BarGauge."""

from __future__ import annotations

from typing import Unpack

from pbmon.arguments import checked
from pbmon.expr.vector import Vector
from pbmon.model.panels import (
    NO_LIMITS,
    Limits,
    Mappings,
    Query,
    Reducer,
    SeriesArguments,
    SeriesChart,
    Thresholds,
    checked_limits,
    checked_mappings,
    checked_thresholds,
)


@checked
class SingleValue(SeriesChart):
    """One number a series.

    reducer: how it is made of the series. limits: lowest and highest value of the scale.
    mappings: value → (text, colour). thresholds: value → colour from there upwards, in place of
    those of the alerts.
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        reducer: Reducer = "lastNotNull",
        limits: Limits = NO_LIMITS,
        mappings: Mappings | None = None,
        thresholds: Thresholds | None = None,
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.reducer: Reducer = reducer
        self.limits = checked_limits(self, limits)
        self.mappings = checked_mappings(self, mappings)
        self.thresholds = checked_thresholds(self, thresholds)
