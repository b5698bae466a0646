"""A name in a panel that Grafana does not know is found, whoever made the dashboard."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from pbmon.artifact import Artifact
from pbmon.checks.dashboards.grafana import registries
from pbmon.checks.dashboards.grafana.findings import findings
from pbmon.checks.dashboards.parts import read_board
from pbmon.finding import Finding
from pbmon.model.panels import Reducer
from pbmon.source import Source
from pbmon.units import GRAFANA_UNITS

Json = dict[str, Any]


def found(panel: Json, **dashboard: Any) -> list[Finding]:
    text = json.dumps({"panels": [{"title": "P", "type": "table", **panel}], **dashboard})
    board = read_board(Artifact("by-hand.json", text))
    assert board is not None
    return findings(board)


def defaults(**settings: Any) -> Json:
    return {"fieldConfig": {"defaults": settings}}


def override(id: str, value: Any, matcher: Any = None) -> Json:
    rule = {
        "matcher": matcher or {"id": "byName", "options": "p95"},
        "properties": [{"id": id, "value": value}],
    }
    return {"fieldConfig": {"overrides": [rule]}}


def step(id: str, **options: Any) -> Json:
    return {"transformations": [{"id": id, "options": options}]}


UNKNOWN: dict[str, tuple[Json, str]] = {
    "unit": (defaults(unit="reqpss"), "unit 'reqpss'"),
    "unit of an override": (override("unit", "reqpss"), "unit 'reqpss'"),
    "unit of a heatmap's axis": (
        {"type": "heatmap", "options": {"yAxis": {"unit": "seconds"}}},
        "unit 'seconds'",
    ),
    "unit of a graph of old": (
        {"type": "graph", "yaxes": [{"format": "percents"}]},
        "unit 'percents'",
    ),
    "unit of a single stat of old": (
        {"type": "singlestat", "format": "percents"},
        "unit 'percents'",
    ),
    "calculation": ({"options": {"reduceOptions": {"calcs": ["avg"]}}}, "calculation 'avg'"),
    "calculation of a legend": (
        {"type": "timeseries", "options": {"legend": {"calcs": ["average"]}}},
        "calculation in its legend 'average'",
    ),
    "calculation of a footer": (
        {"options": {"footer": {"reducer": ["total"]}}},
        "calculation 'total'",
    ),
    "calculation of a column's footer": (
        defaults(custom={"footer": {"reducers": ["summ"]}}),
        "calculation 'summ'",
    ),
    "calculation of a reduction": (step("reduce", reducers=["summ"]), "calculation 'summ'"),
    "calculation of rows": (
        step("calculateField", reduce={"reducer": "summ"}),
        "calculation 'summ'",
    ),
    "calculation of groups": (
        step("groupBy", fields={"Value": {"operation": "aggregate", "aggregations": ["summ"]}}),
        "calculation 'summ'",
    ),
    "calculation of a trend": (step("timeSeriesTable", A={"stat": "avg"}), "calculation 'avg'"),
    "calculation of settings": (
        step("configFromData", mappings=[{"fieldName": "Max", "reducerId": "newest"}]),
        "calculation 'newest'",
    ),
    "transformation": (step("organise"), "transformation 'organise'"),
    "matcher of an override": (
        override("unit", "s", {"id": "byRegex", "options": "/p9./"}),
        "matcher of fields 'byRegex'",
    ),
    "calculation of a matcher": (
        override("unit", "s", {"id": "byValue", "options": {"reducer": "avg"}}),
        "calculation 'avg'",
    ),
    "matcher of a filter": (
        step("filterFields", include={"id": "byNaem", "options": "Value"}),
        "matcher of fields 'byNaem'",
    ),
    "matcher of values": (
        step("filterByValue", filters=[{"fieldName": "Value", "config": {"id": "above"}}]),
        "matcher of values 'above'",
    ),
    "matcher of queries": (
        {"transformations": [{"id": "limit", "filter": {"id": "byRefID", "options": "A"}}]},
        "matcher of queries 'byRefID'",
    ),
    "colour mode": (defaults(color={"mode": "tresholds"}), "colour mode 'tresholds'"),
    "threshold mode": (defaults(thresholds={"mode": "percent"}), "threshold mode 'percent'"),
    "value mapping": (defaults(mappings=[{"type": "values"}]), "type of value mapping 'values'"),
    "special value": (
        override("mappings", [{"type": "special", "options": {"match": "NaN"}}]),
        "special value in a mapping 'NaN'",
    ),
    "draw style": (override("custom.drawStyle", "lines"), "draw style 'lines'"),
    "type of cell": (
        defaults(custom={"cellOptions": {"type": "color"}}),
        "type of cell 'color'",
    ),
}


@pytest.mark.parametrize(("panel", "what"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_a_name_that_grafana_does_not_know_is_found(panel: Json, what: str) -> None:
    (finding,) = found(panel)
    assert finding.check == "grafana-knows-the-name"
    assert f"panel 'P' has {what}, which Grafana does not know, so" in finding.problem


@pytest.mark.parametrize(
    "panel",
    [
        defaults(unit="suffix:widgets"),
        defaults(unit="time: HH:mm"),
        defaults(unit="$unit"),
        defaults(unit=""),
        defaults(mappings=[{"type": 1, "value": "0", "text": "off"}]),
        step("reduce", reducers=["avg"]),
        step("extractFields", source="labels"),
        {"transformations": [{"id": "organise", "disabled": True}]},
        {"transformations": [{"id": "limit", "filter": {"id": "by-nothing"}}]},
        {"type": "graph", "legend": {"avg": True}, "yaxes": [{"format": "s"}, {"format": "?"}]},
    ],
    ids=lambda panel: json.dumps(panel)[:60],
)
def test_what_works_in_grafana_is_not_found(panel: Json) -> None:
    assert found(panel) == []


def test_an_alias_of_a_calculation_is_answered_with_its_name() -> None:
    (finding,) = found({"options": {"reduceOptions": {"calcs": ["avg"]}}})
    assert finding.help == "it is called mean"


def test_a_name_is_answered_with_those_near_it_and_a_unit_with_how_to_write_ones_own() -> None:
    (finding,) = found(defaults(unit="reqpss"))
    assert finding.help == "near it: reqps, reqpm, recps, rps; suffix:reqpss is a unit of your own"


def test_a_name_that_occurs_twice_in_a_panel_is_found_once() -> None:
    panel = defaults(unit="reqpss") | {"fieldConfig": {"defaults": {"unit": "reqpss"}}}
    panel["fieldConfig"] |= override("unit", "reqpss")["fieldConfig"]
    assert len(found(panel)) == 1


def test_panels_in_rows_of_grafana_4_are_read_too() -> None:
    board = read_board(
        Artifact(
            "old.json",
            json.dumps({"rows": [{"panels": [{"type": "singlestat", "format": "prcent"}]}]}),
        )
    )
    assert board is not None
    (finding,) = findings(board)
    assert finding.source == Source("old.json", 0)


@pytest.mark.parametrize("value", [None, 0, "x", [None, 1, "x", [], {}], {"id": [], "options": 3}])
@pytest.mark.parametrize(
    "key", ["fieldConfig", "options", "targets", "title", "transformations", "type", "yaxes"]
)
def test_a_misshapen_panel_does_not_stop_the_checks(key: str, value: object) -> None:
    whole = override("mappings", [None]) | step("groupBy", fields=[]) | {"type": "graph"}
    for shape in (
        value,
        {"defaults": value, "overrides": value},
        [{"id": "reduce", "options": value}],
    ):
        found({**whole, key: shape})


def test_what_authors_may_write_is_known() -> None:
    assert set(GRAFANA_UNITS) <= registries.UNIT.names
    assert set(get_args(Reducer)) <= registries.REDUCER.names
