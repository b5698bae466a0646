"""Dashboards by grafanalib alone, as its own generate-dashboard writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from grafanalib import core
from grafanalib._gen import DashboardEncoder
from peers import specs as prepare

__all__ = ["prepare", "render"]

Json = dict[str, Any]


def render(specs: Sequence[Json]) -> list[str]:
    """Their JSON, keys sorted, two spaces."""
    return [
        json.dumps(_dashboard(spec).to_json_data(), sort_keys=True, indent=2, cls=DashboardEncoder)
        for spec in specs
    ]


def _dashboard(spec: Json) -> Any:
    return core.Dashboard(
        title=spec["title"],
        uid=spec["uid"],
        description=spec["description"],
        tags=spec["tags"],
        panels=[
            _row(panel) if panel["type"] == "row" else _panel(panel) for panel in spec["panels"]
        ],
        templating=core.Templating(
            [_variable(variable) for variable in spec["templating"]["list"]]
        ),
        annotations=core.Annotations(spec["annotations"]["list"]),
        links=[
            core.DashboardLink(title=link["title"], type=link["type"], tags=link["tags"])
            for link in spec["links"]
        ],
        refresh=spec["refresh"],
        time=core.Time(spec["time"]["from"], spec["time"]["to"]),
    )


def _row(spec: Json) -> Any:
    return core.RowPanel(
        id=spec["id"],
        title=spec["title"],
        gridPos=core.GridPos(**spec["gridPos"]),
        collapsed=spec["collapsed"],
        panels=[_panel(panel) for panel in spec["panels"]],
    )


def _defaults(spec: Json) -> Json:
    """How values are shown; nothing of a panel that has none."""
    defaults: Json = spec.get("fieldConfig", {}).get("defaults", {})
    return defaults


def _panel(spec: Json) -> Any:
    defaults, options = _defaults(spec), spec.get("options", {})
    common = {
        "id": spec["id"],
        "title": spec["title"],
        "description": spec.get("description", ""),
        "gridPos": core.GridPos(**spec["gridPos"]),
    }
    if spec["type"] == "text":
        return core.Text(mode=options["mode"], content=options["content"], **common)
    common |= {
        "dataSource": spec["datasource"],
        "targets": [_target(target) for target in spec["targets"]],
    }
    if spec["type"] == "heatmap":
        return core.Heatmap(**common)
    thresholds = [
        core.Threshold(step["color"], index, float(step["value"] or 0))
        for index, step in enumerate(defaults.get("thresholds", {}).get("steps", ()))
    ]
    if spec["type"] == "table":
        return core.Table(unit=defaults.get("unit", ""), thresholds=thresholds, **common)
    if spec["type"] == "state-timeline":
        return core.StateTimeline(thresholds=thresholds, **common)
    if spec["type"] in _OF_ONE_VALUE:
        return _OF_ONE_VALUE[spec["type"]](
            format=defaults.get("unit", ""), thresholds=thresholds, **_reduced(spec), **common
        )
    custom = defaults["custom"]
    return core.TimeSeries(
        unit=defaults.get("unit", ""),
        thresholds=thresholds,
        fillOpacity=custom["fillOpacity"],
        stacking=custom.get("stacking", {}),
        thresholdsStyleMode=custom["thresholdsStyle"]["mode"],
        legendDisplayMode=options["legend"]["displayMode"],
        legendCalcs=options["legend"]["calcs"],
        tooltipMode=options["tooltip"]["mode"],
        **common,
    )


_OF_ONE_VALUE = {"stat": core.Stat, "gauge": core.GaugePanel, "bargauge": core.BarGauge}


def _reduced(spec: Json) -> Json:
    """What makes one value of a series, as each kind of panel calls it."""
    calc = spec["options"]["reduceOptions"]["calcs"][0]
    if spec["type"] == "stat":
        return {"reduceCalc": calc, "graphMode": spec["options"]["graphMode"]}
    return {"calc": calc}


def _target(spec: Json) -> Any:
    return core.Target(
        expr=spec["expr"],
        legendFormat=spec["legendFormat"],
        refId=spec["refId"],
        instant=spec["instant"],
        datasource=spec["datasource"],
    )


def _variable(spec: Json) -> Any:
    return core.Template(
        name=spec["name"],
        label=spec["label"],
        type=spec["type"],
        query=spec["query"],
        dataSource=spec.get("datasource"),
        refresh=spec["refresh"],
        multi=spec["multi"],
        includeAll=spec["includeAll"],
    )
