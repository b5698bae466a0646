"""Grafana puts values only where pbmon wrote a variable."""

from __future__ import annotations

import json
import re

import promql_parser
import pytest
from pbmon.errors import DefinitionErrors
from pbmon.live.variables import expand
from pbmon.plan.plan import Plan
from small_projects import SHOP, plan_of

VALUES = (
    "$job",
    "US$5",
    "${instance}",
    "[[job]]",
    r"\$job",
    "$__rate_interval",
    "a$",
    "$$job",
    "$",
)
ROUTE = f"route = Label('route', 'Route.', values={VALUES!r})\n" + (
    'hits = Counter("hits_total", "Hits.", labels=[route])\n'
)
GRAFANA = {"job": "WRONG", "instance": "WRONG", "__rate_interval": "7m"}


def panel_query(plan: Plan) -> str:
    """The first query of the first panel as Grafana sends it."""
    text: str = plan.dashboards[0].rows[0].panels[0].targets[0].expr
    return re.sub(r"\[\[(\w+)\]\]", lambda found: GRAFANA[found[1]], expand(text, GRAFANA))


def board(panel: str) -> Plan:
    return plan_of(
        ROUTE, f'b = Dashboard("B", uid="b", file="b", rows=[Row("R", {panel})])', head=SHOP
    )


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_asked_for_as_it_is(value: str) -> None:
    plan = board(f'Panel("P", hits.where(route.is_({value!r})).rate(AUTO))')
    selector = promql_parser.parse(panel_query(plan)).args[0].vector_selector
    (route,) = (found for found in selector.matchers.matchers if found.name == "route")
    assert route.value == value
    assert "7m" in panel_query(plan)


def test_values_in_a_pattern_are_asked_for_as_they_are() -> None:
    query = panel_query(board(f'Panel("P", hits.where(route.is_in(*{VALUES!r})).rate(AUTO))'))
    (pattern,) = re.findall(r'route=~("(?:\\.|[^"\\])*")', query)
    for value in VALUES:
        assert re.fullmatch(json.loads(pattern), value)
    assert query.count("WRONG") == 2, "job and instance, which are variables"


def test_rules_are_written_without_the_escape() -> None:
    record = 'r = Record("job:hits:rate5m", hits.where(route.is_("$job")).rate("5m").sum(by=[job]))'
    (planned,) = plan_of(ROUTE, record).records
    from pbmon.plan.rules import text

    assert 'route="$job"' in text(planned)


@pytest.mark.parametrize(
    "panel",
    [
        'Panel("Hits of $job", hits.rate(AUTO))',
        'Panel("P", hits.rate(AUTO), description="Of ${instance:regex}.")',
        'Panel("P", Query(hits.rate(AUTO), "[[job]] now"))',
        'Text("T", "Of [[job]]")',
    ],
)
def test_a_text_that_grafana_would_fill_in_is_a_mistake(panel: str) -> None:
    with pytest.raises(DefinitionErrors, match="which Grafana reads as a variable"):
        board(panel)


def test_a_text_with_a_price_is_none() -> None:
    board('Text("T", "[Here](/d/b?from=${__from})")')
    board('Panel("Costs US$5, or $price", hits.rate(AUTO), description="[[x]] ${y}")')
