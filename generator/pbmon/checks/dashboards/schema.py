"""Checks dashboards and Grafana's provisioning files against JSON Schemas.

The schemas of panels are in `pbmon.panels`, the others in schemas/ beside this module.
"""

from __future__ import annotations

import difflib
import json
import reprlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pbmon.checks.dashboards.parts import Board, kind, name, panels_and_rows
from pbmon.finding import Finding
from pbmon.json_schema import Fits, fitting
from pbmon.panels.kinds import BY_TYPE
from pbmon.source import Source

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


def dashboard_fits_its_schema(board: Board) -> Iterator[Finding]:
    """A dashboard has the settings that Grafana 11 to 13 read, each of its kind, and no others.

    Grafana never complains about a setting. A typing error, a number written as text, or a setting
    of an older version has no effect, and the panel looks as if the setting were missing.

    To fix it: the message names the setting, and what it may be. Files made by pbmon fit; edit the
    definitions.
    """
    yield from misfits(
        "dashboard-fits-its-schema", board.author(), "the dashboard", "dashboard.json", board.json
    )
    for panel in panels_and_rows(board.json):
        type, author = panel.get("type"), board.author(panel)
        if type == "row":
            yield from misfits(
                "dashboard-fits-its-schema", author, name(panel), "dashboard.json#/$defs/row", panel
            )
        elif kind(panel):
            yield from misfits(
                "dashboard-fits-its-schema", author, name(panel), f"panel-{type}.json", panel
            )
        else:
            yield Finding(
                "dashboard-fits-its-schema",
                author,
                f"{name(panel)} has type {type!r}, which is not drawn",
                f"types: {', '.join(BY_TYPE)}",
            )


def misfits(check: str, source: Source, what: str, schema: str, document: Any) -> Iterator[Finding]:
    """A finding for each place where document departs from the schema.

    schema: a file in schemas/, `panel-TYPE.json` for a kind of panel, or a part of one.
    what: name of the document in messages.
    """
    if _fits(schema)(document):
        return
    from jsonschema.exceptions import best_match

    for error in sorted(
        _validator(schema).iter_errors(document), key=lambda error: (error.json_path, error.message)
    ):
        # of several shapes that it may have, what keeps it from the nearest
        problem, help = _message(best_match([error]))
        yield Finding(check, source, f"{what}: {problem}", help)


@cache
def _fits(schema: str) -> Fits:
    """What says whether JSON certainly fits. schema: as misfits() names it."""
    file, _, place = schema.partition("#")
    part: Any = _schemas()[file]
    for key in filter(None, place.split("/")):
        part = part[key]
    return fitting(part, lambda named: _fits(f"{file}{named}" if named[0] == "#" else named))


@cache
def _schemas() -> dict[str, Any]:
    """By the name of the file."""
    stored = files("pbmon.checks.dashboards").joinpath("schemas")
    schemas = {entry.name: json.loads(entry.read_text("utf-8")) for entry in stored.iterdir()}
    of_panels = files("pbmon.panels").joinpath("panel.schema.json").read_text("utf-8")
    schemas["panel.json"] = json.loads(of_panels)
    return schemas | {f"panel-{kind.type}.json": kind.schema for kind in BY_TYPE.values()}


@cache
def _validator(schema: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    registry: Registry[Any] = Registry().with_resources(
        (name, DRAFT202012.create_resource(schema)) for name, schema in _schemas().items()
    )
    return Draft202012Validator({"$ref": schema}, registry=registry)


def _message(error: ValidationError) -> tuple[str, str]:
    """Problem and help of a departure from a schema."""
    place = error.json_path.removeprefix("$").removeprefix(".") or "it"
    instance: Any = error.instance
    value = reprlib.repr(instance)
    schema: Any = error.schema
    allowed: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            properties = sorted(schema.get("properties", ()))
            extra = ", ".join(repr(key) for key in sorted(instance) if key not in properties)
            return (
                f"{place} has {extra}, which is not among its settings",
                f"it has {', '.join(properties) or 'no settings'}",
            )
        case "required":
            missing = error.message.removesuffix(" is a required property")
            return f"{place} has no {missing}, so Grafana guesses it or fails", f"add {missing}"
        case "enum":
            near = (
                allowed
                if len(allowed) <= 12
                else difflib.get_close_matches(str(instance), allowed, 4, 0.4)
            )
            return (
                f"{place} is {value}, which Grafana does not know",
                f"it is one of {', '.join(map(str, near))}",
            )
        case "const":
            return f"{place} is {value}, which does not work here", f"it is {json.dumps(allowed)}"
        case "type":
            kinds = allowed if isinstance(allowed, str) else " or ".join(allowed)
            return f"{place} is {value}, which Grafana misreads", f"it is of type {kinds}"
        case rule:
            return f"{place} is {value}, which is out of bounds", f"{rule} {json.dumps(allowed)}"
