"""One bar a value of a label: Grafana's `barchart`."""

from __future__ import annotations

from typing import Unpack

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.expr.vector import Vector
from pbmon.labels import Label, listed, names
from pbmon.model.panels import Chart, ChartArguments
from pbmon.model.query import Query
from pbmon.model.standard_options import NO_LIMITS, Limits, checked_limits
from pbmon.panels import parts, schema
from pbmon.panels.kind import Json, Kind, PlannedPanel, at_once, letters


@checked
class BarChart(Chart):
    """Newest values, one bar a value of a label, the highest first. Several queries stand beside
    each other, or with stacked=True on each other.

    by: the only label that the queries keep. limits: lowest and highest value of the axis.
    Query(expr, legend): what the bars of one of several queries are called, without labels.
    """

    has_legend = True

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        by: Label | str,
        stacked: bool = False,
        limits: Limits = NO_LIMITS,
        **arguments: Unpack[ChartArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.by = by.name if isinstance(by, Label) else by
        self.stacked = stacked
        self.limits = checked_limits(self, limits)
        for query in self.queries:
            if tuple(names(query.expr.label_set)) != (self.by,):
                raise DefinitionError(
                    query.source,
                    f"bar chart {title!r} has one bar for each {self.by}, but its query keeps"
                    f" {listed(query.expr.label_set) or 'no label'}",
                    f"keep only {self.by}: .sum(by=[{self.by}])",
                )
            if "{{" in query.legend:
                raise DefinitionError(
                    query.source,
                    f"legend {query.legend!r} names all bars of a query, so it can show no label",
                    f"the bars stand above their {self.by}; write a word",
                )
        if len(set(self.columns)) < len(self.queries):
            raise DefinitionError(
                self.source,
                f"several queries of bar chart {title!r} have the same name, so their bars cannot"
                " be told apart",
                "give each query a name: Query(expr, 'read')",
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """What the bars of each query are called."""
        return tuple(query.legend or self.title for query in self.queries)


def _options(panel: PlannedPanel[BarChart]) -> Json:
    chart = panel.definition
    return {
        "barRadius": 0,
        "barWidth": 0.97,
        "fullHighlight": False,
        "groupWidth": 0.7,
        "legend": parts.legend(shown=len(panel.targets) > 1),
        "orientation": "auto",
        "showValue": "auto",
        "stacking": "normal" if chart.stacked else "none",
        "tooltip": parts.TOOLTIP,
        "xField": chart.by,
        "xTickLabelRotation": 0,
        "xTickLabelSpacing": 0,
    }


def _field_config(panel: PlannedPanel[BarChart]) -> Json:
    custom = {
        "axisLabel": "",
        "axisPlacement": "auto",
        "fillOpacity": 80,
        "gradientMode": "none",
        "hideFrom": parts.VISIBLE,
        "lineWidth": 1,
        "scaleDistribution": {"type": "linear"},
        "thresholdsStyle": parts.thresholds_style(panel),
    }
    return parts.field_config(
        panel,
        color=parts.BY_VALUE if panel.thresholds else parts.BY_SERIES,
        custom=custom,
        limits=panel.definition.limits,
    )


def _transformations(panel: PlannedPanel[BarChart]) -> list[Json]:
    several = len(panel.targets) > 1
    values = [
        f"Value #{letter}" if several else "Value"
        for letter, _ in zip(letters(), panel.targets, strict=False)
    ]
    merged: list[Json] = [{"id": "merge", "options": {}}] if several else []
    highest_first = {"fields": {}, "sort": [{"desc": True, "field": value} for value in values[:1]]}
    names = dict(zip(values, panel.definition.columns, strict=True))
    return [
        *merged,
        {"id": "sortBy", "options": highest_first},
        {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": names}},
    ]


BAR_CHART = Kind(
    definition=BarChart,
    type="barchart",
    options=_options,
    field_config=_field_config,
    transformations=_transformations,
    instant=at_once,
    format="table",
    legend=lambda panel, query: query.legend or panel.title,
    schema=schema.with_values(
        "barchart",
        options=schema.fields(
            {
                "barRadius": {"type": "number", "minimum": 0, "maximum": 0.5},
                "barWidth": schema.SHARE,
                "fullHighlight": schema.BOOLEAN,
                "groupWidth": schema.SHARE,
                "legend": schema.shared("legend"),
                "orientation": schema.shared("orientation"),
                "showValue": schema.VISIBILITY,
                "stacking": schema.STACKING,
                "tooltip": schema.shared("tooltip"),
                "xField": {**schema.TEXT, "minLength": 1},
                "xTickLabelMaxLength": schema.whole(0),
                "xTickLabelRotation": schema.whole(-90, 90),
                "xTickLabelSpacing": {"type": "integer"},
            },
            ["legend", "tooltip", "xField"],
        ),
        custom=schema.fields(
            {
                "axisLabel": schema.TEXT,
                "axisPlacement": schema.shared("axisPlacement"),
                "axisSoftMax": schema.NUMBER,
                "axisSoftMin": schema.NUMBER,
                "fillOpacity": schema.shared("percent"),
                "gradientMode": {"enum": ["none", "opacity", "hue", "scheme"]},
                "hideFrom": schema.shared("hideFrom"),
                "lineWidth": schema.whole(0, 10),
                "scaleDistribution": schema.shared("scale"),
                "thresholdsStyle": schema.THRESHOLDS_STYLE,
            }
        ),
        target={"format": {"const": "table"}, "instant": {"const": True}},
    ),
)
