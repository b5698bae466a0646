"""What transformations make of the fields of a panel.

Source: packages/grafana-data/src/transformations/transformers of Grafana 13.2.3 (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pbmon.checks.dashboards.grafana.fields import Field, Fields, fields_of
from pbmon.checks.dashboards.grafana.named_fields import listed, renamed, switched_on
from pbmon.checks.dashboards.grafana.registries import REDUCER_NAMES
from pbmon.checks.dashboards.parts import Json, part, text


def fields_after(id: str, options: Json, before: Fields) -> Fields | None:
    """What fields there can be behind a transformation; None where they can have any name."""
    after = _AFTER.get(id)
    return after(options, before) if after else None


def _same(_: Json, before: Fields) -> Fields:
    return before


def _after_order(options: Json, before: Fields) -> Fields:
    included = switched_on(options, "includeByName")
    # of several fields of a name one may go while the others stay
    gone = {*switched_on(options, "excludeByName")}
    after: set[Field] = set()
    for field in before.named(included) if included else before.all:
        alone = replace(before, all=frozenset({field}))
        given = {to for name, to in renamed(options).items() if alone.shows(name)}
        if not {*field} & gone:
            after |= {Field(field.name, to) for to in given}
            after |= {field} if before.numbered or not given else set()
    return replace(before, all=frozenset(after))


def _after_filter(options: Json, before: Fields) -> Fields | None:
    if options.get("byVariable") is True:
        return None
    kept = before.all
    names = listed(options, "include", "names")
    if names and not part(options, "include").get("pattern"):
        kept = before.named(names)
    gone = {*listed(options, "exclude", "names")}
    return replace(before, all=frozenset(field for field in kept if not {*field} & gone))


def _after_groups(options: Json, before: Fields) -> Fields | None:
    rules = part(options, "fields")
    keys = [name for name, rule in rules.items() if part(rule).get("operation") == "groupby"]
    if before.numbered:
        return None
    if not keys:
        return before
    calculated = (
        f"{field.shown} ({calculation})"
        for name, rule in rules.items()
        for field in before.named([name])
        for calculation in listed(part(rule), "aggregations")
    )
    return Fields(before.named(keys) | fields_of(calculated).all)


def _after_calculation(options: Json, before: Fields) -> Fields | None:
    alias = text(options, "alias")
    by_type = part(options, "binary", "left", "matcher").get("id") == "byType"
    if not alias or (by_type and options.get("mode") == "binary"):
        return None
    kept = before.named(["Time"]) if options.get("replaceFields") is True else before.all
    # series of several queries are joined by their time first
    return Fields(kept | {Field(alias, alias)}, numbered=True)


def _after_reduction(options: Json, before: Fields) -> Fields | None:
    reducers = listed(options, "reducers")
    if not reducers:
        return before
    if options.get("mode") == "reduceFields":
        # of several, each field becomes several, which labels tell apart
        return before if len(reducers) == 1 else None
    if options.get("labelsToFields") is True:
        return None
    return fields_of(["Field", *(REDUCER_NAMES.get(id, id) for id in reducers)])


def _under_their_names(_: Json, before: Fields) -> Fields:
    """Names that were given before may be lost."""
    return replace(before, all=before.all | fields_of(name for name, _ in before.all).all)


def _joined(_: Json, before: Fields) -> Fields:
    return replace(before, numbered=True)


def _as_rows(_: Json, before: Fields) -> Fields:
    """Answers that are no plain series stay as they are."""
    return replace(before, all=before.all | fields_of(["Time", "Metric", "Value"]).all)


_AFTER: Mapping[str, Callable[[Json, Fields], Fields | None]] = {
    "organize": _after_order,
    "filterFieldsByName": _after_filter,
    "groupBy": _after_groups,
    "calculateField": _after_calculation,
    "reduce": _after_reduction,
    "merge": _under_their_names,
    "joinByField": _joined,
    "seriesToColumns": _joined,
    "concatenate": _joined,
    "seriesToRows": _as_rows,
    **dict.fromkeys(
        (
            "convertFieldType",
            "filterByRefId",
            "filterByValue",
            "formatString",
            "formatTime",
            "limit",
            "noop",
            "sortBy",
        ),
        _same,
    ),
}
"""A transformation that is missing here can make fields of any name."""
