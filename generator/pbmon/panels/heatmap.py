"""A distribution over time: Grafana's `heatmap`, of a histogram's buckets."""

from __future__ import annotations

from typing import Unpack

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import le, listed, names
from pbmon.model.panels import AnyPanel, Chart, ChartArguments
from pbmon.model.query import Query
from pbmon.model.standard_options import NO_LIMITS, Limits, checked_limits
from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel
from pbmon.panels.overrides import overrides


@checked
class Heatmap(Chart):
    """Distribution over time: the query keeps `le`. unit: of what the histogram observes.

    limits: lowest and highest value of the axis.
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        limits: Limits = NO_LIMITS,
        **arguments: Unpack[ChartArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.limits = checked_limits(self, limits)
        for query in self.queries:
            if le.name not in names(query.expr.label_set):
                raise DefinitionError(
                    query.source,
                    f"a query of heatmap {title!r} does not keep le, so there are no buckets to"
                    " draw",
                    f"it keeps {listed(query.expr.label_set)};"
                    " take latency.bucket_counts.rate(AUTO).sum(by=[le])",
                )


def _options(panel: PlannedPanel[Heatmap]) -> Json:
    heatmap = panel.definition
    return {
        "calculate": False,  # uses the buckets of the histogram
        "cellGap": 1,
        "cellValues": {"unit": "short"},
        "color": {
            "exponent": 0.5,
            "fill": "dark-orange",
            "mode": "scheme",
            "reverse": False,
            "scale": "exponential",
            "scheme": "Oranges",
            "steps": 64,
        },
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": True},
        "yAxis": {
            "axisPlacement": "left",
            "reverse": False,
            "unit": heatmap.unit,
            **parts.axis(heatmap, heatmap.limits),
        },
    }


def _field_config(panel: PlannedPanel[Heatmap]) -> Json:
    # its axis, not its field, holds unit, limits and decimals
    custom = {"hideFrom": parts.VISIBLE, "scaleDistribution": {"type": "linear"}}
    return {
        "defaults": parts.unmeasured(panel, custom),
        "overrides": overrides(panel, panel.definition.overrides),
    }


def _bucket(_: AnyPanel, __: Query) -> str:
    return "{{le}}"


HEATMAP = Kind(
    definition=Heatmap,
    type="heatmap",
    options=_options,
    field_config=_field_config,
    format="heatmap",
    legend=_bucket,
    unit_at=("options", "yAxis"),
    schema=schema.with_values(
        "heatmap",
        options=schema.fields(
            {
                "calculate": {"const": False},
                "cellGap": schema.whole(0),
                "cellValues": schema.fields({"decimals": schema.whole(0), "unit": schema.TEXT}),
                "color": schema.fields(
                    {
                        "exponent": schema.NUMBER,
                        "fill": schema.shared("color"),
                        "mode": {"enum": ["scheme", "opacity"]},
                        "reverse": schema.BOOLEAN,
                        "scale": {"enum": ["linear", "exponential"]},
                        "scheme": schema.TEXT,
                        "steps": schema.whole(2, 128),
                    },
                    ["mode"],
                ),
                "filterValues": schema.fields({"ge": schema.NUMBER, "le": schema.NUMBER}),
                "legend": schema.fields({"show": schema.BOOLEAN}, ["show"]),
                "rowsFrame": schema.fields(
                    {"layout": {"enum": ["auto", "le", "ge", "unknown"]}, "value": schema.TEXT}
                ),
                "tooltip": schema.fields(
                    {
                        "mode": {"enum": ["single", "multi", "none"]},
                        "showColorScale": schema.BOOLEAN,
                        "yHistogram": schema.BOOLEAN,
                    },
                    ["mode"],
                ),
                "yAxis": schema.fields(
                    {
                        "axisLabel": schema.TEXT,
                        "axisPlacement": schema.shared("axisPlacement"),
                        "decimals": schema.whole(0),
                        "max": schema.NUMBER,
                        "min": schema.NUMBER,
                        "reverse": schema.BOOLEAN,
                        "unit": schema.TEXT,
                    },
                    ["unit"],
                ),
            },
            ["calculate", "color", "yAxis"],
        ),
        custom=schema.fields(
            {"hideFrom": schema.shared("hideFrom"), "scaleDistribution": schema.shared("scale")}
        ),
        target={"format": {"const": "heatmap"}, "instant": {"const": False}},
    ),
)
