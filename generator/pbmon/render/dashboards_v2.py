"""Dashboards as resources of `dashboard.grafana.app/v2`, which Grafana 13 saves and Git Sync keeps.

They are made of the classic JSON, as Grafana itself migrates it:
https://github.com/grafana/grafana/tree/main/apps/dashboard/pkg/migration/conversion
"""

from __future__ import annotations

import json
from typing import Any

from pbmon.panels.kind import Json

API_VERSION = "dashboard.grafana.app/v2"
_CURSOR_SYNC = ("Off", "Crosshair", "Tooltip")
_HIDE = ("dontHide", "hideLabel", "hideVariable")
_REFRESH = ("never", "onDashboardLoad", "onTimeRangeChanged")
_SORT = ("disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc")
"""By the number that stands for each in the classic JSON."""
_ELSEWHERE = frozenset({"builtIn", "datasource", "enable", "hide", "iconColor", "name", "type"})
"""Facts of an annotation that have a place of their own; others keep their names."""


def resource_text(classic: str) -> str:
    """The resource of a classic dashboard: keys sorted, two spaces. classic: its JSON."""
    made = resource(json.loads(classic))
    return json.dumps(made, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def resource(board: Json) -> Json:
    """The resource of a dashboard whose panels stand in rows, open or collapsed."""
    rows: list[tuple[Json, list[Json]]] = []
    for panel in board["panels"]:
        if panel["type"] == "row":
            rows.append((panel, list(panel["panels"])))
        else:
            rows[-1][1].append(panel)
    elements = {_element(panel): _panel(panel) for _, panels in rows for panel in panels}
    return {
        "apiVersion": API_VERSION,
        "kind": "Dashboard",
        "metadata": {"name": board["uid"]},
        "spec": {
            "annotations": [_annotation(each) for each in board["annotations"]["list"]],
            "cursorSync": _CURSOR_SYNC[board["graphTooltip"]],
            "description": board["description"],
            "editable": board["editable"],
            "elements": elements,
            "layout": _kind("RowsLayout", {"rows": [_row(row, below) for row, below in rows]}),
            "links": board["links"],
            "liveNow": False,
            "preload": False,
            "tags": board["tags"],
            "timeSettings": {
                "autoRefresh": board["refresh"],
                "from": board["time"]["from"],
                "timezone": board["timezone"],
                "to": board["time"]["to"],
            },
            "title": board["title"],
            "variables": [_variable(each) for each in board["templating"]["list"]],
        },
    }


def _kind(kind: str, spec: Json) -> Json:
    return {"kind": kind, "spec": spec}


def _element(panel: Json) -> str:
    return f"panel-{panel['id']}"


def _row(row: Json, panels: list[Json]) -> Json:
    top = min((panel["gridPos"]["y"] for panel in panels), default=0)
    items = [_kind("GridLayoutItem", _item(panel, top)) for panel in panels]
    spec = {
        "collapse": row["collapsed"],
        "layout": _kind("GridLayout", {"items": items}),
        "title": row["title"],
    }
    repeat = {"repeat": {"mode": "variable", "value": row["repeat"]}} if "repeat" in row else {}
    return _kind("RowsLayoutRow", spec | repeat)


def _item(panel: Json, top: int) -> Json:
    grid = panel["gridPos"]
    place = {
        "element": {"kind": "ElementReference", "name": _element(panel)},
        "height": grid["h"],
        "width": grid["w"],
        "x": grid["x"],
        "y": grid["y"] - top,
    }
    if "repeat" not in panel:
        return place
    repeat = {
        "direction": panel["repeatDirection"],
        "maxPerRow": panel["maxPerRow"],
        "mode": "variable",
        "value": panel["repeat"],
    }
    return place | {"repeat": repeat}


def _panel(panel: Json) -> Json:
    spec: Json = {
        "data": _kind("QueryGroup", _queries(panel)),
        "description": panel.get("description", ""),
        "id": panel["id"],
        "links": panel.get("links", []),
        "title": panel["title"],
        "vizConfig": {
            "group": panel["type"],
            "kind": "VizConfig",
            "spec": {
                "fieldConfig": panel.get("fieldConfig", {"defaults": {}, "overrides": []}),
                "options": panel["options"],
            },
            "version": panel["pluginVersion"],
        },
    }
    return _kind("Panel", spec | _those(panel, "transparent"))


def _queries(panel: Json) -> Json:
    return {
        "queries": [
            _kind(
                "PanelQuery",
                {
                    "hidden": target.get("hide", False),
                    "query": _query(target["datasource"], _without(target, "datasource", "refId")),
                    "refId": target["refId"],
                },
            )
            for target in panel.get("targets", ())
        ],
        "queryOptions": _those(panel, "interval", "maxDataPoints"),
        "transformations": [
            {"group": step["id"], "kind": "Transformation", "spec": _without(step, "id")}
            for step in panel.get("transformations", ())
        ],
    }


def _query(datasource: Json, spec: Json) -> Json:
    return {
        "datasource": {"name": datasource["uid"]},
        "group": datasource["type"],
        "kind": "DataQuery",
        "spec": spec,
        "version": "v0",
    }


def _annotation(annotation: Json) -> Json:
    own = _without(annotation, *_ELSEWHERE)
    spec = _those(annotation, "enable", "hide", "iconColor", "name") | {
        "builtIn": bool(annotation.get("builtIn")),
        "query": _query(annotation["datasource"], {}),
    }
    return _kind("AnnotationQuery", spec | ({"legacyOptions": own} if own else {}))


def _variable(variable: Json) -> Json:
    choice = _those(variable, "current", "includeAll", "multi", "options")
    shared = _those(variable, "label", "name") | {"hide": _HIDE[variable["hide"]]}
    match variable["type"]:
        case "query":
            asked = {"query": variable["query"], "refId": "StandardVariableQuery"}
            spec = {
                "query": _query(variable["datasource"], asked),
                "refresh": _REFRESH[variable["refresh"]],
                "regex": variable["regex"],
                "sort": _SORT[variable["sort"]],
            }
            return _kind("QueryVariable", shared | choice | spec)
        case "datasource":
            spec = {
                "pluginId": variable["query"],
                "refresh": _REFRESH[variable["refresh"]],
                "regex": variable["regex"],
            }
            return _kind("DatasourceVariable", shared | choice | spec)
        case "custom":
            return _kind("CustomVariable", shared | choice | {"query": variable["query"]})
        case "textbox":
            text = _those(variable, "current") | {"query": variable["query"]}
            return _kind("TextVariable", shared | text)
        case kind:
            raise ValueError(f"no variable of type {kind!r} is rendered")


def _those(facts: Json, *names: str) -> Json:
    return {name: facts[name] for name in names if name in facts}


def _without(facts: Json, *names: str) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}
