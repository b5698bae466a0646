"""Grafana dashboards as classic JSON at schemaVersion 42, which Grafana 11 to 13 load without
migrating it.

What each kind of panel adds is in `pbmon.panels`. grafanalib is the object model. Its own JSON is
Grafana 6's, so panels and queries are subclassed, and one pass over the result leaves out what
Grafana has forgotten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, assert_never

from grafanalib import core

from pbmon.panels.kind import Json, PlannedPanel, Target
from pbmon.plan.dashboards import Annotation, PlannedDashboard, PlannedRow, Variable

# https://github.com/grafana/grafana/blob/main/apps/dashboard/pkg/migration/schemaversion/migrations.go
SCHEMA_VERSION = 42
# Grafana treats a panel without a version as one of 6.1, and rewrites its options on loading.
PLUGIN_VERSION = "11.0.0"
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
BUILT_IN_ANNOTATIONS = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class AnyPanel(core.Panel):  # type: ignore[misc]  # grafanalib has no types
    """A panel of any type; extraJson holds what its type adds, in place of grafanalib's guesses.

    raw: what the author lays over all of it.
    """

    raw: Mapping[str, Any] = MappingProxyType({})

    def to_json_data(self) -> Json:
        return _laid_over({**self.panel_json({}), **self.extraJson}, self.raw)


class Query(core.Target):  # type: ignore[misc]
    """A Prometheus query as today's editor stores it."""

    def to_json_data(self) -> Json:
        return {
            **({"interval": self.interval} if self.interval else {}),
            "datasource": self.datasource,
            "editorMode": "code",
            "exemplar": False,
            "expr": self.expr,
            "format": self.format,
            "instant": self.instant,
            "legendFormat": self.legendFormat,
            "range": not self.instant,
            "refId": self.refId,
        }


# What only older Grafanas read, by grafanalib class. Facts left at None go too.
_OF_PANELS = {"editable", "error", "hideTimeOverride"}
LEFTOVERS = {
    core.Dashboard: {
        "__inputs",
        "hideControls",
        "rows",
        "sharedCrosshair",
        "style",
        "timepicker",
        "version",
    },
    core.RowPanel: (
        _OF_PANELS
        | {
            "fieldConfig",
            "links",
            "maxDataPoints",
            "targets",
            "transformations",
            "transparent",
        }
    ),
    core.Template: {"auto", "auto_count", "auto_min", "useTags"},
    AnyPanel: _OF_PANELS,
}


def render_dashboard(dashboard: PlannedDashboard) -> Json:
    """The dashboard as Grafana's classic JSON, of plain dicts, lists and scalars; equal parts may
    be one object.
    """
    panels: list[Any] = []
    for row in dashboard.rows:
        panels += _row(row)
    rendered: Json = _modern(
        core.Dashboard(
            title=dashboard.title,
            uid=dashboard.uid,
            description=dashboard.description,
            tags=list(dashboard.tags),
            panels=panels,
            templating=core.Templating([_variable(variable) for variable in dashboard.variables]),
            annotations=core.Annotations(
                [BUILT_IN_ANNOTATIONS, *map(_annotation, dashboard.annotations)]
            ),
            links=[_related(dashboard.links_tag)] if dashboard.links_tag else [],
            refresh=dashboard.refresh,
            time=core.Time(dashboard.time_from, "now"),
            timezone=dashboard.timezone,
            editable=False,  # Grafana would lose an edit at the next build
            graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
            schemaVersion=SCHEMA_VERSION,
        )
    )
    return rendered


def dashboard_text(dashboard: PlannedDashboard) -> str:
    """Its JSON: keys sorted, two spaces, valid UTF-8.

    Raises ValueError where a limit, a threshold or a mapping is not a finite number, which JSON
    cannot hold.
    """
    text = json.dumps(
        render_dashboard(dashboard), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False
    )
    return LONE_SURROGATE.sub(_escaped, text) + "\n"


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _laid_over(below: Json, above: Mapping[str, Any]) -> Json:
    """The JSON with every setting of another; objects are merged, everything else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        under = below.get(key)
        if isinstance(under, dict) and isinstance(value, Mapping):
            merged[key] = _laid_over(under, value)
        else:
            merged[key] = value
    return merged


def _modern(node: Any) -> Any:
    """Plain JSON of a grafanalib object, without what only older Grafanas read."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not hasattr(node, "to_json_data"):
        return node
    content = node.to_json_data()
    leftovers = LEFTOVERS.get(type(node), ())
    return {
        key: _modern(value)
        for key, value in content.items()
        if value is not None and key not in leftovers
    }


