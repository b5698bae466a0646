"""States over time as a row of cells: Grafana's `status-history`."""

from __future__ import annotations

from typing import Unpack

from pbmon.arguments import checked
from pbmon.expr.vector import Vector
from pbmon.model.panels import SeriesArguments, SeriesChart
from pbmon.model.query import Query
from pbmon.model.standard_options import Mappings, checked_mappings
from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel


@checked
class StatusHistory(SeriesChart):
    """One row a series, one cell a moment. mappings: value → (text, colour).

    Unlike a StateTimeline it shows each moment, so it fits what is checked now and then.
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        mappings: Mappings | None = None,
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.mappings = checked_mappings(self, mappings)


def _options(_: PlannedPanel[StatusHistory]) -> Json:
    return {
        "colWidth": 0.9,
        "legend": parts.legend(),
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": parts.TOOLTIP,
    }


def _field_config(panel: PlannedPanel[StatusHistory]) -> Json:
    return parts.field_config(
        panel,
        color=parts.BY_VALUE,
        custom={"fillOpacity": 70, "hideFrom": parts.VISIBLE, "lineWidth": 1},
        mappings=panel.definition.mappings,
    )


STATUS_HISTORY = Kind(
    definition=StatusHistory,
    type="status-history",
    options=_options,
    field_config=_field_config,
    # Grafana draws a message in place of cells that would be narrower than a pixel or two
    # (https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/status-history/)
    max_points=100,
    schema=schema.with_values(
        "status-history",
        options=schema.fields(
            {
                "colWidth": schema.SHARE,
                "legend": schema.shared("legend"),
                "perPage": schema.whole(1),
                "rowHeight": schema.SHARE,
                "showValue": schema.VISIBILITY,
                "tooltip": schema.shared("tooltip"),
            },
            ["legend", "tooltip"],
        ),
        custom=schema.fields(
            {
                "fillOpacity": schema.shared("percent"),
                "hideFrom": schema.shared("hideFrom"),
                "lineWidth": schema.whole(0, 10),
            }
        ),
    ),
)
