"""One number on a dial: Grafana's `gauge`. (The metric is `pbmon.Gauge`.)"""

from __future__ import annotations

from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel
from pbmon.panels.single_value import SingleValue, scale


class GaugePanel(SingleValue):
    """One number on a dial between its limits."""


def _options(panel: PlannedPanel[GaugePanel]) -> Json:
    return {
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": parts.reduced(panel.definition.reducer),
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
    }


def _field_config(panel: PlannedPanel[GaugePanel]) -> Json:
    return parts.field_config(
        panel,
        color=parts.BY_VALUE,
        limits=scale(panel.definition),
        mappings=panel.definition.mappings,
    )


GAUGE = Kind(
    definition=GaugePanel,
    type="gauge",
    options=_options,
    field_config=_field_config,
    is_small=True,
    schema=schema.with_values(
        "gauge",
        options=schema.fields(
            {
                "minVizHeight": schema.whole(0),
                "minVizWidth": schema.whole(0),
                "orientation": schema.shared("orientation"),
                "reduceOptions": schema.shared("reduceOptions"),
                "showThresholdLabels": schema.BOOLEAN,
                "showThresholdMarkers": schema.BOOLEAN,
                "sizing": {"enum": ["auto", "manual"]},
            },
            ["reduceOptions"],
        ),
        custom=schema.shared("nothing"),
    ),
)
