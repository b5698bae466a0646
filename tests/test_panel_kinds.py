"""The kinds of panels stand in one tuple; whoever adds one hears what it lacks, by name."""

from __future__ import annotations

import inspect
import json
import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Unpack

import pbmon
import projects
import pytest
from boards import check_dashboard
from made_panels import bare, examples, planned
from pbmon import Vector, up
from pbmon.artifact import Artifact
from pbmon.checks.dashboards import schema
from pbmon.errors import DefinitionError
from pbmon.model.panels import Chart, SeriesArguments, SeriesChart
from pbmon.model.query import Query
from pbmon.panels import kinds, parts
from pbmon.panels.kind import Grid, Json, Kind, PlannedPanel
from pbmon.panels.kinds import BY_TYPE, KINDS
from pbmon.panels.schema import BOOLEAN, fields, shared, with_values
from pbmon.plan.dashboards import PlannedDashboard, PlannedRow, Variable
from pbmon.plan.layout import positions
from pbmon.render.dashboards import dashboard_text
from pbmon.source import Source

ROOT = Path(__file__).parent.parent


class Candles(SeriesChart):
    """A dummy: no module, no public name, no page."""

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        hollow: bool = False,
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.hollow = hollow


def _options(panel: PlannedPanel[Candles]) -> Json:
    return {"hollow": panel.definition.hollow, "legend": parts.legend()}


CANDLES = Kind(
    definition=Candles,
    type="candlestick",
    options=_options,
    field_config=lambda panel: parts.field_config(panel, color=parts.BY_SERIES),
    schema=with_values(
        "candlestick",
        options=fields({"hollow": BOOLEAN, "legend": shared("legend")}, ["hollow"]),
        custom=shared("nothing"),
    ),
)


def gaps(some: Iterable[Kind[Any]]) -> list[str]:
    """What lacks a kind, one line each."""
    some = tuple(some)
    authoring = (ROOT / "docs/authoring.md").read_text("utf-8")
    accepted = (ROOT / "tests/typing/accepted.py").read_text("utf-8")
    missing = []
    for kind in some:
        name = kind.definition.__name__
        places = {
            "pbmon/__init__.py offers it": name in pbmon.__all__ and hasattr(pbmon, name),
            "docs/authoring.md explains it": f"| `{name}` |" in authoring,
            "tests/made_panels.py has an example": kind.type in examples(),
            "tests/typing/accepted.py uses it": f" {name}(" in accepted,
            "tests/projects.py knows its arguments": all(
                argument in projects.ARGUMENTS for argument in own_arguments(kind)
            ),
        }
        missing += [f"{name}: no {place}" for place, there in places.items() if not there]
    for module in pkgutil.iter_modules(import_module("pbmon.panels").__path__, "pbmon.panels."):
        if module.name == kinds.__name__:
            continue
        missing += [
            f"{name} of {module.name} is not in pbmon/panels/kinds.py"
            for name, value in vars(import_module(module.name)).items()
            if isinstance(value, Kind) and value not in some
        ]
    return missing


def own_arguments(kind: Kind[Any]) -> list[str]:
    return [
        parameter.name
        for parameter in inspect.signature(kind.definition).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY and issubclass(kind.definition, Chart)
    ]


def test_every_kind_is_offered_explained_drawn_and_typed() -> None:
    assert gaps(KINDS) == []


def test_a_kind_that_was_added_to_the_tuple_only_is_named_with_all_that_it_lacks() -> None:
    assert [gap for gap in gaps((*KINDS, CANDLES)) if gap.startswith("Candles")] == [
        "Candles: no pbmon/__init__.py offers it",
        "Candles: no docs/authoring.md explains it",
        "Candles: no tests/made_panels.py has an example",
        "Candles: no tests/typing/accepted.py uses it",
        "Candles: no tests/projects.py knows its arguments",
    ]


def test_a_kind_in_a_module_that_the_tuple_lacks_is_named() -> None:
    gap = "TIME_SERIES of pbmon.panels.timeseries is not in pbmon/panels/kinds.py"
    assert gap in gaps(KINDS[1:]) and gap not in gaps(KINDS)


def test_a_kind_without_a_piece_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="'options', 'field_config', and 'schema'"):
        Kind(definition=Candles, type="candlestick")  # type: ignore[call-arg]


def test_a_panel_of_no_kind_is_named() -> None:
    with pytest.raises(LookupError, match="Candles is of no kind"):
        kinds.kind_of(Candles("C", up))


@pytest.fixture
def candles_in_the_tuple(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(BY_TYPE, CANDLES.type, CANDLES)  # type: ignore[arg-type]
    monkeypatch.setitem(kinds._BY_DEFINITION, Candles, CANDLES)  # type: ignore[arg-type]
    for read in (schema._schemas, schema._fits, schema._validator):
        read.cache_clear()
    yield
    for read in (schema._schemas, schema._fits, schema._validator):
        read.cache_clear()


@pytest.mark.usefixtures("candles_in_the_tuple")
def test_a_kind_of_the_tuple_is_planned_placed_rendered_and_checked_with_no_other_line() -> None:
    panel = Candles("C", up, description="Candles.", unit="short", hollow=True)
    ((grid,), _) = positions([panel], 1)
    text = rendered(planned(panel, 2, grid))
    assert check_dashboard(Artifact("d.json", text)) == []
    drawn = json.loads(text)
    drawn["panels"][1]["options"]["colour"] = "red"
    (finding,) = check_dashboard(Artifact("d.json", json.dumps(drawn)))
    assert "options has 'colour', which is not among its settings" in finding.problem


def rendered(panel: PlannedPanel[Any]) -> str:
    row = PlannedRow(1, "R", Grid(0, 0, 24, 1), (panel,))
    datasource = Variable("datasource", "Data source", "datasource", "prometheus")
    dashboard = PlannedDashboard(
        uid="d",
        title="D",
        description="",
        file="d.json",
        source=Source("d.py", 1),
        tags=(),
        rows=(row,),
        variables=(datasource,),
        annotations=(),
        links_tag="",
    )
    return dashboard_text(dashboard)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.has_values], ids=lambda k: k.type)
def test_no_kind_takes_an_argument_that_only_others_draw(kind: Kind[Any]) -> None:
    example = examples()[kind.type]
    others = {name for other in KINDS for name in own_arguments(other)} - {*own_arguments(kind)}
    for argument in sorted(others):
        with pytest.raises(DefinitionError, match=f"has no argument '{argument}'") as raised:
            bare(example, **{argument: None})
        assert raised.value.source.file.endswith("made_panels.py")  # the author of this panel
