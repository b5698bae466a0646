"""Variables of authors: offered by their dashboard, asked for in its queries, repeated for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pbmon.artifact import Artifact
from pbmon.checks.case import Case
from pbmon.checks.dashboards.listed import DASHBOARD_CHECKS
from pbmon.checks.definitions.expressions import expression_reads_back
from pbmon.errors import DefinitionErrors
from pbmon.plan.plan import Plan
from pbmon.render.artifacts import render
from small_projects import plan_of

BOARD = """
rooms = QueryVariable("picked", lamps, room, title="Room")
sizes = CustomVariable("size", ["small", "large"])
search = TextVariable("search")
in_room = visits.where(rooms.chosen(room)).rate(AUTO).sum(by=[room])
board = Dashboard("B", uid="b", file="b", variables=[rooms, sizes, search], rows=[
    Row(
        "In $picked",
        Panel("Visits of $picked", in_room, description="V.", unit="ops", repeat=rooms, per_row=3),
    ),
    Row(
        "Rest",
        Panel(
            "L",
            lamps.where(search.chosen(room), room.is_("hall")),
            description="L.",
            unit="short",
        ),
        repeat=rooms,
    ),
    Row("One", Panel("S", lamps.where(sizes.chosen(room)), description="S.", unit="short")),
])
"""


def rendered(plan: Plan) -> tuple[Artifact, dict[str, Any]]:
    artifact = next(each for each in render(plan, "dashboards") if each.path.endswith("/b.json"))
    return artifact, json.loads(artifact.text)


def test_a_dashboard_offers_its_variables_after_those_that_every_one_has() -> None:
    _, board = rendered(plan_of(BOARD))
    variables = {each["name"]: each for each in board["templating"]["list"]}
    assert list(variables) == ["datasource", "job", "instance", "picked", "size", "search"]
    picked, size, search = (variables[name] for name in ("picked", "size", "search"))
    asked = 'label_values(lamps{job=~"$job",instance=~"$instance"}, room)'
    assert (picked["type"], picked["query"], picked["label"]) == ("query", asked, "Room")
    assert picked["multi"] and picked["includeAll"]
    assert (size["type"], size["query"], size["multi"]) == ("custom", "small,large", False)
    assert [option["value"] for option in size["options"]] == ["small", "large"]
    assert size["current"]["value"] == "small"
    assert (search["type"], search["query"]) == ("textbox", ".*")


def test_queries_ask_for_what_is_chosen() -> None:
    _, board = rendered(plan_of(BOARD))
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    assert [expr[expr.index("{") : expr.index("}") + 1] for expr in asked] == [
        '{room=~"$picked",job=~"$job",instance=~"$instance"}',
        '{room=~"$search",room="hall",job=~"$job",instance=~"$instance"}',
        '{room="$size",job=~"$job",instance=~"$instance"}',
    ]


def test_panels_and_rows_are_repeated_for_each_chosen_value() -> None:
    _, board = rendered(plan_of(BOARD))
    repeated = {
        panel["title"]: (panel["repeat"], panel.get("repeatDirection"), panel.get("maxPerRow"))
        for panel in board["panels"]
        if "repeat" in panel
    }
    assert repeated == {"Visits of $picked": ("picked", "h", 3), "Rest": ("picked", None, None)}


def test_no_check_finds_fault_with_them() -> None:
    plan = plan_of(BOARD)
    artifact, _ = rendered(plan)
    case = Case(plan, artifacts=[artifact])
    checks = [*DASHBOARD_CHECKS, expression_reads_back]
    assert [finding for check in checks for finding in check(case)] == []


MISTAKES = {
    "a panel asks for one that is not offered": (
        'v = QueryVariable("picked", lamps, room)\n'
        'board = Dashboard("B", uid="b", file="b",'
        ' rows=[Row("R", Panel("P", lamps.where(v.chosen(room))))])',
        "panel 'P' asks for $picked, which dashboard 'B' does not offer",
    ),
    "a row is repeated for one that is not offered": (
        'v = QueryVariable("picked", lamps, room)\n'
        'board = Dashboard("B", uid="b", file="b", rows=[Row("R", Panel("P", lamps), repeat=v)])',
        "row 'R' asks for $picked",
    ),
    "a name that pbmon uses": (
        'v = QueryVariable("job", lamps, room)\n'
        'board = Dashboard("B", uid="b", file="b", variables=[v],'
        ' rows=[Row("R", Panel("P", lamps))])',
        "dashboard 'B' has a variable 'job' already",
    ),
    "two of one name": (
        'v = TextVariable("a")\n'
        'board = Dashboard("B", uid="b", file="b", variables=[v, TextVariable("a")],'
        ' rows=[Row("R", Panel("P", lamps))])',
        "has several variables called 'a'",
    ),
    "a label that the series lack": (
        'v = QueryVariable("picked", up, room)',
        "offers values of 'room', which the series do not carry",
    ),
    "a name that is none": ('v = TextVariable("a b")', "Grafana reads no variable called 'a b'"),
    "no choice": ('v = CustomVariable("a", [])', "which Grafana does not read as choices"),
    "a comma in a choice": ('v = CustomVariable("a", ["b,c"])', "does not read as choices"),
    "repeated for a single choice": (
        'v = CustomVariable("a", ["b"])\nrow = Row("R", Panel("P", lamps), repeat=v)',
        "is repeated for $a, of which one value is chosen",
    ),
    "an alert asks": (
        'v = TextVariable("a")\n'
        'alert = Alert("Many", lamps.where(v.chosen(room)) > 1, **SAID)',
        "Many asks for $a, which only readers of a dashboard choose",
    ),
    "a record asks": (
        'v = TextVariable("a")\n'
        'record = Record("room:lamps:sum", lamps.where(v.chosen(room)).sum(by=[room]), "L.")',
        "asks for $a, which only readers of a dashboard choose",
    ),
    "a time zone that is nowhere": (
        'board = Dashboard("B", uid="b", file="b", timezone="home",'
        ' rows=[Row("R", Panel("P", lamps))])',
        "timezone 'home' of dashboard 'B'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_variable_that_does_nothing_is_a_mistake(text: str, problem: str) -> None:
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(text)
    assert problem in str(raised.value)
