"""Dashboards come out as Grafana's classic JSON, the same bytes each time, whatever the
texts hold.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon.checks.dashboards_schema import dashboard_fits_its_schema
from pbmon.plan.dashboards import (
    Annotation,
    Grid,
    Link,
    PanelKind,
    PlannedDashboard,
    PlannedPanel,
    PlannedRow,
    Step,
    Target,
    Variable,
)
from pbmon.render.dashboards import render, render_dashboard
from pbmon.source import Source

GOLDEN = Path(__file__).parent.parent / "golden" / "dashboards" / "every-kind.json"
SOURCE = Source("definitions/api.py", 10)
REQUESTS = Target(
    "A", 'sum by (status) (rate(http_requests_total{job=~"$job"}[$__rate_interval]))', "{{status}}"
)
BUCKETS = Target(
    "A", "sum by (le) (rate(http_request_duration_seconds_bucket[$__rate_interval]))", "{{le}}"
)
UP = Target("A", 'up{job=~"$job"}', "{{job}}", instant=True)
SLOWEST = Target(
    "A", "topk(10, endpoint:http_request_duration_seconds:p95)", "", instant=True, format="table"
)
LIMITS = (Step(None, "green"), Step(0.5, "yellow"), Step(2, "red"))
HEALTH = ((1.0, "up", "green"), (0.0, "down", "red"))

TIMESERIES = PlannedPanel(
    id=11,
    kind="timeseries",
    title="Requests",
    description="Requests answered each second, by status.",
    grid=Grid(0, 1, 12, 8),
    source=SOURCE,
    targets=(REQUESTS,),
    unit="reqps",
    minimum=0,
    thresholds=LIMITS,
    links=(Link("Endpoint", "/d/api?var-status=${__field.labels.status}&${__url_time_range}"),),
)
STACKED = replace(
    TIMESERIES,
    id=12,
    title="Stacked",
    grid=Grid(12, 1, 12, 8),
    stacked=True,
    thresholds=(),
    links=(),
)
STAT = replace(
    STACKED,
    id=13,
    kind="stat",
    title="API",
    grid=Grid(0, 9, 6, 4),
    targets=(UP,),
    unit="",
    mappings=HEALTH,
)
GAUGE = replace(
    STACKED,
    id=14,
    kind="gauge",
    title="Memory",
    grid=Grid(6, 9, 6, 4),
    targets=(UP,),
    unit="percentunit",
    maximum=1,
    decimals=1,
    reducer="max",
    thresholds=LIMITS,
)
BARGAUGE = replace(
    STACKED,
    id=15,
    kind="bargauge",
    title="Queues",
    grid=Grid(12, 9, 12, 4),
    targets=(UP,),
    unit="short",
)
TABLE = replace(
    STACKED,
    id=16,
    kind="table",
    title="Slowest",
    grid=Grid(0, 13, 12, 8),
    targets=(SLOWEST,),
    unit="s",
    columns=(("endpoint", "Endpoint"), ("Value", "p95")),
    thresholds=LIMITS,
)
HEATMAP = replace(
    STACKED,
    id=17,
    kind="heatmap",
    title="Latency",
    grid=Grid(12, 13, 12, 8),
    targets=(BUCKETS,),
    unit="s",
)
STATES = replace(
    STACKED,
    id=18,
    kind="state-timeline",
    title="Up",
    grid=Grid(0, 22, 12, 8),
    targets=(replace(UP, instant=False),),
)
TEXT = PlannedPanel(
    id=19,
    kind="text",
    title="Notes",
    description="",
    grid=Grid(12, 22, 12, 8),
    source=SOURCE,
    content="# Where to look next\n\n- the runbook",
    links=(Link("Runbook", "https://example.org/runbook", new_tab=True),),
)
DASHBOARD = PlannedDashboard(
    uid="every-kind",
    title="Every kind",
    description="One panel of each kind.",
    file="dashboards/every-kind.json",
    source=SOURCE,
    tags=("example",),
    rows=(
        PlannedRow(
            1,
            "Open",
            Grid(0, 0, 24, 1),
            (TIMESERIES, STACKED, STAT, GAUGE, BARGAUGE, TABLE, HEATMAP),
        ),
        PlannedRow(2, "Closed", Grid(0, 21, 24, 1), (STATES, TEXT), collapsed=True),
    ),
    variables=(
        Variable("datasource", "Data source", "datasource", "prometheus"),
        Variable("job", "Job", "query", "label_values(up, job)", multi=True),
    ),
    annotations=(
        Annotation("Alerts", 'ALERTS{alertstate="firing"}', "red", "{{alertname}}", "{{severity}}"),
    ),
    links_tag="example",
)


def rendered(panel: PlannedPanel) -> Any:
    """The JSON of one panel."""
    row = PlannedRow(1, "Row", Grid(0, 0, 24, 1), (panel,))
    return render_dashboard(replace(DASHBOARD, rows=(row,)))["panels"][1]


def test_every_kind_of_panel_comes_out_as_in_the_golden_file(
    request: pytest.FixtureRequest,
) -> None:
    (artifact,) = render([DASHBOARD])
    if request.config.getoption("--rewrite"):
        GOLDEN.write_text(artifact.text, "utf-8")
    assert artifact.path == "dashboards/every-kind.json"
    assert artifact.text == GOLDEN.read_text("utf-8")


BARE = PlannedPanel(21, "text", "Bare", "", Grid(0, 1, 12, 8), SOURCE, (REQUESTS,), content="text")
FULL = replace(
    GAUGE,
    targets=(REQUESTS,),
    stacked=True,
    mappings=HEALTH,
    columns=TABLE.columns,
    links=TEXT.links,
    content="text",
)


@pytest.mark.parametrize("kind", get_args(PanelKind))
@pytest.mark.parametrize("panel", [BARE, FULL], ids=["bare", "full"])
def test_a_panel_of_any_kind_fits_the_schema_with_few_facts_and_with_all(
    kind: PanelKind, panel: PlannedPanel
) -> None:
    row = PlannedRow(1, "Row", Grid(0, 0, 24, 1), (replace(panel, kind=kind),))
    assert (
        list(
            dashboard_fits_its_schema(
                "board.json", render_dashboard(replace(DASHBOARD, rows=(row,)))
            )
        )
        == []
    )


def test_the_same_dashboard_gives_the_same_bytes() -> None:
    assert list(render([DASHBOARD])) == list(render([DASHBOARD]))


def test_an_open_row_precedes_its_panels_and_a_closed_one_holds_them() -> None:
    panels = render_dashboard(DASHBOARD)["panels"]
    assert [panel["id"] for panel in panels] == [1, 11, 12, 13, 14, 15, 16, 17, 2]
    assert [panel["id"] for panel in panels[-1]["panels"]] == [18, 19]
    assert panels[0]["panels"] == []


HOSTILE = {
    "quotes": "it's a \"quoted\" 'text'",
    "newlines": "one\ntwo\r\nthree\ttabbed\x00\x1f\u2028",
    "templates": "{{ status }} {% raw %} {{{ }}}",
    "variables": "${x} $y [[z]] %s {0}",
    "emoji": "\U0001f6a8 caf\u00e9 \u202eright to left",
    "backslashes": "C:\\new\\table \\u0041 \\",
    "markup": "</script><!-- --> &amp; <b>",
    "yaml": "- a: b # c\n---\n",
    "ten thousand characters": "0123456789" * 1000,
    "empty": "",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_arrive_in_grafana_as_written(hostile: str) -> None:
    target = Target("A", hostile, hostile)
    panel = replace(
        TABLE,
        title=hostile,
        description=hostile,
        targets=(target,),
        links=(Link(hostile, hostile),),
        columns=((hostile,) * 2,),
    )
    text = replace(TEXT, content=hostile)
    row = PlannedRow(1, hostile, Grid(0, 0, 24, 1), (panel, text))
    (artifact,) = render([replace(DASHBOARD, title=hostile, description=hostile, rows=(row,))])
    read = json.loads(artifact.text)
    heading, table, note = read["panels"]
    assert (read["title"], read["description"], heading["title"]) == (hostile,) * 3
    assert (table["title"], table["description"]) == (hostile,) * 2
    assert (table["targets"][0]["expr"], table["targets"][0]["legendFormat"]) == (hostile,) * 2
    assert table["fieldConfig"]["defaults"]["links"] == [
        {"title": hostile, "url": hostile, "targetBlank": False}
    ]
    assert table["transformations"][-1]["options"]["renameByName"] == {hostile: hostile}
    assert note["options"]["content"] == hostile


@given(st.text())
def test_any_text_survives_the_round_trip(text: str) -> None:
    (artifact,) = render([replace(DASHBOARD, title=text)])
    assert json.loads(artifact.text.encode())["title"] == text


def test_half_a_surrogate_pair_is_written_as_valid_utf_8() -> None:
    (artifact,) = render([replace(DASHBOARD, title="cut \ud83d off")])
    assert json.loads(artifact.text.encode())["title"] == "cut \ud83d off"


def test_a_limit_that_json_cannot_hold_is_refused() -> None:
    row = PlannedRow(1, "Row", Grid(0, 0, 24, 1), (replace(GAUGE, maximum=float("inf")),))
    with pytest.raises(ValueError, match="not JSON compliant"):
        list(render([replace(DASHBOARD, rows=(row,))]))


def test_the_lowest_threshold_is_null_and_the_others_are_drawn() -> None:
    field = rendered(TIMESERIES)["fieldConfig"]["defaults"]
    assert [step["value"] for step in field["thresholds"]["steps"]] == [None, 0.5, 2]
    assert field["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_a_panel_without_thresholds_gets_a_neutral_one_in_place_of_red_above_80() -> None:
    field = rendered(STACKED)["fieldConfig"]["defaults"]
    assert field["thresholds"]["steps"] == [{"color": "blue", "value": None}]
    assert field["custom"]["thresholdsStyle"] == {"mode": "off"}


def test_a_table_shows_its_columns_only_in_order_and_renamed() -> None:
    filter_fields, organize = rendered(TABLE)["transformations"]
    assert filter_fields == {
        "id": "filterFieldsByName",
        "options": {"include": {"names": ["endpoint", "Value"]}},
    }
    assert organize["options"]["indexByName"] == {"endpoint": 0, "Value": 1}
    assert organize["options"]["renameByName"] == {"endpoint": "Endpoint", "Value": "p95"}


def test_answers_of_several_queries_of_a_table_are_merged_first() -> None:
    two = replace(TABLE, targets=(SLOWEST, replace(SLOWEST, ref_id="B")))
    assert rendered(two)["transformations"][0]["id"] == "merge"


def test_a_table_without_columns_leaves_out_only_the_time() -> None:
    steps = rendered(replace(TABLE, columns=()))["transformations"]
    assert steps == [{"id": "organize", "options": {"excludeByName": {"Time": True}}}]


def test_only_the_numbers_of_a_table_are_coloured() -> None:
    (override,) = rendered(TABLE)["fieldConfig"]["overrides"]
    assert override["matcher"] == {"id": "byType", "options": "number"}


@pytest.mark.parametrize(("value", "key"), [(1.0, "1"), (0, "0"), (0.5, "0.5"), (-2.0, "-2")])
def test_a_mapped_value_is_spelt_as_grafana_prints_it(value: float, key: str) -> None:
    panel = rendered(replace(STAT, mappings=((value, "word", "red"),)))
    assert list(panel["fieldConfig"]["defaults"]["mappings"][0]["options"]) == [key]


def test_the_reducer_of_the_plan_is_the_one_calculated() -> None:
    assert rendered(GAUGE)["options"]["reduceOptions"]["calcs"] == ["max"]


def test_links_of_a_text_panel_are_panel_links_since_it_has_no_data() -> None:
    panel = rendered(TEXT)
    assert [link["url"] for link in panel["links"]] == ["https://example.org/runbook"]
    assert "fieldConfig" not in panel
    assert "datasource" not in panel


def test_a_variable_of_many_values_starts_with_all_of_them() -> None:
    one, many = render_dashboard(DASHBOARD)["templating"]["list"]
    assert many["current"]["value"] == ["$__all"]
    assert "current" not in one


def test_a_dashboard_without_a_tag_for_links_has_none() -> None:
    assert render_dashboard(replace(DASHBOARD, links_tag=""))["links"] == []
