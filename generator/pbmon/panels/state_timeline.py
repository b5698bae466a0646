"""States over time as bars: Grafana's `state-timeline`."""

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
class StateTimeline(SeriesChart):
    """One bar a series that changes colour with its state. mappings: value → (text, colour)."""

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        mappings: Mappings | None = None,
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.mappings = checked_mappings(self, mappings)


def _options(_: PlannedPanel[StateTimeline]) -> Json:
    return {
        "alignValue": "left",
        "legend": parts.legend(),
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": parts.TOOLTIP,
    }


def _field_config(panel: PlannedPanel[StateTimeline]) -> Json:
    return parts.field_config(
        panel,
        color=parts.BY_VALUE,
        custom={
            "fillOpacity": 70,
            "hideFrom": parts.VISIBLE,
            "lineWidth": 0,
            "spanNulls": False,
        },
        mappings=panel.definition.mappings,
    )


STATE_TIMELINE = Kind(
    definition=StateTimeline,
    type="state-timeline",
    options=_options,
    field_config=_field_config,
    schema=schema.with_values(
        "state-timeline",
        options=schema.fields(
            {
                "alignValue": {"enum": ["left", "center", "right"]},
                "legend": schema.shared("legend"),
                "mergeValues": schema.BOOLEAN,
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
                "spanNulls": {"type": ["boolean", "integer"]},
            }
        ),
    ),
)
