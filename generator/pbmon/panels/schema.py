"""JSON Schemas of panels. What all types share is in panel.schema.json, named `panel.json` here.

Each kind says what its options and its field settings (`custom`) hold, no more and no less than it
writes or an author may add by hand. Source: Grafana's published schemas, `panelcfg.cue` in
https://github.com/grafana/grafana/tree/main/public/app/plugins/panel .
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pbmon.panels.kind import Json


def shared(name: str) -> Json:
    """A part that several types share: `legend`, `tooltip`, `reduceOptions`, `hideFrom` …"""
    return {"$ref": f"panel.json#/$defs/{name}"}


def whole(lowest: int, highest: int | None = None) -> Json:
    """A whole number."""
    bounds = {"minimum": lowest} | ({} if highest is None else {"maximum": highest})
    return {"type": "integer", **bounds}


def fields(properties: Json, required: Sequence[str] = ()) -> Json:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


BOOLEAN: Json = {"type": "boolean"}
NUMBER: Json = {"type": "number"}
TEXT: Json = {"type": "string"}
SHARE: Json = {"type": "number", "minimum": 0, "maximum": 1}
VISIBILITY: Json = {"enum": ["auto", "never", "always"]}
STACKING: Json = {"enum": ["none", "normal", "percent"]}
THRESHOLDS_STYLE: Json = fields(
    {"mode": {"enum": ["off", "line", "dashed", "area", "line+area", "dashed+area"]}}, ["mode"]
)


def without_values(type: str, options: Json) -> Json:
    """Of a panel that shows no values."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Panel of type {type}",
        "$ref": "panel.json#/$defs/panel",
        "properties": {"options": options},
    }


def with_values(type: str, options: Json, custom: Json, target: Json | None = None) -> Json:
    """Of a panel that shows values. target: what its queries must hold beside the usual."""
    properties: dict[str, Any] = {
        "fieldConfig": {"properties": {"defaults": {"properties": {"custom": custom}}}},
        "options": options,
    }
    if target:
        properties["targets"] = {"items": {"properties": target}}
    return without_values(type, options) | {
        "required": ["datasource", "fieldConfig", "targets"],
        "properties": properties,
    }
