"""Dashboards come out as Grafana's classic JSON, the same bytes each time, whatever texts hold.

`pytest --rewrite` writes the golden file anew; read the difference before committing it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_panels import BY_STATUS, LIMITS, bare, examples, planned
from pbmon import BarChart, BarGauge, GaugePanel, Panel, PieChart, Stat, Table, Text, up
from pbmon.artifact import Artifact
from pbmon.checks.dashboards.parts import Board
from pbmon.checks.dashboards.schema import dashboard_fits_its_schema
from pbmon.panels.kind import Grid, PlannedPanel, Target
from pbmon.panels.kinds import KINDS, kind_of
from pbmon.plan.dashboards import Annotation, PlannedDashboard, PlannedRow, Variable
from pbmon.render.dashboards import dashboard_text, render_dashboard
from pbmon.source import Source

GOLDEN = Path(__file__).parent.parent / "golden" / "dashboards" / "every-kind.json"
SOURCE = Source("definitions/api.py", 10)
EXAMPLES = examples()
STACKED = Panel("Stacked", BY_STATUS, description="Stacked.", unit="reqps", stacked=True)
COLOURED = {"timeseries", "gauge", "table", "barchart"}
"""Kinds whose example has an alert's threshold."""


def placed() -> list[PlannedPanel[Any]]:
    """A panel of each kind and a stacked one, three a line, with ids from 11."""
    first, *others = EXAMPLES.values()
    return [
        planned(
            panel,
            11 + number,
            Grid(number % 3 * 8, 1 + number // 3 * 8 + number // 9, 8, 8),
            LIMITS if panel is not STACKED and kind_of(panel).type in COLOURED else (),
        )
        for number, panel in enumerate([first, STACKED, *others])
    ]


PANELS = placed()
OPEN, CLOSED = PANELS[:9], PANELS[9:]
TIMESERIES, STACKED_PANEL = PANELS[:2]
TABLE = next(panel for panel in PANELS if panel.kind.type == "table")
TEXT = next(panel for panel in PANELS if panel.kind.type == "text")
DASHBOARD = PlannedDashboard(
    uid="every-kind",
    title="Every kind",
    description="One panel of each kind.",
    file="dashboards/every-kind.json",
    source=SOURCE,
    tags=("example",),
    rows=(
        PlannedRow(1, "Open", Grid(0, 0, 24, 1), tuple(OPEN)),
        PlannedRow(2, "Closed", Grid(0, 25, 24, 1), tuple(CLOSED), collapsed=True),
    ),
    variables=(
        Variable("datasource", "Data source", "datasource", "prometheus"),
        Variable("job", "Job", "query", "label_values(up, job)", several=True),
    ),
    annotations=(
        Annotation("Alerts", 'ALERTS{alertstate="firing"}', "red", "{{alertname}}", "{{severity}}"),
    ),
    links_tag="example",
)


def rendered(panel: PlannedPanel[Any]) -> Any:
    """The JSON of one panel."""
    row = PlannedRow(1, "Row", Grid(0, 0, 24, 1), (panel,))
    return render_dashboard(replace(DASHBOARD, rows=(row,)))["panels"][1]


def test_every_kind_of_panel_comes_out_as_in_the_golden_file(
    request: pytest.FixtureRequest,
) -> None:
    shown = dashboard_text(DASHBOARD)
    if request.config.getoption("--rewrite"):
        GOLDEN.write_text(shown, "utf-8")
    if request.config.getoption("--rewrite"):
        GOLDEN.write_text(shown, "utf-8")
    assert shown == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("kind", [kind.type for kind in KINDS])
@pytest.mark.parametrize("steps", [(), LIMITS], ids=["plain", "coloured"])
@pytest.mark.parametrize("of", [bare, lambda panel: panel], ids=["bare", "full"])
def test_a_panel_of_any_kind_fits_the_schema_with_few_facts_and_with_all(
    kind: str, steps: Any, of: Any
) -> None:
    row = PlannedRow(1, "Row", Grid(0, 0, 24, 1), (planned(of(EXAMPLES[kind]), steps=steps),))
    dashboard = render_dashboard(replace(DASHBOARD, rows=(row,)))
    board = Board(Artifact("board.json", ""), dashboard)
    assert list(dashboard_fits_its_schema(board)) == []


def test_the_same_dashboard_gives_the_same_bytes() -> None:
    assert dashboard_text(DASHBOARD) == dashboard_text(DASHBOARD)


def test_an_open_row_precedes_its_panels_and_a_closed_one_holds_them() -> None:
    panels = render_dashboard(DASHBOARD)["panels"]
    assert [panel["id"] for panel in panels] == [1, *(panel.id for panel in OPEN), 2]
    assert [panel["id"] for panel in panels[-1]["panels"]] == [panel.id for panel in CLOSED]
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
    table = Table(hostile, up, description=hostile or " ")
    table.description, table.columns = hostile, {hostile: hostile}
    table.links = ((hostile, hostile),)
    target = Target("A", hostile, up.node, hostile)
    panel = replace(planned(table), targets=(target,))
    text = planned(Text("Notes", hostile))
    row = PlannedRow(1, hostile, Grid(0, 0, 24, 1), (panel, text))
    board = replace(DASHBOARD, title=hostile, description=hostile, rows=(row,))
    read = json.loads(dashboard_text(board))
    heading, shown, note = read["panels"]
    assert (read["title"], read["description"], heading["title"]) == (hostile,) * 3
    assert (shown["title"], shown["description"]) == (hostile,) * 2
    assert (shown["targets"][0]["expr"], shown["targets"][0]["legendFormat"]) == (hostile,) * 2
    assert shown["fieldConfig"]["defaults"]["links"] == [
        {"title": hostile, "url": hostile, "targetBlank": False}
    ]
    assert shown["transformations"][-1]["options"]["renameByName"] == {hostile: hostile}
    assert note["options"]["content"] == hostile


@given(st.text())
def test_any_text_survives_the_round_trip(text: str) -> None:
    shown = dashboard_text(replace(DASHBOARD, title=text))
    assert json.loads(shown.encode())["title"] == text


def test_half_a_surrogate_pair_is_written_as_valid_utf_8() -> None:
    shown = dashboard_text(replace(DASHBOARD, title="cut \ud83d off"))
    assert json.loads(shown.encode())["title"] == "cut \ud83d off"


def test_a_limit_that_json_cannot_hold_is_refused() -> None:
    gauge = GaugePanel("G", up)
    gauge.limits = (0, float("inf"))
    row = PlannedRow(1, "Row", Grid(0, 0, 24, 1), (planned(gauge),))
    with pytest.raises(ValueError, match="not JSON compliant"):
        dashboard_text(replace(DASHBOARD, rows=(row,)))


def test_the_lowest_threshold_is_null_and_the_others_are_drawn() -> None:
    field = rendered(TIMESERIES)["fieldConfig"]["defaults"]
    assert [step["value"] for step in field["thresholds"]["steps"]] == [None, 0.5, 2]
    assert field["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_a_panel_without_thresholds_gets_a_neutral_one_in_place_of_red_above_80() -> None:
    field = rendered(STACKED_PANEL)["fieldConfig"]["defaults"]
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
    two = planned(Table("T", up, up))
    assert rendered(two)["transformations"][0]["id"] == "merge"


def test_a_table_without_columns_leaves_out_only_the_time() -> None:
    steps = rendered(planned(Table("T", up)))["transformations"]
    assert steps == [{"id": "organize", "options": {"excludeByName": {"Time": True}}}]


def test_only_the_numbers_of_a_table_are_coloured() -> None:
    override, *_ = rendered(TABLE)["fieldConfig"]["overrides"]
    assert override["matcher"] == {"id": "byType", "options": "number"}


@pytest.mark.parametrize(("value", "key"), [(1.0, "1"), (0, "0"), (0.5, "0.5"), (-2.0, "-2")])
def test_a_mapped_value_is_spelt_as_grafana_prints_it(value: float, key: str) -> None:
    panel = rendered(planned(Stat("S", up, mappings={value: ("word", "red")})))
    assert list(panel["fieldConfig"]["defaults"]["mappings"][0]["options"]) == [key]


@pytest.mark.parametrize("kind", [Stat, GaugePanel, BarGauge, PieChart])
def test_the_reducer_is_the_one_calculated_over_all_that_is_shown(kind: Any) -> None:
    panel = rendered(planned(kind("P", up, reducer="max")))
    assert panel["options"]["reduceOptions"]["calcs"] == ["max"]
    assert panel["targets"][0]["range"] is True


def test_a_text_panel_asks_nobody() -> None:
    panel = rendered(TEXT)
    assert not {"fieldConfig", "datasource"} & panel.keys() and panel["targets"] == []


def test_the_bars_of_several_queries_are_named_by_their_legends_and_of_one_by_the_title() -> None:
    two = EXAMPLES["barchart"]
    one = BarChart("All", two.queries[0].expr, by="endpoint")
    names = [
        rendered(planned(panel))["transformations"][-1]["options"]["renameByName"]
        for panel in (two, one)
    ]
    assert names == [{"Value #A": "all", "Value #B": "failed"}, {"Value": "All"}]


def test_a_status_history_asks_for_no_more_samples_than_it_has_cells() -> None:
    assert rendered(planned(EXAMPLES["status-history"]))["maxDataPoints"] == 100


def test_a_variable_of_many_values_starts_with_all_of_them() -> None:
    one, many = render_dashboard(DASHBOARD)["templating"]["list"]
    assert many["current"]["value"] == ["$__all"]
    assert "current" not in one


def test_a_dashboard_without_a_tag_for_links_has_none() -> None:
    assert render_dashboard(replace(DASHBOARD, links_tag=""))["links"] == []
