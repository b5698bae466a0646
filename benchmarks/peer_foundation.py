"""Dashboards by grafana-foundation-sdk, as its examples write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    gauge,
    heatmap,
    prometheus,
    stat,
    statetimeline,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueGraphMode,
    DataSourceRef,
    LegendDisplayMode,
    StackingMode,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    GridPos,
    Threshold,
    ThresholdsMode,
    VariableRefresh,
)
from grafana_foundation_sdk.models.text import TextMode
from peers import specs as prepare

__all__ = ["prepare", "render"]

Json = dict[str, Any]


def render(specs: Sequence[Json]) -> list[str]:
    """Their JSON, keys sorted, two spaces."""
    return [JSONEncoder(sort_keys=True, indent=2).encode(_dashboard(spec)) for spec in specs]


def _dashboard(spec: Json) -> Any:
    built = (
        dashboard.Dashboard(spec["title"])
        .uid(spec["uid"])
        .description(spec["description"])
        .tags(spec["tags"])
        .refresh(spec["refresh"])
        .time(spec["time"]["from"], spec["time"]["to"])
    )
    for panel in spec["panels"]:
        if panel["type"] == "row":
            built.with_row(_row(panel))
        else:
            built.with_panel(_panel(panel))
    for variable in spec["templating"]["list"]:
        built.with_variable(_variable(variable))
    for annotation in spec["annotations"]["list"]:
        built.annotation(_annotation(annotation))
    for link in spec["links"]:
        built.link(
            dashboard.DashboardLink(link["title"])
            .type(DashboardLinkType(link["type"]))
            .tags(link["tags"])
            .include_vars(True)
        )
    return built.build()


def _row(spec: Json) -> Any:
    row = dashboard.Row(spec["title"]).id(spec["id"]).grid_pos(GridPos(**spec["gridPos"]))
    for panel in spec["panels"]:
        row.with_panel(_panel(panel))
    return row.collapsed(spec["collapsed"])


def _defaults(spec: Json) -> Json:
    """How values are shown; nothing of a panel that has none."""
    defaults: Json = spec.get("fieldConfig", {}).get("defaults", {})
    return defaults


def _panel(spec: Json) -> Any:
    panel, defaults = _KINDS[spec["type"]](spec), _defaults(spec)
    panel.id(spec["id"]).title(spec["title"]).description(spec.get("description", ""))
    panel.grid_pos(GridPos(**spec["gridPos"]))
    if spec["type"] == "text":
        return panel
    panel.unit(defaults.get("unit", "")).datasource(_source(spec))
    steps = [
        Threshold(step["value"], step["color"])
        for step in defaults.get("thresholds", {}).get("steps", ())
    ]
    panel.thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
    for target in spec["targets"]:
        query = (
            prometheus.Dataquery()
            .expr(target["expr"])
            .legend_format(target["legendFormat"])
            .ref_id(target["refId"])
        )
        panel.with_target(
            (query.instant() if target["instant"] else query).datasource(_source(target))
        )
    return panel


def _text(spec: Json) -> Any:
    return text.Panel().mode(TextMode(spec["options"]["mode"])).content(spec["options"]["content"])


def _reduced(spec: Json) -> Any:
    """What makes one value of a series."""
    calcs = spec["options"]["reduceOptions"]["calcs"]
    return common.ReduceDataOptions().calcs(calcs).values(False)


def _stat(spec: Json) -> Any:
    return (
        stat.Panel()
        .reduce_options(_reduced(spec))
        .graph_mode(BigValueGraphMode(spec["options"]["graphMode"]))
    )


def _timeseries(spec: Json) -> Any:
    custom = spec["fieldConfig"]["defaults"]["custom"]
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .calcs(spec["options"]["legend"]["calcs"])
    )
    return (
        timeseries.Panel()
        .legend(legend.show_legend(True))
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .stacking(common.StackingConfig().mode(StackingMode(custom["stacking"]["mode"])).group("A"))
        .fill_opacity(custom["fillOpacity"])
    )


_KINDS: dict[str, Callable[[Json], Any]] = {
    "bargauge": lambda spec: bargauge.Panel().reduce_options(_reduced(spec)),
    "gauge": lambda spec: gauge.Panel().reduce_options(_reduced(spec)),
    "heatmap": lambda _: heatmap.Panel(),
    "stat": _stat,
    "state-timeline": lambda _: statetimeline.Panel(),
    "table": lambda _: table.Panel(),
    "text": _text,
    "timeseries": _timeseries,
}


def _variable(spec: Json) -> Any:
    if spec["type"] == "datasource":
        return dashboard.DatasourceVariable(spec["name"]).label(spec["label"]).type(spec["query"])
    variable = (
        dashboard.QueryVariable(spec["name"])
        .label(spec["label"])
        .query(spec["query"])
        .datasource(_source(spec))
    )
    return (
        variable.refresh(VariableRefresh(spec["refresh"]))
        .multi(spec["multi"])
        .include_all(spec["includeAll"])
    )


def _annotation(spec: Json) -> Any:
    annotation = (
        dashboard.AnnotationQuery()
        .name(spec["name"])
        .datasource(_source(spec))
        .enable(spec["enable"])
    )
    annotation.hide(spec["hide"]).icon_color(spec["iconColor"])
    if "expr" in spec:
        annotation.expr(spec["expr"]).text_format(spec["textFormat"]).title_format(
            spec["titleFormat"]
        )
    return annotation


def _source(spec: Json) -> DataSourceRef:
    return DataSourceRef(spec["datasource"]["type"], spec["datasource"]["uid"])
