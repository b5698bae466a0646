"""Takes dashboards apart: panels and what they ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pbmon.artifact import Artifact, Place
from pbmon.audit.dashboards_v2 import classic, is_v2
from pbmon.audit.documents import Document
from pbmon.audit.expressions import Expression
from pbmon.audit.recognition import Part
from pbmon.audit.variables import Variable, asked, is_logql, names_outside, variables_of
from pbmon.checks.dashboards.parts import Board, Json, name, part, parts, text
from pbmon.source import Source

PROMETHEUS = frozenset(
    {
        "prometheus",
        "grafana-amazonprometheus-datasource",
        "grafana-azureprometheus-datasource",
    }
)
"""Types of data sources that are asked in PromQL."""

_OF_NO_SERVER = frozenset({"-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana", "mixed"})
_LABEL_VALUES = re.compile(
    r"\s*label_values\(\s*(?:(.+),\s*)?(?:[a-zA-Z_$]\w*|\$\{\w+\})\s*\)\s*", re.DOTALL
)
_QUERY_RESULT = re.compile(r"\s*query_result\((.+)\)\s*", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Query:
    """What a dashboard asks a Prometheus. where: its place in messages. panel: None for a variable
    or an annotation. ranged: whether it is asked over time. legend: the name of its series; empty
    where a reader of the dashboard chooses by what they are grouped.
    """

    where: str
    text: str
    expression: Expression
    document: Document
    place: Place
    panel: Json | None = None
    ranged: bool = True
    legend: str = ""

    @cached_property
    def source(self) -> Source:
        """Its line."""
        return self.document.source(*self.place)


@dataclass(frozen=True, eq=False)
class Dashboard:
    """board: as the checks of dashboards read it, in the words of the first schema."""

    document: Document
    board: Board
    variables: Mapping[str, Variable]
    queries: tuple[Query, ...]


class _Sources(Mapping[Place, Source]):
    """The line of every part of a dashboard, found when somebody asks."""

    def __init__(self, document: Document, top: Place, moved: Mapping[Place, Place]) -> None:
        self._document, self._top, self._moved = document, top, moved

    def __getitem__(self, place: Place) -> Source:
        return self._document.source(*in_file(place, self._top, self._moved))

    def __iter__(self) -> Iterator[Place]:
        return iter(self._moved)

    def __len__(self) -> int:
        return len(self._moved)


def in_file(place: Place, top: Place, moved: Mapping[Place, Place]) -> Place:
    """Where a part of a dashboard stands. top: the dashboard. moved: what the first schema has
    elsewhere.
    """
    for end in range(len(place), 0, -1):
        if place[:end] in moved:
            return (*top, *moved[place[:end]], *place[end:])
    return (*top, *place)


def dashboard_of(found: Part) -> Dashboard:
    """The dashboard of a part."""
    json, moved = classic(found.data) if is_v2(found.data) else (found.data, {})
    document = found.document
    artifact = Artifact(document.file, "", _Sources(document, found.place, moved))
    variables = variables_of(json)
    queries = tuple(_queries(json, document, found.place, moved, variables))
    return Dashboard(document, Board(artifact, json), variables, queries)


def source_type(asking: Json, panel: Json, dashboard: Json) -> str:
    """The type of the data source that is asked; empty where the dashboard does not tell."""
    source = asking.get("datasource") or panel.get("datasource")
    if isinstance(source, dict):
        if type_ := text(source, "type"):
            return type_
        source = source.get("uid")
    if not isinstance(source, str):
        return ""
    if source in _OF_NO_SERVER:
        return "grafana"
    called = source.strip("${}")
    for each in parts(dashboard, "templating", "list"):
        if text(each, "name") == called and each.get("type") == "datasource":
            return text(each, "query")
    for each in parts(dashboard, "__inputs"):
        if text(each, "name") == called:
            return text(each, "pluginId")
    return ""


def asks_prometheus(asking: Json, panel: Json, dashboard: Json, query: str) -> bool:
    """Whether a query is one of Prometheus."""
    type_ = source_type(asking, panel, dashboard)
    return type_ in PROMETHEUS or (not type_ and not is_logql(query))


def panels_at(dashboard: Json) -> Iterator[tuple[Place, Json]]:
    """Every panel and its place, those in rows too."""
    for row, inner in enumerate(parts(dashboard, "rows")):
        for number, panel in enumerate(parts(inner, "panels")):
            yield ("rows", row, "panels", number), panel
    for number, panel in enumerate(parts(dashboard, "panels")):
        if panel.get("type") != "row":
            yield ("panels", number), panel
        for below, inner in enumerate(parts(panel, "panels")):
            yield ("panels", number, "panels", below), inner


def _queries(
    dashboard: Json,
    document: Document,
    top: Place,
    moved: Mapping[Place, Place],
    variables: dict[str, Variable],
) -> Iterator[Query]:
    for place, panel in panels_at(dashboard):
        for number, target in enumerate(parts(panel, "targets")):
            query = text(target, "expr")
            if not query.strip() or target.get("hide") is True:
                continue
            if asks_prometheus(target, panel, dashboard, query):
                letter = text(target, "refId")
                yield Query(
                    f"{name(panel)}, query {letter}" if letter else name(panel),
                    query,
                    asked(query, variables),
                    document,
                    in_file((*place, "targets", number, "expr"), top, moved),
                    panel,
                    target.get("instant") is not True or target.get("range") is True,
                    "" if names_outside(query, variables) else text(target, "legendFormat"),
                )
    for number, annotation in enumerate(parts(dashboard, "annotations", "list")):
        query = text(annotation, "expr")
        if query.strip() and asks_prometheus(annotation, {}, dashboard, query):
            yield Query(
                f"annotation {text(annotation, 'name')!r}",
                query,
                asked(query, variables),
                document,
                in_file(("annotations", "list", number, "expr"), top, moved),
            )
    for number, variable in enumerate(parts(dashboard, "templating", "list")):
        query = _of_variable(variable)
        if query and asks_prometheus(variable, {}, dashboard, query):
            yield Query(
                f"variable {text(variable, 'name')!r}",
                query,
                asked(query, variables),
                document,
                in_file(("templating", "list", number, "query"), top, moved),
                ranged=False,
            )


def _of_variable(variable: Json) -> str:
    """The PromQL in a variable; empty where it has none, as in label_values(cluster)."""
    if variable.get("type") != "query":
        return ""
    query = text(variable, "query") or text(part(variable, "query"), "query")
    match = _LABEL_VALUES.fullmatch(query) or _QUERY_RESULT.fullmatch(query)
    return (match[1] or "").strip() if match else ""
