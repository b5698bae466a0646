"""What a module makes and nothing holds is named where it was made."""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from pbmon.panels.kinds import KINDS
from small_projects import SHOP, catalog_of, plan_of

PANELS = {
    "BarChart": 'BarChart("P", lamps.sum(by=[room]), by=room)',
    "Heatmap": 'Heatmap("P", stay.bucket_counts.rate("5m").sum(by=[le]))',
    "Text": 'Text("P", "Some *words*.")',
}
PARTS = {
    kind.definition.__name__: PANELS.get(
        kind.definition.__name__, f'{kind.definition.__name__}("P", lamps.sum())'
    )
    for kind in KINDS
} | {"Row": 'Row("R", Panel("P", lamps))'}
"""How each kind of panel, and a row, is made."""

BOARD = 'board = Dashboard("D", uid="d", file="d", rows=[Row("R", Panel("Shown", lamps))])\n'
LINE = SHOP.count("\n") + 2
"""Of the first statement behind BOARD."""


def mistakes(*bodies: str) -> list[str]:
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(*bodies)
    return [str(each) for each in raised.value.errors]


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize(
    "statement",
    [
        "{}",
        "x = {}",
        "x: object = {}",
        "x = [{}]",
        "if True:\n    {}",
        "for x in 'a':\n    x = {}",
        "def make():\n    {}\nmake()",
        "def make():\n    x = {}\n    return 1\nmake()",
        "def make():\n    return {}\nmake()",
        "class Shelf:\n    x = {}",
    ],
)
def test_a_panel_or_row_that_no_dashboard_holds_is_a_mistake(kind: str, statement: str) -> None:
    (mistake,) = mistakes(BOARD + statement.format(PARTS[kind]))
    assert f"no dashboard holds this {kind}, so it is never rendered" in mistake
    assert int(mistake.split(":")[1]) >= LINE


@pytest.mark.parametrize(
    "body",
    [
        'panel = Panel("P", lamps)\nrow = Row("R", panel)\n'
        'board = Dashboard("D", uid="d", file="d", rows=[row])',
        'rows = [Row("R", Panel("P", lamps))]\n'
        'board = Dashboard("D", uid="d", file="d", rows=rows)',
        "def panel(title):\n    made = Panel(title, lamps)\n    return made\n"
        'board = Dashboard("D", uid="d", file="d", rows=[Row("R", panel("P"))])',
        'def board():\n    row = Row("R", Panel("P", lamps))\n'
        '    return Dashboard("D", uid="d", file="d", rows=[row])\nboards = [board()]',
    ],
)
def test_one_that_a_dashboard_holds_is_none(body: str) -> None:
    assert [board.uid for board in catalog_of(body).dashboards] == ["d"]


def test_one_that_a_dashboard_of_another_module_holds_is_none() -> None:
    other = (
        "from pbmon import *\nfrom definitions.shop import panel\n"
        'board = Dashboard("D", uid="d", file="d", rows=[Row("R", panel)])\n'
    )
    assert catalog_of('panel = Panel("P", lamps)', other=other).dashboards


def test_a_lost_row_speaks_for_its_panels() -> None:
    (mistake,) = mistakes(BOARD, 'panel = Panel("P", lamps)\nrow = Row("R", panel)')
    assert "no dashboard holds this Row" in mistake


def test_a_dashboard_that_is_wrong_itself_is_the_only_mistake() -> None:
    row = 'row = Row("R", Panel("P", lamps))\n'
    (mistake,) = mistakes(row + 'board = Dashboard("D", uid="not one", file="d", rows=[row])')
    assert "dashboard uid 'not one' is refused" in mistake
    (mistake,) = mistakes(row + 'Dashboard("D", uid="d", file="d", rows=[row])')
    assert "this Dashboard is bound to no name" in mistake


@pytest.mark.parametrize("statement", ["{}", "x = {}\n    return 1", "x: object = {}"])
def test_a_definition_that_a_function_keeps_for_itself_is_a_mistake(statement: str) -> None:
    alert = statement.format('Alert("Dark", lamps < 1, **SAID)')
    (mistake,) = mistakes(f"def make():\n    {alert}\nmake()")
    assert "this Alert is bound to no name, so it is never rendered" in mistake


def test_a_definition_that_a_function_hands_to_a_name_is_none() -> None:
    body = 'def make():\n    x = Alert("Dark", lamps < 1, **SAID)\n    return [x]\nall = make()'
    assert [alert.name for alert in catalog_of(body).alerts] == ["Dark"]


def test_a_function_that_fails_loses_nothing_besides() -> None:
    body = (
        'def make():\n    x = Alert("Dark", lamps < 1, **SAID)\n'
        '    y = Alert("not a name", lamps < 1, **SAID)\n    return [x, y]\n'
    )
    (mistake,) = mistakes(body, "all = make()")
    assert "not a name" in mistake
    other = "from definitions.shop import make\nall = make()\n"
    with pytest.raises(DefinitionErrors) as raised:
        catalog_of(body, other=other)
    assert len(raised.value.errors) == 1


def test_a_group_without_a_rule_is_a_mistake() -> None:
    (mistake,) = mistakes('group = RuleGroup("dark", "Where it is dark.")')
    assert f"definitions/shop.py:{LINE - 1}: no rule stands in group dark" in mistake
    body = 'group = RuleGroup("dark", "Dark.")\nx = Alert("Dark", lamps < 1, group=group, **SAID)'
    assert plan_of(body).alerts
    body = 'group = RuleGroup("dark", "Dark.")\nx = Record(":lamps:sum", lamps.sum(), group=group)'
    assert plan_of(body).records
