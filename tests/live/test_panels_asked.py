"""Grafana's variables, filled in as Grafana does."""

from __future__ import annotations

import pytest
from pbmon.live.panels_asked import COLUMN, TimeRange, steps
from pbmon.live.variables import all_of, expand, variables
from pbmon.plan.dashboards import Variable

HOUR = TimeRange(0, 3600)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([], "()"),
        (["api"], "api"),
        (["api:8000", "10.0.0.1:80"], r"(api:8000|10\\.0\\.0\\.1:80)"),
        (["a+b", "c|d"], r"(a\\+b|c\\|d)"),
        (["back\\slash"], r"back\\\\slash"),
    ],
)
def test_all_is_one_regular_expression_in_which_each_value_matches_itself(
    values: list[str], written: str
) -> None:
    """What prometheusSpecialRegexEscape and interpolateQueryExpr of Grafana's Prometheus data
    source write.
    """
    assert all_of(values) == written


def test_each_way_to_write_a_variable_is_replaced_and_a_regex_s_dollar_is_not() -> None:
    assert (
        expand(
            'x{a=~"$job",b=~"${job:regex}",c=~"^a$"}[$__rate_interval]',
            {"job": "api", "__rate_interval": "1m"},
        )
        == 'x{a=~"api",b=~"api",c=~"^a$"}[1m]'
    )
    assert expand("$other", {"job": "api"}) == "$other"


@pytest.mark.parametrize(
    ("length", "columns", "scrape", "interval", "rate"),
    [
        # 2 s a pixel: the scrape interval is the step, four of them the window
        (
            3600,
            24,
            15,
            "15s",
            "1m",
        ),
        (3600, 6, 15, "15s", "1m"),
        (86400, 24, 15, "1m", "1m15s"),  # 46 s a pixel, rounded to 1m; and one scrape interval more
        (86400, 12, 15, "2m", "2m15s"),
        (30 * 86400, 12, 15, "1h", "1h15s"),
        (3600, 24, 60, "1m", "4m"),
    ],
)
def test_windows_follow_the_time_shown_the_panel_s_width_and_the_scrape_interval(
    length: float, columns: int, scrape: float, interval: str, rate: str
) -> None:
    assert steps(TimeRange(0, length), columns * COLUMN, scrape)["__interval"] == interval
    assert steps(TimeRange(0, length), columns * COLUMN, scrape)["__rate_interval"] == rate


def test_a_dashboard_opens_with_all_that_is_offered_or_the_first_where_one_is_chosen() -> None:
    asked = {
        ("room", "lamps"): ["hall", "a.b"],
        ("lamp", 'lamps{room=~"(hall|a\\\\.b)"}'): ["l1", "l2"],
    }
    declared = [
        Variable("datasource", "", "datasource", "prometheus"),
        Variable("room", "", "query", "label_values(lamps, room)", several=True),
        Variable("lamp", "", "query", 'label_values(lamps{room=~"$room"}, lamp)'),
        Variable("size", "", "custom", "small,large", ("small", "large")),
        Variable("search", "", "textbox", '.*"'),
    ]
    assert variables(declared, {}, lambda *wanted: asked[wanted]).texts == {
        "room": "(hall|a\\\\.b)",
        "lamp": "l1",
        "size": "small",
        "search": '.*\\"',
    }
