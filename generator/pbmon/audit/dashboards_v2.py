"""Dashboards of Grafana's second schema, in the words of the first.

https://github.com/grafana/grafana/tree/main/apps/dashboard/kinds
"""

from __future__ import annotations

from pbmon.artifact import Place
from pbmon.checks.dashboards.parts import Json, part, parts, text

Places = dict[Place, Place]
"""Where a part stands in the file, by its place in the first schema."""


def is_v2(spec: Json) -> bool:
    """Whether a dashboard is of the second schema."""
    return isinstance(spec.get("elements"), dict)


def classic(spec: Json) -> tuple[Json, Places]:
    """What checks read of the dashboard: panels with queries, transformations and settings of
    fields, variables and annotations. Layout is left out.
    """
    places: Places = {}
    panels: list[Json] = []
    for name, element in part(spec, "elements").items():
        inner = part(element, "spec")
        if not isinstance(element, dict) or element.get("kind") != "Panel":
            continue
        place: Place = ("panels", len(panels))
        places[place] = ("elements", name)
        targets = []
        for number, query in enumerate(parts(inner, "data", "spec", "queries")):
            where: Place = ("elements", name, "spec", "data", "spec", "queries", number)
            places[*place, "targets", number] = (*where, "spec", "query", "spec")
            targets.append(_target(part(query, "spec")))
        visual = part(inner, "vizConfig")
        panels.append(
            {
                "title": text(inner, "title"),
                "type": text(visual, "group") or text(visual, "kind"),
                "targets": targets,
                "fieldConfig": part(visual, "spec", "fieldConfig"),
                "options": part(visual, "spec", "options"),
                "links": parts(inner, "links"),
                "transformations": [
                    {"id": text(step, "group") or text(step, "kind"), **part(step, "spec")}
                    for step in parts(inner, "data", "spec", "transformations")
                ],
            }
        )
    variables = [
        {**part(variable, "spec"), "type": _type(text(variable, "kind"))}
        for variable in parts(spec, "variables")
    ]
    for number, variable in enumerate(variables):
        places["templating", "list", number] = ("variables", number, "spec")
        query = part(variable, "query")
        if query:
            variable["query"] = part(query, "spec").get("query", part(query, "spec"))
            variable["datasource"] = _datasource(query, variable)
        if variable["type"] == "datasource":
            variable["query"] = text(variable, "pluginId")
    return {
        "title": text(spec, "title"),
        "panels": panels,
        "templating": {"list": variables},
        "links": parts(spec, "links"),
    }, places


def _target(spec: Json) -> Json:
    query = part(spec, "query")
    return {
        **part(query, "spec"),
        "refId": text(spec, "refId"),
        "hide": spec.get("hidden") is True,
        "datasource": _datasource(query, spec),
    }


def _datasource(query: Json, around: Json) -> Json:
    """Its type is the query's group, or in the first versions of the schema its kind."""
    kind = text(query, "group") or text(query, "kind")
    named = part(query, "datasource") or part(around, "datasource")
    return {"type": kind, "uid": text(named, "name") or text(named, "uid")}


def _type(kind: str) -> str:
    """`QueryVariable` is `query`."""
    return kind.removesuffix("Variable").lower()
