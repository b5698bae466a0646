"""How often each value occurs: Grafana's `histogram`. (The metric is `pbmon.Histogram`.)"""

from __future__ import annotations

from typing import Unpack

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import le, names
from pbmon.model.panels import SeriesArguments, SeriesChart
from pbmon.model.query import Query
from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel

_MOST_BARS = 1000
"""More than a screen has room for."""


@checked
class HistogramPanel(SeriesChart):
    """How often each value occurs in the samples that the dashboard shows. unit: of the values.

    bars: how many ranges of values, about. combined: one histogram of all series.
    The buckets of a Histogram are drawn by Heatmap.
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        bars: int = 30,
        combined: bool = False,
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.bars = bars
        self.combined = combined
        if not 1 <= bars <= _MOST_BARS:
            raise DefinitionError(
                self.source,
                f"panel {title!r} has {bars} bars, so it shows nothing",
                f"1 to {_MOST_BARS}",
            )
        for query in self.queries:
            if le.name in names(query.expr.label_set):
                raise DefinitionError(
                    query.source,
                    f"panel {title!r} shows how often a value occurs, but its query gives counts"
                    " of buckets",
                    "draw buckets with Heatmap; HistogramPanel counts the values of a gauge",
                )


def _options(panel: PlannedPanel[HistogramPanel]) -> Json:
    return {
        "bucketCount": panel.definition.bars,
        "bucketOffset": 0,
        "combine": panel.definition.combined,
        "legend": parts.legend(),
        "tooltip": parts.TOOLTIP,
    }


def _field_config(panel: PlannedPanel[HistogramPanel]) -> Json:
    custom = {
        "fillOpacity": 80,
        "gradientMode": "none",
        "hideFrom": parts.VISIBLE,
        "lineWidth": 1,
        "stacking": {"group": "A", "mode": "none"},
    }
    return parts.field_config(panel, color=parts.BY_SERIES, custom=custom)


HISTOGRAM = Kind(
    definition=HistogramPanel,
    type="histogram",
    options=_options,
    field_config=_field_config,
    schema=schema.with_values(
        "histogram",
        options=schema.fields(
            {
                "bucketCount": schema.whole(1),
                "bucketOffset": schema.NUMBER,
                "bucketSize": schema.whole(1),
                "combine": schema.BOOLEAN,
                "legend": schema.shared("legend"),
                "tooltip": schema.shared("tooltip"),
            },
            ["legend", "tooltip"],
        ),
        custom=schema.fields(
            {
                "axisLabel": schema.TEXT,
                "axisPlacement": schema.shared("axisPlacement"),
                "fillOpacity": schema.shared("percent"),
                "gradientMode": {"enum": ["none", "opacity", "hue", "scheme"]},
                "hideFrom": schema.shared("hideFrom"),
                "lineWidth": schema.whole(0, 10),
                "stacking": schema.fields(
                    {"group": schema.TEXT, "mode": schema.STACKING}, ["mode"]
                ),
            }
        ),
        target={"format": {"const": "time_series"}, "instant": {"const": False}},
    ),
)
