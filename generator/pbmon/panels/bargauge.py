"""One bar a series, now: Grafana's `bargauge`."""

from __future__ import annotations

from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel
from pbmon.panels.single_value import SingleValue, scale

_HIGHEST = 64
"""Pixels of a bar; that of a single series would fill its panel otherwise, a wall of colour."""


class BarGauge(SingleValue):
    """One bar a series between its limits."""


def _options(panel: PlannedPanel[BarGauge]) -> Json:
    return {
        "displayMode": "basic",
        "legend": parts.legend(shown=False),
        "maxVizHeight": _HIGHEST,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": parts.reduced(panel.definition.reducer),
        "showUnfilled": True,
        "sizing": "manual",
        "valueMode": "color",
    }


def _field_config(panel: PlannedPanel[BarGauge]) -> Json:
    return parts.field_config(
        panel,
        color=parts.BY_VALUE,
        limits=scale(panel.definition),
        mappings=panel.definition.mappings,
    )


BAR_GAUGE = Kind(
    definition=BarGauge,
    type="bargauge",
    options=_options,
    field_config=_field_config,
    instant=lambda panel: panel.reducer == "lastNotNull",
    schema=schema.with_values(
        "bargauge",
        options=schema.fields(
            {
                "displayMode": {"enum": ["basic", "gradient", "lcd"]},
                "legend": schema.shared("legend"),
                "maxVizHeight": schema.whole(0),
                "minVizHeight": schema.whole(0),
                "minVizWidth": schema.whole(0),
                "namePlacement": {"enum": ["auto", "top", "left", "hidden"]},
                "orientation": schema.shared("orientation"),
                "reduceOptions": schema.shared("reduceOptions"),
                "showUnfilled": schema.BOOLEAN,
                "sizing": {"enum": ["auto", "manual"]},
                "valueMode": {"enum": ["color", "text", "hidden"]},
            },
            ["reduceOptions"],
        ),
        custom=schema.shared("nothing"),
    ),
)
