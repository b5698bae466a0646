"""Overrides and mappings arrive in Grafana's words; one that can change nothing is a mistake."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from made_panels import BY_STATUS, planned
from pbmon import Line, Override, Panel, Query, Stat, Table, up
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.model.panels import AnyPanel
from pbmon.panels.kind import Grid, Json
from pbmon.panels.kinds import kind_of
from pbmon.plan.dashboards import PlannedDashboard, PlannedRow
from pbmon.render.dashboards import render_dashboard
from pbmon.source import Source
from small_projects import plan_of

SERVED = Query(BY_STATUS, "{{status}}")


def field_config(panel: AnyPanel) -> Json:
    kind = kind_of(panel)
    assert kind.field_config
    return kind.field_config(planned(panel))


def properties(override: Json) -> dict[str, object]:
    return {one["id"]: one["value"] for one in override["properties"]}


def test_an_override_sets_what_it_says_and_nothing_else() -> None:
    override = Override(
        "500",
        name="failed",
        unit="s",
        color="red",
        decimals=1,
        limits=(0, None),
        thresholds={1: "red"},
    )
    rendered = field_config(Panel("P", SERVED, overrides=[override]))["overrides"][-1]
    assert rendered["matcher"] == {"id": "byName", "options": "500"}
    assert properties(rendered) == {
        "displayName": "failed",
        "unit": "s",
        "color": {"fixedColor": "red", "mode": "fixed"},
        "decimals": 1,
        "min": 0,
        "thresholds": {
            "mode": "absolute",
            "steps": [{"color": "green", "value": None}, {"color": "red", "value": 1}],
        },
    }


def test_a_line_says_how_a_series_is_drawn() -> None:
    line = Line("/5../", axis="right", mirrored=True, width=2, dashed=True, fill=0, shape="bars")
    rendered = field_config(Panel("P", SERVED, lines=[line]))["overrides"][-1]
    assert rendered["matcher"] == {"id": "byRegexp", "options": "/5../"}
    assert properties(rendered) == {
        "custom.axisPlacement": "right",
        "custom.transform": "negative-Y",
        "custom.lineWidth": 2,
        "custom.lineStyle": {"dash": [10, 10], "fill": "dash"},
        "custom.fillOpacity": 0,
        "custom.drawStyle": "bars",
    }


def test_an_override_of_a_query_follows_the_query_wherever_it_stands() -> None:
    for queries in ([SERVED, up], [up, SERVED]):
        panel = Panel("P", *queries, overrides=[Override(SERVED, unit="s")])
        matcher = field_config(panel)["overrides"][-1]["matcher"]
        assert matcher == {"id": "byFrameRefID", "options": "AB"[queries.index(SERVED)]}


def test_the_last_override_of_an_author_comes_after_those_of_pbmon() -> None:
    panel = Panel("P", SERVED, overrides=[Override("500", color="blue"), Override("200", unit="s")])
    ids = [one["matcher"]["options"] for one in field_config(panel)["overrides"]]
    assert ids[-2:] == ["500", "200"] and len(ids) > 2


def test_a_column_with_limits_of_its_own_has_their_colour_as_background() -> None:
    column = Override("Up", thresholds={None: "red", 1: "green"})
    table = Table("T", up, columns={"Value": "Up"}, overrides=[column, Override("Up", unit="s")])
    coloured, plain = field_config(table)["overrides"]
    assert properties(coloured)["custom.cellOptions"] == {
        "mode": "basic",
        "type": "color-background",
    }
    assert properties(plain) == {"unit": "s"}


def test_values_texts_patterns_ranges_and_nothing_are_mapped_in_the_order_grafana_asks() -> None:
    stat = Stat(
        "S",
        up,
        mappings={
            None: ("unknown", "blue"),
            (2, None): ("many", "orange"),
            "/^v1/": ("old", "red"),
            "ready": ("ready", "green"),
            0: ("down", "red"),
        },
    )
    assert field_config(stat)["defaults"]["mappings"] == [
        {
            "type": "value",
            "options": {
                "0": {"color": "red", "index": 0, "text": "down"},
                "ready": {"color": "green", "index": 1, "text": "ready"},
            },
        },
        {
            "type": "regex",
            "options": {"pattern": "/^v1/", "result": {"color": "red", "index": 2, "text": "old"}},
        },
        {
            "type": "range",
            "options": {
                "from": 2,
                "result": {"color": "orange", "index": 3, "text": "many"},
                "to": None,
            },
        },
        {
            "type": "special",
            "options": {
                "match": "null+nan",
                "result": {"color": "blue", "index": 4, "text": "unknown"},
            },
        },
    ]


MADE: dict[str, tuple[Callable[[], object], str]] = {
    "no effect": (lambda: Override("a"), "override of 'a' changes nothing"),
    "no effect of a line": (lambda: Line("a", mirrored=False), "line of 'a' changes nothing"),
    "no pattern": (lambda: Override("/(/", unit="s"), "which is no regular expression"),
    "no colour": (lambda: Override("a", color="mud"), "which is no colour of Grafana's"),
    "too wide": (lambda: Line("a", width=11), "has a width of 11, which Grafana does not draw"),
    "no range": (
        lambda: Stat("S", up, mappings={(2, 1): ("x", "red")}),
        "panel 'S' maps the range from 2 to 1, which holds no value",
    ),
    "no key of a mapping": (
        lambda: Stat("S", up, mappings={b"x": ("x", "red")}),
        "where a number, a text, a range or None belongs",
    ),
    "a query of another panel": (
        lambda: Panel("P", up, overrides=[Override(SERVED, unit="s")]),
        "override of a query names one that panel 'P' does not ask",
    ),
}


@pytest.mark.parametrize(("make", "problem"), MADE.values(), ids=MADE.keys())
def test_what_changes_nothing_or_is_not_drawn_is_refused(
    make: Callable[[], object], problem: str
) -> None:
    with pytest.raises(DefinitionError, match=problem.replace("(", r"\(")):
        make()


BOARD = """
by_room = visits.rate(AUTO).sum(by=[room])
board = Dashboard("B", uid="b", file="b", rows=[Row("R", {})])
"""
IN = 'Query(by_room, "in {{room}}")'
FITS = {
    "a value of a closed set": f'Panel("P", {IN}, overrides=[Override("in hall", unit="s")])',
    "any value of an open one": (
        'Panel("P", Query(up, "{{instance}}"), lines=[Line("shop:80", dashed=True)])'
    ),
    "a heading": 'Table("T", up, columns={"Value": "Up"}, overrides=[Override("Up", unit="s")])',
    "a label": 'Table("T", up, overrides=[Override("job", name="Job")])',
    "a pattern": f'Panel("P", {IN}, overrides=[Override("/hall$/", unit="s")])',
}
FITS_NOTHING = {
    "no value of the set": f'Panel("P", {IN}, overrides=[Override("in cellar", unit="s")])',
    "another name": 'Panel("P", Query(up.sum(), "up"), lines=[Line("down", dashed=True)])',
    "a column that was renamed": (
        'Table("T", up, columns={"Value": "Up"}, overrides=[Override("Value", unit="s")])'
    ),
    "a pattern of nothing": f'Panel("P", {IN}, overrides=[Override("/^hall/", unit="s")])',
}


@pytest.mark.parametrize("panel", FITS.values(), ids=FITS.keys())
def test_an_override_of_what_can_be_there_is_accepted(panel: str) -> None:
    assert plan_of(BOARD.format(panel)).dashboards


@pytest.mark.parametrize("panel", FITS_NOTHING.values(), ids=FITS_NOTHING.keys())
def test_an_override_of_what_cannot_be_there_is_a_mistake_at_its_line(panel: str) -> None:
    with pytest.raises(DefinitionErrors, match="fits nothing that panel"):
        plan_of(BOARD.format(panel))


RAW = {"transparent": True, "fieldConfig": {"defaults": {"noValue": "-"}}, "maxDataPoints": 50}


def test_raw_json_is_laid_over_the_panel_and_leaves_the_rest_as_it_is() -> None:
    plain, changed = (rendered(Panel("P", SERVED, raw=raw)) for raw in ({}, RAW))
    assert changed["fieldConfig"]["defaults"].pop("noValue") == "-"
    assert (changed.pop("transparent"), changed.pop("maxDataPoints")) == (True, 50)
    assert changed == {key: value for key, value in plain.items() if key != "transparent"}


def rendered(panel: AnyPanel) -> Json:
    row = PlannedRow(1, "R", Grid(0, 0, 24, 1), (planned(panel),))
    source = Source("definitions/b.py", 1)
    board = PlannedDashboard("b", "B", "", "b.json", source, (), (row,), (), (), "")
    _, drawn = render_dashboard(board)["panels"]
    return dict(drawn)


@pytest.mark.parametrize("raw", [{"a": object()}, {"a": float("nan")}, {"a": {1, 2}}])
def test_raw_holds_what_json_can(raw: dict[str, object]) -> None:
    with pytest.raises(DefinitionError, match="where JSON belongs"):
        Panel("P", up, raw=raw)
