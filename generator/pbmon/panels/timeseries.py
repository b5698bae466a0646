"""A graph over time: Grafana's `timeseries`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from pbmon.arguments import checked
from pbmon.expr.vector import Vector
from pbmon.model.overrides import Line
from pbmon.model.panels import SeriesArguments, SeriesChart, check_queries
from pbmon.model.query import Query
from pbmon.model.standard_options import (
    NO_LIMITS,
    Limits,
    Mappings,
    checked_limits,
    checked_mappings,
)
from pbmon.panels import parts, schema, series
from pbmon.panels.kind import Json, Kind, PlannedPanel
from pbmon.panels.overrides import overrides


@checked
class Panel(SeriesChart):
    """A graph over time. queries: vectors, or Query objects with a legend each.

    stacked: each series begins at the top of the one below. limits: lowest and highest value of the
    axis. mappings: value → (text, colour), for the axis and the tooltip. lines: series that are
    drawn in another way.
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        stacked: bool = False,
        limits: Limits = NO_LIMITS,
        mappings: Mappings | None = None,
        lines: Sequence[Line] = (),
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.stacked = stacked
        self.limits = checked_limits(self, limits)
        self.mappings = checked_mappings(self, mappings)
        self.lines = tuple(lines)
        check_queries(self, self.lines)


def _options(panel: PlannedPanel[Panel]) -> Json:
    return {
        "legend": series.graph_legend(panel),
        "tooltip": parts.TOOLTIP,
    }


def _field_config(panel: PlannedPanel[Panel]) -> Json:
    stacked = panel.definition.stacked
    custom = {
        "axisLabel": "",
        "axisPlacement": "auto",
        "drawStyle": "line",
        "fillOpacity": 30 if stacked else 10,
        "gradientMode": "none",
        "hideFrom": parts.VISIBLE,
        "lineInterpolation": "linear",
        "lineWidth": 1,
        "pointSize": 5,
        "scaleDistribution": {"type": "linear"},
        "showPoints": "auto",  # a lone sample between gaps has no line
        "spanNulls": False,
        "stacking": {"group": "A", "mode": "normal" if stacked else "none"},
        "thresholdsStyle": parts.thresholds_style(panel),
    }
    lines = overrides(panel, panel.definition.lines)
    return parts.field_config(
        panel,
        color=parts.BY_SERIES,
        custom=custom,
        limits=panel.definition.limits,
        mappings=panel.definition.mappings,
        overridden=[*series.status_colors(panel), *lines],
    )


TIME_SERIES = Kind(
    definition=Panel,
    type="timeseries",
    options=_options,
    field_config=_field_config,
    schema=schema.with_values(
        "timeseries",
        options=schema.fields(
            {"legend": schema.shared("legend"), "tooltip": schema.shared("tooltip")},
            ["legend", "tooltip"],
        ),
        custom=schema.fields(
            {
                "axisLabel": schema.TEXT,
                "axisPlacement": schema.shared("axisPlacement"),
                "axisSoftMax": schema.NUMBER,
                "axisSoftMin": schema.NUMBER,
                "drawStyle": schema.shared("id"),
                "fillOpacity": schema.shared("percent"),
                "gradientMode": {"enum": ["none", "opacity", "hue", "scheme"]},
                "hideFrom": schema.shared("hideFrom"),
                "lineInterpolation": {"enum": ["linear", "smooth", "stepBefore", "stepAfter"]},
                "lineWidth": schema.whole(0, 10),
                "pointSize": {"type": "number", "minimum": 1},
                "scaleDistribution": schema.shared("scale"),
                "showPoints": schema.VISIBILITY,
                "spanNulls": {"type": ["boolean", "integer"]},
                "stacking": schema.fields(
                    {"group": schema.TEXT, "mode": schema.STACKING}, ["mode"]
                ),
                "thresholdsStyle": schema.THRESHOLDS_STYLE,
            }
        ),
    ),
)
