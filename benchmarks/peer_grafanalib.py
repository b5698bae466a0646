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
        id=spec["id"], title=spec["title"], gridPos=core.GridPos(**spec["gridPos"])
    )


def _panel(spec: Json) -> Any:
    defaults = spec["fieldConfig"]["defaults"]
    steps = defaults["thresholds"]["steps"]
    common = {
        "id": spec["id"],
        "title": spec["title"],
        "description": spec["description"],
        "gridPos": core.GridPos(**spec["gridPos"]),
        "dataSource": spec["datasource"],
        "targets": [_target(target) for target in spec["targets"]],
        "thresholds": [
            core.Threshold(step["color"], index, float(step["value"] or 0))
            for index, step in enumerate(steps)
        ],
    }
    if spec["type"] == "stat":
        reduce_calc = spec["options"]["reduceOptions"]["calcs"][0]
        return core.Stat(
            format=defaults["unit"],
            reduceCalc=reduce_calc,
            graphMode=spec["options"]["graphMode"],
            **common,
        )
    custom = defaults["custom"]
    return core.TimeSeries(
        unit=defaults["unit"],
        fillOpacity=custom["fillOpacity"],
        stacking=custom["stacking"],
        thresholdsStyleMode=custom["thresholdsStyle"]["mode"],
        legendDisplayMode=spec["options"]["legend"]["displayMode"],
        legendCalcs=spec["options"]["legend"]["calcs"],
        tooltipMode=spec["options"]["tooltip"]["mode"],
        **common,
    )


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
