"""Check of the names that a panel asks Grafana for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pbmon.checks.dashboards.grafana import registries
from pbmon.checks.dashboards.grafana.registries import Registry
from pbmon.checks.dashboards.parts import Board, Json, drawn, name, part, parts, text
from pbmon.finding import Finding


class Use(NamedTuple):
    """A name that Grafana looks up in a registry."""

    registry: Registry
    name: str


def grafana_knows_the_name(board: Board) -> Iterator[Finding]:
    """Every unit, calculation, transformation, matcher, colour mode, value mapping, threshold mode,
    draw style and type of cell in a panel is one that Grafana has.

    Grafana looks each up by name and says nothing where there is none: an unknown unit is printed
    behind the number, an unknown calculation (`avg`) leaves a blank, an unknown transformation or
    override matcher is skipped. The panel looks as if the setting were missing.

    To fix it: take the name that the message suggests. A unit of your own is `suffix:widgets`.
    """
    for panel in drawn(board.json):
        for registry, used in dict.fromkeys(_uses(panel)):
            # a name that holds a variable is known only to Grafana
            if used and "$" not in used and not registry.knows(used):
                yield Finding(
                    "grafana-knows-the-name",
                    board.author(panel),
                    f"{name(panel)} has {registry.what} '{used[:60]}', which Grafana does not know,"
                    f" {registry.consequence}",
                    registry.help(used),
                    registry.level,
                )


def _uses(panel: Json) -> Iterator[Use]:
    defaults = part(panel, "fieldConfig", "defaults")
    yield from _of_settings(defaults)
    yield from _of_settings({f"custom.{key}": at for key, at in part(defaults, "custom").items()})
    for rule in parts(panel, "fieldConfig", "overrides"):
        yield from _of_matcher(part(rule, "matcher"))
        for setting in parts(rule, "properties"):
            yield from _of_settings({text(setting, "id"): setting.get("value")})
    yield from _of_options(panel)
    for step in parts(panel, "transformations"):
        if step.get("disabled") is not True:
            yield from _of_transformation(step)


def _of_settings(settings: Json) -> Iterator[Use]:
    """Of settings of a field, by their id as overrides write it: `unit`, `custom.drawStyle`."""
    yield Use(registries.UNIT, text(settings, "unit"))
    yield Use(registries.COLOR_MODE, text(part(settings, "color"), "mode"))
    yield Use(registries.THRESHOLD_MODE, text(part(settings, "thresholds"), "mode"))
    for mapping in parts(settings, "mappings"):
        # a number is a type of Grafana 7, which rewrites it on loading
        yield Use(registries.MAPPING, text(mapping, "type"))
        if mapping.get("type") == "special":
            yield Use(registries.SPECIAL_VALUE, text(part(mapping, "options"), "match"))
    yield Use(registries.DRAW_STYLE, text(settings, "custom.drawStyle"))
    yield Use(registries.CELL, text(part(settings, "custom.cellOptions"), "type"))
    yield from _each(registries.REDUCER, part(settings, "custom.footer").get("reducers"))


def _of_options(panel: Json) -> Iterator[Use]:
    options = part(panel, "options")
    yield from _each(registries.REDUCER, part(options, "reduceOptions").get("calcs"))
    yield from _each(registries.LEGEND_CALCULATION, part(options, "legend").get("calcs"))
    match panel.get("type"):
        case "table":
            yield from _each(registries.REDUCER, part(options, "footer").get("reducer"))
        case "heatmap":
            yield Use(registries.UNIT, text(part(options, "yAxis"), "unit"))
            yield Use(registries.UNIT, text(part(options, "cellValues"), "unit"))
        # the following two become a timeseries and a stat on loading, and keep their unit
        case "graph":
            for axis in parts(panel, "yaxes")[:1]:
                yield Use(registries.UNIT, text(axis, "format"))
        case "singlestat":
            yield Use(registries.UNIT, text(panel, "format"))


def _of_matcher(matcher: Json) -> Iterator[Use]:
    yield Use(registries.FIELD_MATCHER, text(matcher, "id"))
    if matcher.get("id") == "byValue":
        yield Use(registries.REDUCER, text(part(matcher, "options"), "reducer"))


def _of_transformation(step: Json) -> Iterator[Use]:
    options = part(step, "options")
    yield Use(registries.TRANSFORMATION, text(step, "id"))
    if part(step, "filter").get("options"):
        yield Use(registries.FRAME_MATCHER, text(part(step, "filter"), "id"))
    match step.get("id"):
        case "reduce":
            yield from _each(registries.REDUCER_OR_ALIAS, options.get("reducers"))
            yield from _of_matcher(part(options, "fields"))
        case "calculateField" if options.get("mode", "reduceRow") == "reduceRow":
            yield Use(registries.REDUCER, text(part(options, "reduce"), "reducer"))
        case "groupBy" | "groupToNestedTable":
            for field in part(options, "fields").values():
                yield from _each(registries.REDUCER, part(field).get("aggregations"))
        case "timeSeriesTable":
            for query in options.values():
                yield Use(registries.REDUCER, text(part(query), "stat"))
        case "configFromData":
            for mapping in parts(options, "mappings"):
                yield Use(registries.REDUCER, text(mapping, "reducerId"))
        case "filterByValue":
            for condition in parts(options, "filters"):
                yield Use(registries.VALUE_MATCHER, text(part(condition, "config"), "id"))
        case "filterFields":
            yield from _of_matcher(part(options, "include"))
            yield from _of_matcher(part(options, "exclude"))


def _each(registry: Registry, names: Any) -> Iterator[Use]:
    for one in names if isinstance(names, list) else ():
        if isinstance(one, str):
            yield Use(registry, one)
