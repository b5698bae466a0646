"""Options, field settings and transformations of each kind of panel, as Grafana 11 to 13 store
them.

Each function takes a planned panel and gives the JSON of one part of it. References:
https://grafana.com/docs/grafana/latest/panels-visualizations/ and the published panel schemas,
https://github.com/grafana/grafana/tree/main/public/app/plugins/panel (`panelcfg.cue` of each).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pbmon.plan.dashboards import PlannedPanel, Reducer, Step

Json = dict[str, Any]

# A panel without thresholds would get Grafana's own, red above 80: blue says nothing about good or
# bad.
NEUTRAL = (Step(None, "blue"),)
LEGEND_CALCS = ("lastNotNull", "mean", "max")
VISIBLE = {"legend": False, "tooltip": False, "viz": False}
BY_VALUE = {"mode": "thresholds"}


def options(panel: PlannedPanel) -> Json:
    """The panel's `options`."""
    return _OPTIONS[panel.kind](panel)


def field_config(panel: PlannedPanel) -> Json | None:
    """The panel's `fieldConfig`: how its values are drawn. None for a text panel, which has no
    values.
    """
    if panel.kind == "text":
        return None
    defaults: Json = {
        "custom": _custom(panel),
        "links": [
            {"title": link.title, "url": link.url, "targetBlank": link.new_tab}
            for link in panel.links
        ],
        "mappings": _mappings(panel),
        "thresholds": {
            "mode": "absolute",
            "steps": [
                {"color": step.color, "value": step.value} for step in panel.thresholds or NEUTRAL
            ],
        },
    }
    if panel.kind != "heatmap":  # its axis, not its field, holds unit, limits and decimals
        defaults["color"] = {"mode": "palette-classic"} if panel.kind == "timeseries" else BY_VALUE
        defaults |= {"unit": panel.unit} if panel.unit else {}
        defaults |= _limits(panel)
    return {"defaults": defaults, "overrides": _overrides(panel)}


def transformations(panel: PlannedPanel) -> list[Json]:
    """The steps that turn a table panel's answers into its columns; none for other kinds."""
    if panel.kind != "table":
        return []
    steps: list[Json] = [{"id": "merge", "options": {}}] if len(panel.targets) > 1 else []
    if not panel.columns:
        return [*steps, {"id": "organize", "options": {"excludeByName": {"Time": True}}}]
    names = [name for name, _ in panel.columns]
    order = {
        "excludeByName": {},
        "indexByName": {name: index for index, name in enumerate(names)},
        "renameByName": dict(panel.columns),
    }
    # organize alone would show every label it is not told of
    return [
        *steps,
        {"id": "filterFieldsByName", "options": {"include": {"names": names}}},
        {"id": "organize", "options": order},
    ]


def _limits(panel: PlannedPanel) -> Json:
    limits = {"decimals": panel.decimals, "max": panel.maximum, "min": panel.minimum}
    return {key: value for key, value in limits.items() if value is not None}


def _mappings(panel: PlannedPanel) -> list[Json]:
    if not panel.mappings:
        return []
    shown = {
        repr(float(value)).removesuffix(".0"): {"color": color, "index": index, "text": text}
        for index, (value, text, color) in enumerate(panel.mappings)
    }
    return [{"type": "value", "options": shown}]


def _custom(panel: PlannedPanel) -> Json:
    if panel.kind == "timeseries":
        return {
            "axisLabel": "",
            "axisPlacement": "auto",
            "drawStyle": "line",
            "fillOpacity": 30 if panel.stacked else 10,
            "gradientMode": "none",
            "hideFrom": VISIBLE,
            "lineInterpolation": "linear",
            "lineWidth": 1,
            "pointSize": 5,
            "scaleDistribution": {"type": "linear"},
            "showPoints": "auto",  # a lone sample between gaps has no line
            "spanNulls": False,
            "stacking": {"group": "A", "mode": "normal" if panel.stacked else "none"},
            "thresholdsStyle": {"mode": "dashed" if panel.thresholds else "off"},
        }
    if panel.kind == "state-timeline":
        return {"fillOpacity": 70, "hideFrom": VISIBLE, "lineWidth": 0, "spanNulls": False}
    if panel.kind == "heatmap":
        return {"hideFrom": VISIBLE, "scaleDistribution": {"type": "linear"}}
    if panel.kind == "table":
        return {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}
    return {}


def _overrides(panel: PlannedPanel) -> list[Json]:
    if panel.kind != "table" or not (panel.thresholds or panel.mappings):
        return []
    # only numbers: columns of labels stay plain
    coloured = {"id": "custom.cellOptions", "value": {"mode": "basic", "type": "color-background"}}
    return [{"matcher": {"id": "byType", "options": "number"}, "properties": [coloured]}]


def _reduce(reducer: Reducer) -> Json:
    return {"calcs": [reducer], "fields": "", "values": False}


def _legend(calcs: tuple[str, ...], display: str, shown: bool = True) -> Json:
    return {
        "calcs": list(calcs),
        "displayMode": display,
        "placement": "bottom",
        "showLegend": shown,
    }


def _timeseries(_: PlannedPanel) -> Json:
    return {"legend": _legend(LEGEND_CALCS, "table"), "tooltip": {"mode": "multi", "sort": "desc"}}


def _state_timeline(_: PlannedPanel) -> Json:
    return {
        "alignValue": "left",
        "legend": _legend((), "list"),
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _stat(panel: PlannedPanel) -> Json:
    return {
        "colorMode": "background" if panel.mappings else "value",
        "graphMode": (
            "none" if panel.mappings or any(target.instant for target in panel.targets) else "area"
        ),
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": _reduce(panel.reducer),
        "showPercentChange": False,
        "textMode": "auto",
        "wideLayout": True,
    }


def _gauge(panel: PlannedPanel) -> Json:
    return {
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": _reduce(panel.reducer),
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
    }


def _bargauge(panel: PlannedPanel) -> Json:
    return {
        "displayMode": "basic",
        "legend": _legend((), "list", shown=False),
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": _reduce(panel.reducer),
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
    }


def _table(panel: PlannedPanel) -> Json:
    value = dict(panel.columns).get("Value")
    return {
        "cellHeight": "sm",
        "showHeader": True,
        "sortBy": [{"desc": True, "displayName": value}] if value else [],
    }


def _heatmap(panel: PlannedPanel) -> Json:
    return {
        "calculate": False,  # the histogram's own buckets
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
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": panel.unit, **_limits(panel)},
    }


def _text(panel: PlannedPanel) -> Json:
    return {"content": panel.content, "mode": "markdown"}


_OPTIONS: dict[str, Callable[[PlannedPanel], Json]] = {
    "timeseries": _timeseries,
    "stat": _stat,
    "gauge": _gauge,
    "bargauge": _bargauge,
    "table": _table,
    "heatmap": _heatmap,
    "state-timeline": _state_timeline,
    "text": _text,
}
