"""One fault put into a sound dashboard is found, and named after the check that finds it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from boards import check_dashboard
from pbmon.artifact import Artifact, Place
from pbmon.checks.dashboards.listed import DASHBOARD_CHECKS
from pbmon.checks.dashboards.variables import WINDOW, expanded
from pbmon.finding import id_of
from pbmon.source import Source

SOUND = (Path(__file__).parent.parent / "golden" / "dashboards" / "every-kind.json").read_text(
    "utf-8"
)
SCHEMA = "dashboard-fits-its-schema"
KNOWN = "grafana-knows-the-name"
FIELDS = "transformed-field-exists"

Json = dict[str, Any]
Step = str | int
Fault = Callable[[Json], object]
GONE = object()


def panel(dashboard: Json, kind: str) -> Json:
    """The first panel of a type, in a closed row too."""
    inside = [inner for outer in dashboard["panels"] for inner in outer.get("panels", [])]
    found: Json = next(item for item in [*dashboard["panels"], *inside] if item["type"] == kind)
    return found


def put(kind: str, *path: Step, to: Any) -> Fault:
    """A fault: the value at path in the first panel of a type (kind "" for the dashboard) becomes
    `to`, or is GONE.
    """

    def fault(dashboard: Json) -> None:
        node: Any = panel(dashboard, kind) if kind else dashboard
        for step in path[:-1]:
            node = node[step]
        if to is GONE:
            del node[path[-1]]
        else:
            node[path[-1]] = to

    return fault


EXPR = ("targets", 0, "expr")
FIELD = ("fieldConfig", "defaults")
STEPS = (*FIELD, "thresholds", "steps")
STEP = {"color": "red", "value": 1}

FAULTS: dict[str, tuple[str, Fault]] = {
    "panel type of Angular times": (SCHEMA, put("timeseries", "type", to="graph")),
    "single stat of Angular times": (SCHEMA, put("stat", "type", to="singlestat")),
    "no panel type": (SCHEMA, put("stat", "type", to=GONE)),
    "no panels": (SCHEMA, put("", "panels", to=[])),
    "unknown option": (SCHEMA, put("stat", "options", "colourMode", to="value")),
    "option of another type": (SCHEMA, put("gauge", "options", "graphMode", to="area")),
    "unknown dashboard setting": (SCHEMA, put("", "hideControls", to=True)),
    "unknown panel setting": (SCHEMA, put("gauge", "format", to="s")),
    "left over query setting": (SCHEMA, put("timeseries", "targets", 0, "intervalFactor", to=2)),
    "unknown custom setting": (
        SCHEMA,
        put("timeseries", *FIELD, "custom", "lineStile", to="solid"),
    ),
    "custom settings where there are none": (
        SCHEMA,
        put("stat", *FIELD, "custom", "lineWidth", to=1),
    ),
    "legend display mode": (
        SCHEMA,
        put("timeseries", "options", "legend", "displayMode", to="grid"),
    ),
    "legend without showLegend": (
        SCHEMA,
        put("timeseries", "options", "legend", "showLegend", to=GONE),
    ),
    "legend calculation": (KNOWN, put("timeseries", "options", "legend", "calcs", to=["avg"])),
    "reducer": (KNOWN, put("stat", "options", "reduceOptions", "calcs", to=["current"])),
    "no reducer": (SCHEMA, put("gauge", "options", "reduceOptions", "calcs", to=[])),
    "transformation id": (KNOWN, put("table", "transformations", 0, "id", to="organise")),
    "override matcher": (
        KNOWN,
        put("table", "fieldConfig", "overrides", 0, "matcher", "id", to="byNmae"),
    ),
    "threshold as text": (SCHEMA, put("timeseries", *STEPS, 1, "value", to="0.5")),
    "first threshold the word null": (SCHEMA, put("timeseries", *STEPS, 0, "value", to="null")),
    "id as text": (SCHEMA, put("stat", "id", to="13")),
    "width as text": (SCHEMA, put("stat", "gridPos", "w", to="6")),
    "truth as text": (SCHEMA, put("stat", "options", "wideLayout", to="true")),
    "decimals as text": (SCHEMA, put("gauge", *FIELD, "decimals", to="1")),
    "colour mode": (KNOWN, put("stat", *FIELD, "color", "mode", to="tresholds")),
    "colour": (SCHEMA, put("timeseries", *STEPS, 1, "color", to="Dark Red!")),
    "datasource by name": (SCHEMA, put("timeseries", "datasource", to="Prometheus")),
    "no datasource": (SCHEMA, put("timeseries", "datasource", to=GONE)),
    "another type of datasource": (SCHEMA, put("timeseries", "datasource", "type", to="influxdb")),
    "no field settings": (SCHEMA, put("gauge", "fieldConfig", to=GONE)),
    "heatmap that calculates buckets": (SCHEMA, put("heatmap", "options", "calculate", to=True)),
    "heatmap of plain series": (SCHEMA, put("heatmap", "targets", 0, "format", to="time_series")),
    "table over time": (SCHEMA, put("table", "targets", 0, "instant", to=False)),
    "bar chart over time": (SCHEMA, put("barchart", "targets", 0, "instant", to=False)),
    "bar chart of nothing": (SCHEMA, put("barchart", "options", "xField", to=GONE)),
    "bars of a stacking that is none": (SCHEMA, put("barchart", "options", "stacking", to="on")),
    "legend values of a pie": (
        SCHEMA,
        put("piechart", "options", "legend", "values", to=["percentage"]),
    ),
    "pie of another shape": (SCHEMA, put("piechart", "options", "pieType", to="doughnut")),
    "histogram of one moment": (SCHEMA, put("histogram", "targets", 0, "instant", to=True)),
    "histogram without bars": (SCHEMA, put("histogram", "options", "bucketCount", to=0)),
    "cells wider than their place": (SCHEMA, put("status-history", "options", "colWidth", to=2)),
    "samples a cell": (SCHEMA, put("status-history", "maxDataPoints", to="100")),
    "text panel without text": (SCHEMA, put("text", "options", "content", to="")),
    "text panel of HTML": (SCHEMA, put("text", "options", "mode", to="html")),
    "refresh": (SCHEMA, put("", "refresh", to="30 seconds")),
    "time range": (SCHEMA, put("", "time", "from", to="an hour ago")),
    "variable type": (SCHEMA, put("", "templating", "list", 1, "type", to="querry")),
    "variable refresh": (SCHEMA, put("", "templating", "list", 1, "refresh", to=9)),
    "annotation without a name": (SCHEMA, put("", "annotations", "list", 1, "name", to=GONE)),
    "tags as one text": (SCHEMA, put("", "tags", to="example")),
    "row that cannot close": (SCHEMA, put("row", "collapsed", to=GONE)),
    "no uid": ("dashboard-has-uid", put("", "uid", to="")),
    "uid too long": ("dashboard-has-uid", put("", "uid", to="x" * 41)),
    "uid with a space": ("dashboard-has-uid", put("", "uid", to="my board")),
    "old schema version": ("dashboard-has-current-schema", put("", "schemaVersion", to=12)),
    "variable in a query": (
        "dashboard-variables-are-defined",
        put("stat", *EXPR, to='up{job=~"$jobs"}'),
    ),
    "variable with a format": (
        "dashboard-variables-are-defined",
        put("stat", *EXPR, to='up{job=~"${env:regex}"}'),
    ),
    "variable in brackets": (
        "dashboard-variables-are-defined",
        put("stat", *EXPR, to='up{job=~"[[env]]"}'),
    ),
    "variable in a legend": (
        "dashboard-variables-are-defined",
        put("gauge", "targets", 0, "legendFormat", to="$env"),
    ),
    "variable in a title": (
        "dashboard-variables-are-defined",
        put("gauge", "title", to="Memory of $env"),
    ),
    "variable in a data link": (
        "dashboard-variables-are-defined",
        put("timeseries", *FIELD, "links", 0, "url", to="$at"),
    ),
    "variable in a panel link": (
        "dashboard-variables-are-defined",
        put("text", "links", to=[{"title": "More", "type": "link", "url": "/d/${board}"}]),
    ),
    "variable in a variable": (
        "dashboard-variables-are-defined",
        put("", "templating", "list", 1, "query", to="label_values(up{env='$env'}, job)"),
    ),
    "link variable in a query": (
        "dashboard-variables-are-defined",
        put("stat", *EXPR, to='up{job="${__value.raw}"}'),
    ),
    "datasource by uid": (
        "dashboard-datasource-is-a-variable",
        put("stat", "datasource", "uid", to="P1809F7CD0C75ACF3"),
    ),
    "datasource of a query": (
        "dashboard-datasource-is-a-variable",
        put("stat", "targets", 0, "datasource", "uid", to="prometheus"),
    ),
    "datasource of an annotation": (
        "dashboard-datasource-is-a-variable",
        put("", "annotations", "list", 1, "datasource", "uid", to="prometheus"),
    ),
    "broken query": (
        "dashboard-query-parses",
        put("stat", *EXPR, to="sum(rate(x[$__rate_interval])"),
    ),
    "rate of an instant vector": ("dashboard-query-parses", put("stat", *EXPR, to="rate(x)")),
    "broken query of an annotation": (
        "dashboard-query-parses",
        put("", "annotations", "list", 1, "expr", to="up{"),
    ),
    "no title": ("panel-has-title", put("heatmap", "title", to="")),
    "title of spaces": ("panel-has-title", put("text", "title", to="  ")),
    "no title at all": ("panel-has-title", put("heatmap", "title", to=GONE)),
    "title twice": ("panel-titles-are-unique", put("heatmap", "title", to="Requests")),
    "no description": ("panel-has-description", put("state-timeline", "description", to="")),
    "draw style": (KNOWN, put("timeseries", *FIELD, "custom", "drawStyle", to="lines")),
    "threshold mode": (KNOWN, put("gauge", *FIELD, "thresholds", "mode", to="percent")),
    "type of cell": (
        KNOWN,
        put(
            "table",
            "fieldConfig",
            "overrides",
            0,
            "properties",
            0,
            "value",
            to={"type": "colour-background"},
        ),
    ),
    "column that no query gives": (
        FIELDS,
        put("table", "transformations", 0, "options", "include", "names", 0, to="endpont"),
    ),
    "sorted by what no query gives": (
        FIELDS,
        put("barchart", "transformations", 1, "options", "sort", 0, "field", to="Value"),
    ),
    "no unit": ("panel-has-unit", put("timeseries", *FIELD, "unit", to=GONE)),
    "mapping of a range without its result": (
        "dashboard-fits-its-schema",
        put("stat", *FIELD, "mappings", to=[{"type": "range", "options": {"from": 1, "to": 2}}]),
    ),
    "unknown unit": (KNOWN, put("timeseries", *FIELD, "unit", to="seconds")),
    "slices without a unit": ("panel-has-unit", put("piechart", *FIELD, "unit", to=GONE)),
    "bars without a unit": ("panel-has-unit", put("barchart", *FIELD, "unit", to=GONE)),
    "histogram of an unknown unit": (KNOWN, put("histogram", *FIELD, "unit", to="parts")),
    "heatmap without a unit": ("panel-has-unit", put("heatmap", "options", "yAxis", "unit", to="")),
    "no legend": ("panel-has-legend", put("timeseries", "targets", 0, "legendFormat", to="")),
    "slices without names": (
        "panel-has-legend",
        put("piechart", "targets", 0, "legendFormat", to=""),
    ),
    "rows of cells without names": (
        "panel-has-legend",
        put("status-history", "targets", 0, "legendFormat", to="__auto"),
    ),
    "legend left to Grafana": (
        "panel-has-legend",
        put("bargauge", "targets", 0, "legendFormat", to="__auto"),
    ),
    "no query": ("panel-has-query", put("stat", "targets", to=[])),
    "id twice": ("panel-ids-are-unique", put("stat", "id", to=11)),
    "id of a row": ("panel-ids-are-unique", put("stat", "id", to=1)),
    "id twice, once in a closed row": ("panel-ids-are-unique", put("text", "id", to=11)),
    "overlap": ("panels-do-not-overlap", put("heatmap", "gridPos", "x", to=4)),
    "overlap in a closed row": ("panels-do-not-overlap", put("text", "gridPos", "y", to=26)),
    "panel on a row": ("panels-do-not-overlap", put("timeseries", "gridPos", "y", to=0)),
    "beyond the grid": ("panels-fit-the-grid", put("status-history", "gridPos", "w", to=9)),
    "letter twice": (
        "query-letters-are-unique",
        lambda dashboard: panel(dashboard, "stat")["targets"].append(
            panel(dashboard, "stat")["targets"][0]
        ),
    ),
    "fixed window": (
        "rate-follows-zoom",
        put("timeseries", *EXPR, to="sum(rate(http_requests_total[5m]))"),
    ),
    "fixed window of increase": (
        "rate-follows-zoom",
        put("timeseries", *EXPR, to="increase(x[1h]) / 2"),
    ),
    "thresholds without a first": ("thresholds-ascend", put("timeseries", *STEPS, to=[STEP])),
    "no thresholds": ("thresholds-ascend", put("timeseries", *STEPS, to=[])),
    "thresholds that fall": ("thresholds-ascend", put("timeseries", *STEPS, 1, "value", to=3)),
    "threshold twice": ("thresholds-ascend", put("timeseries", *STEPS, 1, "value", to=2)),
}


def checks_of(text: str) -> set[str]:
    return {finding.check for finding in check_dashboard(Artifact("board.json", text))}


def test_a_sound_dashboard_with_every_kind_of_panel_has_no_finding() -> None:
    assert check_dashboard(Artifact("board.json", SOUND)) == []


@pytest.mark.parametrize(("check", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_a_single_fault_is_found_by_the_check_named_after_it(check: str, fault: Fault) -> None:
    dashboard = json.loads(SOUND)
    fault(dashboard)
    assert check in checks_of(json.dumps(dashboard))


def test_every_check_has_a_fault_that_it_finds() -> None:
    found = {check for check, _ in FAULTS.values()}
    of_files = {
        "dashboard-is-json",
        "provisioning-fits-its-schema",
        "dashboard-resource-fits-its-schema",
    }
    assert found | of_files == {id_of(check) for check in DASHBOARD_CHECKS}


SOUND_QUERIES = {
    "a recorded series has its window": "rate(job:http_requests:sum[5m])",
    "the range of the page is no fixed window": "increase(http_requests_total[$__range])",
    "label_replace numbers its groups": 'label_replace(up, "host", "$1", "instance", "(.*):.*")',
    "an anchor is no variable": 'up{job=~"api$|worker$"}',
    "a number of Grafana's": "up * $__range_s",
    "a variable in braces": 'rate(http_requests_total{job=~"${job:regex}"}[${__rate_interval}])',
}


@pytest.mark.parametrize("expr", SOUND_QUERIES.values(), ids=SOUND_QUERIES.keys())
def test_a_query_that_works_in_grafana_has_no_finding(expr: str) -> None:
    dashboard = json.loads(SOUND)
    put("timeseries", *EXPR, to=expr)(dashboard)
    assert checks_of(json.dumps(dashboard)) == set()


def test_a_rate_for_one_moment_may_have_any_window() -> None:
    dashboard = json.loads(SOUND)
    put("bargauge", *EXPR, to="increase(http_requests_total[1d])")(dashboard)
    assert checks_of(json.dumps(dashboard)) == set()


def test_durations_numbers_and_words_are_put_in_place_of_variables() -> None:
    dashboard = {
        "templating": {
            "list": [{"name": "window", "type": "interval"}, {"name": "job", "type": "query"}]
        }
    }
    expr = 'rate(x{job="[[job]]"}[$window]) + $__from + rate(x[${__interval}])'
    assert (
        expanded(expr, dashboard) == f'rate(x{{job="value"}}[{WINDOW}]) + 300 + rate(x[{WINDOW}])'
    )


def test_text_that_is_not_json_gives_one_finding_at_its_line() -> None:
    (finding,) = check_dashboard(Artifact("board.json", '{\n  "title": "a",\n<<<<<<< HEAD\n}'))
    assert (finding.check, str(finding.source)) == ("dashboard-is-json", "board.json:3")


@pytest.mark.parametrize("text", ["[]", "null", '"text"', "", "{"])
def test_a_file_without_a_json_object_is_no_dashboard(text: str) -> None:
    assert checks_of(text) == {"dashboard-is-json"}


MISSHAPEN: list[Any] = [None, 0, [None, 1, "x", []]]


@pytest.mark.parametrize("value", MISSHAPEN, ids=str)
@pytest.mark.parametrize("key", ["annotations", "links", "panels", "templating", "title", "uid"])
def test_a_misshapen_part_of_a_dashboard_is_a_finding_and_not_a_crash(
    key: str, value: object
) -> None:
    dashboard = json.loads(SOUND)
    put("", key, to=value)(dashboard)
    assert check_dashboard(Artifact("board.json", json.dumps(dashboard)))


@pytest.mark.parametrize("value", MISSHAPEN, ids=str)
@pytest.mark.parametrize(
    "key",
    [
        "datasource",
        "description",
        "fieldConfig",
        "gridPos",
        "id",
        "options",
        "targets",
        "title",
        "transformations",
        "type",
    ],
)
def test_a_misshapen_part_of_a_panel_is_a_finding_and_not_a_crash(key: str, value: object) -> None:
    dashboard = json.loads(SOUND)
    put("table", key, to=value)(dashboard)
    assert check_dashboard(Artifact("board.json", json.dumps(dashboard)))


def test_an_unknown_id_is_answered_with_those_near_it() -> None:
    dashboard = json.loads(SOUND)
    put("table", "transformations", 0, "id", to="organise")(dashboard)
    (finding,) = check_dashboard(Artifact("board.json", json.dumps(dashboard)))
    assert "organize" in finding.help


def test_a_finding_on_a_panel_stands_at_the_line_that_wrote_it() -> None:
    dashboard = json.loads(SOUND)
    for kind in ("stat", "piechart"):
        put(kind, "description", to="")(dashboard)
    put("", "uid", to="")(dashboard)
    places = {place(dashboard, "stat"): 20, place(dashboard, "piechart"): 30, (): 1}
    sources = {path: Source("definitions/api.py", line) for path, line in places.items()}
    findings = check_dashboard(Artifact("board.json", json.dumps(dashboard), sources))
    assert {(finding.check, str(finding.source)) for finding in findings} == {
        ("panel-has-description", "definitions/api.py:20"),
        ("panel-has-description", "definitions/api.py:30"),
        ("dashboard-has-uid", "definitions/api.py:1"),
    }


def place(dashboard: Json, kind: str) -> Place:
    """Where the first panel of a type stands in the JSON, in a closed row or not."""
    for index, outer in enumerate(dashboard["panels"]):
        if outer["type"] == kind:
            return ("panels", index)
        for below, inner in enumerate(outer.get("panels", [])):
            if inner["type"] == kind:
                return ("panels", index, "panels", below)
    raise LookupError(kind)
