"""One number in large type: Grafana's `stat`."""

from __future__ import annotations

from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel
from pbmon.panels.single_value import SingleValue


class Stat(SingleValue):
    """One number in large type, with its trend behind. limits: of the trend. With mappings the
    background gets the colour, and there is no trend.
    """


def _options(panel: PlannedPanel[Stat]) -> Json:
    mappings = panel.definition.mappings
    return {
        "colorMode": "background" if mappings else "value",
        "graphMode": "none" if mappings else "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": parts.reduced(panel.definition.reducer),
        "showPercentChange": False,
        "textMode": "auto",
        "wideLayout": True,
    }


def _field_config(panel: PlannedPanel[Stat]) -> Json:
    return parts.field_config(
        panel,
        color=parts.BY_VALUE,
        limits=panel.definition.limits,
        mappings=panel.definition.mappings,
    )


STAT = Kind(
    definition=Stat,
    type="stat",
    options=_options,
    field_config=_field_config,
    is_small=True,
    schema=schema.with_values(
        "stat",
        options=schema.fields(
            {
                "colorMode": {"enum": ["none", "value", "background", "background_solid"]},
                "graphMode": {"enum": ["none", "area"]},
                "justifyMode": {"enum": ["auto", "center"]},
                "orientation": schema.shared("orientation"),
                "percentChangeColorMode": {"enum": ["standard", "inverted", "same_as_value"]},
                "reduceOptions": schema.shared("reduceOptions"),
                "showPercentChange": schema.BOOLEAN,
                "textMode": {"enum": ["auto", "value", "value_and_name", "name", "none"]},
                "wideLayout": schema.BOOLEAN,
            },
            ["reduceOptions"],
        ),
        custom=schema.shared("nothing"),
    ),
)
