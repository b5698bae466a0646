"""What a document is, by what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pbmon.artifact import Place
from pbmon.audit.documents import Document, documents_of
from pbmon.audit.yaml_reading import Mapping

Kind = Literal["rules", "dashboard", "prometheus.yml", "alertmanager.yml"]

_DEEPEST = 3
"""Objects that hold texts that hold objects."""
_OF_OTHERS = frozenset({"tests", "clients", "positions"})
"""Keys of promtool's rule tests and of Promtail, which have words of Prometheus's, too."""
_DASHBOARD_KEYS = frozenset(
    {"schemaVersion", "templating", "annotations", "time", "uid", "editable", "timezone"}
)


@dataclass(frozen=True, eq=False)
class Part:
    """Something that pbmon knows, in a document. place: the way to it; of rules, to the list of
    their groups.
    """

    kind: Kind
    document: Document
    place: Place
    data: Any


def parts(document: Document, depth: int = 0) -> Iterator[Part]:
    """All that is known in a document; nothing where it is something else.

    Raises Unreadable for a text within it that is no YAML or JSON though its name says so.
    """
    yield from _parts(document, (), document.data, depth)


def _parts(document: Document, place: Place, data: Any, depth: int) -> Iterator[Part]:
    if not isinstance(data, dict):
        return
    spec = data.get("spec")
    match data.get("kind"):
        case "List" | "PrometheusRuleList" | "ConfigMapList" if isinstance(data.get("items"), list):
            for number, item in enumerate(data["items"]):
                yield from _parts(document, (*place, "items", number), item, depth)
        case "ConfigMap":
            yield from _in_texts(document, data.get("data"), depth)
        case "PrometheusRule" if isinstance(spec, dict):
            yield from _groups(document, (*place, "spec"), spec)
        case "GrafanaDashboard" if isinstance(spec, dict):
            yield from _in_texts(document, spec, depth, ("json",))
        case "Dashboard" if isinstance(spec, dict):
            yield Part("dashboard", document, (*place, "spec"), spec)
        case _:
            yield from _plain(document, place, data)


def _plain(document: Document, place: Place, data: dict[str, Any]) -> Iterator[Part]:
    inner = data.get("dashboard")
    if isinstance(data.get("groups"), list):
        yield from _groups(document, place, data)
    elif _is_prometheus(data):
        yield Part("prometheus.yml", document, place, data)
    elif isinstance(data.get("route"), dict) and "receivers" in data:
        yield Part("alertmanager.yml", document, place, data)
    elif _is_dashboard(data):
        yield Part("dashboard", document, place, data)
    elif isinstance(inner, dict) and _is_dashboard(inner):
        yield Part("dashboard", document, (*place, "dashboard"), inner)
    elif data and all(map(_are_groups, data.values())):  # Mimir's rules, by namespace
        for name, groups in data.items():
            yield Part("rules", document, (*place, name), groups)


def _groups(document: Document, place: Place, data: dict[str, Any]) -> Iterator[Part]:
    groups = data.get("groups")
    if isinstance(groups, list) and (not groups or any(map(_is_group, groups))):
        yield Part("rules", document, (*place, "groups"), groups)


def _are_groups(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_group, value))


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) and "name" in value and ("rules" in value or "interval" in value)


def _is_prometheus(data: dict[str, Any]) -> bool:
    if not _OF_OTHERS.isdisjoint(data):
        return False
    configured = "rule_files" in data and not {"global", "alerting"}.isdisjoint(data)
    return configured or not {"scrape_configs", "scrape_config_files"}.isdisjoint(data)


def _is_dashboard(data: dict[str, Any]) -> bool:
    if isinstance(data.get("elements"), dict) and isinstance(data.get("layout"), dict):
        return True  # the v2 schema
    drawn = data.get("panels", data.get("rows"))
    return isinstance(drawn, list) and "title" in data and not _DASHBOARD_KEYS.isdisjoint(data)


def _in_texts(
    document: Document, data: Any, depth: int, names: tuple[str, ...] = ()
) -> Iterator[Part]:
    """What stands in texts of a mapping. names: of the only ones to read."""
    if depth >= _DEEPEST or not isinstance(data, dict):
        return
    for name, text in data.items():
        if isinstance(text, str) and text and (not names or name in names):
            for inner in _inner(document, data, name, text):
                yield from parts(inner, depth + 1)


def _inner(document: Document, data: dict[str, Any], name: str, text: str) -> Iterator[Document]:
    if not (text.lstrip().startswith("{") or name.endswith((".yml", ".yaml", ".rules", ".json"))):
        return
    if isinstance(data, Mapping) and name in data.blocks:
        yield from documents_of(text, document.file, data.blocks[name])
    else:
        line = data.keys_at[name] if isinstance(data, Mapping) else 1
        yield from documents_of(text, document.file, line, flat=True)
