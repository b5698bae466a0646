"""The parts of a whole: Grafana's `piechart`."""

from __future__ import annotations

from typing import Unpack

from pbmon.arguments import checked
from pbmon.expr.vector import Vector
from pbmon.model.panels import Reducer, SeriesArguments, SeriesChart
from pbmon.model.query import Query
from pbmon.panels import parts, schema, series
from pbmon.panels.kind import Json, Kind, PlannedPanel


@checked
class PieChart(SeriesChart):
    """One slice a series, by its share of their sum. The series are parts of one whole.

    reducer: how one number is made of a series. donut: with a hole.
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        reducer: Reducer = "lastNotNull",
        donut: bool = False,
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.reducer: Reducer = reducer
        self.donut = donut


def _options(panel: PlannedPanel[PieChart]) -> Json:
    return {
        "displayLabels": ["percent"],
        "legend": {
            **parts.legend(display="table"),
            "placement": "right",
            "values": ["value", "percent"],
        },
        "pieType": "donut" if panel.definition.donut else "pie",
        "reduceOptions": parts.reduced(panel.definition.reducer),
        "tooltip": parts.TOOLTIP,
    }


def _field_config(panel: PlannedPanel[PieChart]) -> Json:
    return parts.field_config(
        panel,
        color=parts.BY_SERIES,
        custom={"hideFrom": parts.VISIBLE},
        overridden=series.status_colors(panel),
    )


PIE_CHART = Kind(
    definition=PieChart,
    type="piechart",
    options=_options,
    field_config=_field_config,
    instant=lambda panel: panel.reducer == "lastNotNull",
    schema=schema.with_values(
        "piechart",
        options=schema.fields(
            {
                "displayLabels": {
                    "type": "array",
                    "items": {"enum": ["name", "value", "percent"]},
                    "uniqueItems": True,
                },
                "legend": schema.fields(
                    {
                        "calcs": {"type": "array", "items": schema.shared("id")},
                        "displayMode": {"enum": ["list", "table"]},
                        "placement": {"enum": ["bottom", "right"]},
                        "showLegend": schema.BOOLEAN,
                        "values": {
                            "type": "array",
                            "items": {"enum": ["value", "percent"]},
                            "uniqueItems": True,
                        },
                        "width": schema.NUMBER,
                    },
                    ["displayMode", "placement", "showLegend", "values"],
                ),
                "pieType": {"enum": ["pie", "donut"]},
                "reduceOptions": schema.shared("reduceOptions"),
                "tooltip": schema.shared("tooltip"),
            },
            ["legend", "pieType", "reduceOptions", "tooltip"],
        ),
        custom=schema.fields({"hideFrom": schema.shared("hideFrom")}),
    ),
)
