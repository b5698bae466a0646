"""A graph's legend has room for its series, and status codes have their colours."""

from __future__ import annotations

from typing import Any

import pytest
from made_panels import planned
from pbmon import AUTO, Counter, Label, Panel, PieChart, Query
from pbmon.model.panels import AnyPanel
from pbmon.panels.kind import Grid

room = Label("room", "Room.", values=("kitchen", "hall", "attic"))
guest = Label("guest", "Guest.", max_values=40, other="other")
code = Label("code", "HTTP status code.", values=("200", "404", "503"), max_values=2, other="other")
status = Label("status", "HTTP status code.", max_values=30, other="other")
outcome = Label("status", "How it ended.", values=("success", "failure"))
VISITED = Counter("visits_total", "Visits.", labels=[room, guest, code])
VISITS, IN_HALL = VISITED.rate(AUTO), VISITED.where(room.is_("hall")).rate(AUTO)
ANSWERS = Counter("answers_total", "Answers.", labels=[status]).rate(AUTO)
TASKS = Counter("tasks_total", "Tasks.", labels=[outcome]).rate(AUTO)


def legend(panel: AnyPanel, width: int = 12, height: int = 8) -> tuple[str, str, int]:
    """How it is displayed, where, and how many numbers stand beside each name."""
    made = planned(panel, grid=Grid(0, 0, width, height))
    shown = made.kind.options(made)["legend"]
    return shown["displayMode"], shown["placement"], len(shown["calcs"])


@pytest.mark.parametrize(
    "queries",
    [
        [VISITS.sum()],
        [Query(VISITS.sum(by=[guest]), "all guests")],
        [Query(VISITS.sum(), name) for name in "ab"],
    ],
    ids=["one series", "one name", "two queries"],
)
def test_up_to_two_series_stand_in_a_table_below(queries: list[Any]) -> None:
    assert legend(Panel("P", *queries)) == ("table", "bottom", 3)


@pytest.mark.parametrize(
    "queries",
    [
        [VISITS.sum(by=[room])],
        [VISITS.sum(by=[guest])],
        [VISITS.sum(by=[room, code])],
        [VISITS.sum(by=[room]), Query(VISITS.sum(), "all")],
    ],
    ids=["a label of three values", "an open label", "two labels", "two queries"],
)
def test_more_series_stand_beside_a_wide_graph_and_in_a_list_below_a_narrow_one(
    queries: list[Any],
) -> None:
    panel = Panel("P", *queries)
    assert legend(panel, width=12) == ("table", "right", 2)
    assert legend(panel, width=8) == ("list", "bottom", 0)
    assert legend(panel, width=8, height=14) == ("table", "bottom", 3)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (VISITS.sum(by=[room, code]), "{{code}} {{room}}"),
        (IN_HALL.sum(by=[room, code]), "{{code}}"),
        (IN_HALL.sum(by=[room]), "P"),
        (VISITS.sum(), "P"),
    ],
    ids=["two labels", "one of them fixed", "none free", "no label"],
)
def test_a_legend_names_the_labels_that_tell_series_apart(query: Any, expected: str) -> None:
    panel = Panel("P", query)
    assert planned(panel).kind.legend(panel, panel.queries[0]) == expected


def colors(panel: AnyPanel) -> dict[str, str]:
    """Colour by regular expression."""
    made = planned(panel)
    assert made.kind.field_config is not None
    return {
        rule["matcher"]["options"]: rule["properties"][0]["value"]["fixedColor"]
        for rule in made.kind.field_config(made)["overrides"]
    }


def test_series_named_by_a_status_code_have_the_colour_of_its_class() -> None:
    expected = {
        r"/^2(\d\d|xx)$/": "green",
        r"/^4(\d\d|xx)$/": "orange",
        r"/^5(\d\d|xx)$/": "red",
    }
    by_code = VISITS.sum(by=[code])
    assert colors(Panel("P", by_code)) == expected
    assert colors(PieChart("P", Query(by_code, "{{code}}"))) == expected
    assert set(colors(Panel("P", ANSWERS.sum(by=[status]))).values()) >= {
        "green",
        "blue",
        "orange",
        "red",
    }


def test_a_query_named_like_a_class_has_its_colour() -> None:
    panel = Panel("P", Query(VISITS.sum(), "5xx"), Query(VISITS.sum(), "all"))
    assert colors(panel) == {r"/^5(\d\d|xx)$/": "red"}


@pytest.mark.parametrize(
    "query",
    [
        TASKS.sum(by=[outcome]),
        VISITS.sum(by=[room]),
        Query(VISITS.sum(by=[room, code]), "{{room}} {{code}}"),
    ],
    ids=["another status", "another label", "more than the code"],
)
def test_other_series_have_the_colours_of_grafana(query: Any) -> None:
    assert colors(Panel("P", query)) == {}
