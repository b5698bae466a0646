"""Parts of a rendered dashboard. A missing part reads as empty, so no broken file stops a check."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pbmon.artifact import Artifact, Place
from pbmon.panels.kind import Kind
from pbmon.panels.kinds import BY_TYPE, KINDS
from pbmon.source import Source

Json = dict[str, Any]

WITHOUT_VALUES = ("row", *(kind.type for kind in KINDS if not kind.has_values))
"""Types of panels that show no values."""


@dataclass(frozen=True)
class Board:
    """A dashboard: the file, and the JSON that it holds."""

    artifact: Artifact
    json: Json

    def author(self, panel: Json | None = None) -> Source:
        """The author's line behind the panel, or the dashboard; else the file itself."""
        return self.artifact.author(self._places.get(id(panel), ()))

    @cached_property
    def _places(self) -> Mapping[int, Place]:
        """Where in the JSON each panel stands, by its identity."""
        places: dict[int, Place] = {}
        items = self.json.get("panels")
        for index, panel in enumerate(items if isinstance(items, list) else ()):
            places[id(panel)] = ("panels", index)
            inside = panel.get("panels") if isinstance(panel, dict) else None
            for below, inner in enumerate(inside if isinstance(inside, list) else ()):
                places[id(inner)] = ("panels", index, "panels", below)
        for row, line in enumerate(parts(self.json, "rows")):
            for index, panel in enumerate(parts(line, "panels")):
                places[id(panel)] = ("rows", row, "panels", index)
        return places


def read_board(file: Artifact) -> Board | None:
    """The dashboard in a file; None where it holds no JSON object."""
    try:
        content = json.loads(file.text)
    except ValueError:
        return None
    return Board(file, content) if isinstance(content, dict) else None


class Box(NamedTuple):
    """A panel's place on the grid, in columns and in units of 30 pixels."""

    x: int
    y: int
    w: int
    h: int


def part(node: Any, *keys: str) -> Json:
    """The object at node[key][key]..., empty where there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def parts(node: Any, *keys: str) -> list[Json]:
    """The objects of the list at node[key][key]..., empty where there is none."""
    items = part(node, *keys[:-1]).get(keys[-1])
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def text(node: Json, key: str) -> str:
    """The string at node[key], empty where there is none."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def top_level(dashboard: Json) -> list[Json]:
    """Rows, and the panels that stand outside of collapsed ones."""
    return parts(dashboard, "panels")


def panels_and_rows(dashboard: Json) -> Iterator[Json]:
    """Everything that has an id."""
    for panel in top_level(dashboard):
        yield panel
        yield from parts(panel, "panels")


def panels(dashboard: Json) -> Iterator[Json]:
    """Every panel, those in collapsed rows too, without the rows."""
    return (panel for panel in panels_and_rows(dashboard) if panel.get("type") != "row")


def drawn(dashboard: Json) -> Iterator[Json]:
    """Every panel, those in the rows of dashboards older than Grafana 5 too."""
    yield from panels(dashboard)
    for row in parts(dashboard, "rows"):
        yield from parts(row, "panels")


def charts(dashboard: Json) -> Iterator[Json]:
    """Every panel that shows values."""
    return (panel for panel in panels(dashboard) if panel.get("type") not in WITHOUT_VALUES)


def kind(panel: Json) -> Kind[Any] | None:
    """The panel's kind, None where its type is not one of them."""
    return BY_TYPE.get(text(panel, "type"))


def name(panel: Json) -> str:
    """What to call the panel in a message."""
    title = repr(text(panel, "title") or panel.get("id"))
    return f"{'row' if panel.get('type') == 'row' else 'panel'} {title}"


def box(panel: Json) -> Box | None:
    """Where the panel is; None where its gridPos is not four whole numbers."""
    position = part(panel, "gridPos")
    numbers = [number for key in Box._fields if isinstance(number := position.get(key), int)]
    return Box(*numbers) if len(numbers) == len(Box._fields) else None