def _row(row: PlannedRow) -> list[Any]:
    panels = [_panel(panel) for panel in row.panels]
    inside, after = (panels, []) if row.collapsed else ([], panels)
    heading = core.RowPanel(
        id=row.id,
        title=row.title,
        gridPos=_grid(row),
        collapsed=row.collapsed,
        panels=inside,
        repeat=core.Repeat(variable=row.repeat or None),
    )
    return [heading, *after]


def _grid(item: PlannedRow | PlannedPanel[Any]) -> core.GridPos:
    return core.GridPos(h=item.grid.h, w=item.grid.w, x=item.grid.x, y=item.grid.y)


def _panel(panel: PlannedPanel[Any]) -> AnyPanel:
    kind = panel.kind
    rendered = AnyPanel(
        id=panel.id,
        title=panel.title,
        description=panel.definition.description,
        gridPos=_grid(panel),
        dataSource=DATASOURCE if kind.has_values else None,
        targets=[_query(target, panel.interval) for target in panel.targets],
        interval=panel.interval or None,
        maxDataPoints=kind.max_points,
        repeat=_repeat(panel),
        transformations=kind.transformations(panel),
        extraJson={
            "type": kind.type,
            "pluginVersion": PLUGIN_VERSION,
            "options": kind.options(panel),
            "fieldConfig": kind.field_config(panel) if kind.field_config else None,
        },
    )
    rendered.raw = panel.definition.raw
    return rendered


def _repeat(panel: PlannedPanel[Any]) -> core.Repeat:
    definition = panel.definition
    if definition.repeat is None:
        return core.Repeat()
    return core.Repeat(variable=definition.repeat.name, direction="h", maxPerRow=definition.per_row)


def _query(target: Target, interval: str) -> Query:
    return Query(
        interval=interval,
        refId=target.ref_id,
        expr=target.expr,
        legendFormat=target.legend,
        instant=target.instant,
        format=target.format,
        datasource=DATASOURCE,
    )


def _variable(variable: Variable) -> core.Template:
    is_query = variable.kind == "query"
    template = core.Template(
        name=variable.name,
        label=variable.label,
        type=variable.kind,
        query=variable.query,
        dataSource=DATASOURCE if is_query else None,
        refresh=core.REFRESH_ON_TIME_RANGE_CHANGE if is_query else core.REFRESH_ON_DASHBOARD_LOAD,
        regex="",
        multi=variable.several,
        includeAll=variable.several,
        options=[{"selected": False, "text": text, "value": text} for text in variable.values],
    )
    template._current = _current(variable)
    return template


def _current(variable: Variable) -> Json | None:
    """What is chosen at first. None lets Grafana choose the first value; it would show an empty one
    as a choice.
    """
    if variable.several:
        return {"selected": True, "text": ["All"], "value": ["$__all"]}
    match variable.kind:
        case "custom":
            return {"selected": True, "text": variable.values[0], "value": variable.values[0]}
        case "textbox":
            return {"selected": True, "text": variable.query, "value": variable.query}
        case "datasource" | "query":
            return None
        case _:
            assert_never(variable.kind)


def _annotation(annotation: Annotation) -> Json:
    return {
        "datasource": DATASOURCE,
        "enable": True,
        "expr": annotation.expr,
        "hide": False,
        "iconColor": annotation.color,
        "name": annotation.name,
        "textFormat": annotation.text,
        "titleFormat": annotation.title,
    }


def _related(tag: str) -> core.DashboardLink:
    return core.DashboardLink(
        title="Related dashboards", type="dashboards", tags=[tag], includeVars=True
    )
