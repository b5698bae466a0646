"""Field overrides: series and columns that a panel shows in another way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from pbmon.model.overrides import AnyOverride, Line, Override
from pbmon.model.query import Query
from pbmon.model.standard_options import Mapped, ValueMapping, pattern_of
from pbmon.panels.kind import Json, PlannedPanel, Step

_DASHES = [10, 10]
"""Pixels drawn and left out, as Grafana's editor sets them."""


def overrides(panel: PlannedPanel[Any], differing: tuple[AnyOverride, ...]) -> list[Json]:
    """`fieldConfig.overrides`, in the author's order: Grafana lets the last one win."""
    return [
        {
            "matcher": _matcher(panel, one.of),
            "properties": [{"id": id, "value": value} for id, value in _properties(one)],
        }
        for one in differing
    ]


def thresholds(steps: tuple[Step, ...]) -> Json:
    """Colours by value."""
    return {
        "mode": "absolute",
        "steps": [{"color": step.color, "value": step.value} for step in steps],
    }


def mapped(mappings: tuple[ValueMapping, ...]) -> list[Json]:
    """Texts and colours in place of values: one object for all plain values and texts, one for each
    pattern, range, and for what has no value.
    """
    plain: Json = {}
    others: list[Json] = []
    for index, (of, text, color) in enumerate(mappings):
        result = {"color": color, "index": index, "text": text}
        if (key := _plain(of)) is None:
            others.append(_other(of, result))
        else:
            plain[key] = result
    return [*([{"type": "value", "options": plain}] if plain else []), *others]


def _plain(of: Mapped) -> str | None:
    match of:
        case str():
            return of if pattern_of(of) is None else None
        case None | (_, _):
            return None
        case number:
            return repr(float(number)).removesuffix(".0")


def _other(of: Mapped, result: Json) -> Json:
    match of:
        case str():
            return {"type": "regex", "options": {"pattern": of, "result": result}}
        case (low, high):
            return {"type": "range", "options": {"from": low, "result": result, "to": high}}
        case _:
            return {"type": "special", "options": {"match": "null+nan", "result": result}}


def _matcher(panel: PlannedPanel[Any], of: str | Query) -> Json:
    match of:
        case Query():
            queries = zip(panel.definition.queries, panel.targets, strict=True)
            letter = next(target.ref_id for query, target in queries if query is of)
            return {"id": "byFrameRefID", "options": letter}
        case str():
            return {"id": "byName" if pattern_of(of) is None else "byRegexp", "options": of}
        case _:
            assert_never(of)


def _properties(one: AnyOverride) -> Iterator[tuple[str, Any]]:
    match one:
        case Override():
            yield from _of_override(one)
        case Line():
            yield from _of_line(one)
        case _:
            assert_never(one)


def _of_override(override: Override) -> Iterator[tuple[str, Any]]:
    low, high = override.limits
    facts = {"decimals": override.decimals, "max": high, "min": low}
    yield from ((id, value) for id, value in facts.items() if value is not None)
    texts = {"displayName": override.name, "unit": override.unit}
    yield from ((id, text) for id, text in texts.items() if text)
    if override.color:
        yield "color", {"fixedColor": override.color, "mode": "fixed"}
    if override.mappings:
        yield "mappings", mapped(override.mappings)
    if override.thresholds:
        yield "thresholds", thresholds(tuple(Step(*step) for step in override.thresholds))


def _of_line(line: Line) -> Iterator[tuple[str, Any]]:
    if line.axis:
        yield "custom.axisPlacement", line.axis
    if line.mirrored:
        yield "custom.transform", "negative-Y"
    if line.dashed:
        yield "custom.lineStyle", {"dash": _DASHES, "fill": "dash"}
    if line.shape:
        yield "custom.drawStyle", line.shape
    numbers = {"custom.fillOpacity": line.fill, "custom.lineWidth": line.width}
    yield from ((id, number) for id, number in numbers.items() if number is not None)
