"""Which fields transformations name.

Source: packages/grafana-data/src/transformations/transformers of Grafana 13.2.3 (Apache-2.0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from pbmon.checks.dashboards.parts import Json, part, parts, text
from pbmon.finding import Level

By = Literal["shown", "either"]
_NUMBER = re.compile(r"\s*[-+]?(?:[0-9]|\.[0-9]|Infinity)")
"""Where a name begins so, Grafana reads a number when there is no such field."""
_NO_RESULT = "so the calculation gives no column"


class Named(NamedTuple):
    """A field that a transformation names.

    by: what it looks for, the name that is shown, or either. consequence: of its absence.
    """

    field: str
    consequence: str
    by: By = "either"
    level: Level = "error"


def fields_named(id: str, options: Json) -> Iterator[Named]:
    """Every field that a transformation names, where it matters that there is one."""
    named = _NAMED.get(id)
    for one in named(options) if named else ():
        if one.field:
            yield one


def switched_on(options: Json, key: str) -> list[str]:
    """The names at a key that are true."""
    return [name for name, is_on in part(options, key).items() if is_on is True]


def renamed(options: Json) -> dict[str, str]:
    """Names shown before an `organize`, and the ones that it gives."""
    names = part(options, "renameByName").items()
    return {name: to for name, to in names if isinstance(to, str) and to}


def listed(options: Json, *keys: str) -> list[str]:
    """The names of the list at options[key][key]..."""
    names = part(options, *keys[:-1]).get(keys[-1])
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _named_in_order(options: Json) -> Iterator[Named]:
    for name in switched_on(options, "includeByName"):
        yield Named(name, "so that column is missing")
    for name in switched_on(options, "excludeByName"):
        yield Named(name, "so hiding it does nothing", level="warning")
    for name, to in renamed(options).items():
        yield Named(name, f"so no column is called '{to}'", "shown")


def _named_in_filter(options: Json) -> Iterator[Named]:
    for name in listed(options, "include", "names"):
        yield Named(name, "so that column is missing")
    for name in listed(options, "exclude", "names"):
        yield Named(name, "so hiding it does nothing", level="warning")


def _named_in_sort(options: Json) -> Iterator[Named]:
    for rule in parts(options, "sort")[:1]:  # Grafana sorts by the first alone
        yield Named(text(rule, "field"), "so the rows are not sorted", "shown")


def _named_in_groups(options: Json) -> Iterator[Named]:
    for name, rule in part(options, "fields").items():
        match part(rule).get("operation"):
            case "groupby":
                yield Named(name, "so the rows are not grouped by it")
            case "aggregate" if part(rule).get("aggregations"):
                yield Named(name, "so its calculations are missing")


def _named_in_calculation(options: Json) -> Iterator[Named]:
    match options.get("mode", "reduceRow"):
        case "reduceRow":
            for name in listed(options, "reduce", "include"):
                yield Named(name, "so the calculation leaves it out")
        case "binary":
            for side in ("left", "right"):
                yield Named(_operand(part(options, "binary"), side), _NO_RESULT, "shown")
        case "unary":
            yield Named(text(part(options, "unary"), "fieldName"), _NO_RESULT, "shown")
        case "cumulativeFunctions":
            yield Named(text(part(options, "cumulative"), "field"), _NO_RESULT)
        case "windowFunctions":
            yield Named(text(part(options, "window"), "field"), _NO_RESULT)


def _operand(binary: Json, side: str) -> str:
    """The field on a side of a calculation; empty where it is a number, or no single field."""
    matcher = part(binary, side, "matcher")
    is_field = matcher.get("id") == "byName"
    name = text(matcher, "options") if is_field else text(binary, side)
    return "" if _NUMBER.match(name) else name


def _named_once(key: str, consequence: str, by: By = "either") -> Callable[[Json], Iterator[Named]]:
    def named(options: Json) -> Iterator[Named]:
        yield Named(text(options, key), consequence, by)

    return named


def _named_in_each(
    items: str, key: str, consequence: str, by: By = "either"
) -> Callable[[Json], Iterator[Named]]:
    def named(options: Json) -> Iterator[Named]:
        for item in parts(options, items):
            yield Named(text(item, key), consequence, by)

    return named


def _named_in_matrix(options: Json) -> Iterator[Named]:
    for key in ("columnField", "rowField", "valueField"):
        yield Named(text(options, key), "so no matrix is made")


_NAMED: Mapping[str, Callable[[Json], Iterator[Named]]] = {
    "organize": _named_in_order,
    "filterFieldsByName": _named_in_filter,
    "sortBy": _named_in_sort,
    "groupBy": _named_in_groups,
    "groupToNestedTable": _named_in_groups,
    "calculateField": _named_in_calculation,
    "joinByField": _named_once("byField", "so nothing is joined"),
    "seriesToColumns": _named_once("byField", "so nothing is joined"),
    "formatString": _named_once("stringField", "so nothing is formatted"),
    "formatTime": _named_once("timeField", "so nothing is formatted", "shown"),
    "convertFieldType": _named_in_each("conversions", "targetField", "so nothing is converted"),
    "filterByValue": _named_in_each(
        "filters", "fieldName", "so that condition never holds", "shown"
    ),
    "groupingToMatrix": _named_in_matrix,
}
