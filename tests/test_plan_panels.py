"""A panel draws its alerts' limits, names its series, and numbers its queries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon import Alert, Gauge, Panel
from pbmon.expr.text import promql
from pbmon.panels.kind import PlannedPanel, Step
from pbmon.plan.panels import _steps
from pbmon.plan.rules import Threshold
from small_projects import SAID, plan_of

LAMPS = Gauge("lamps", "Lamps on.")
GREEN = "green"


def alert(name: str, severity: str) -> Alert:
    return Alert(name, LAMPS > 1, severity=severity, summary="s", impact="i", action="a")  # type: ignore[arg-type]


def steps(*limits: tuple[str, float, str]) -> tuple[Step, ...]:
    """Steps of a panel with an alert of each (operator, value, severity)."""
    some = [alert(f"A{number}", severity) for number, (_, _, severity) in enumerate(limits)]
    thresholds = {
        one: Threshold(operator, value)
        for one, (operator, value, _) in zip(some, limits, strict=True)
    }
    return _steps(Panel("P", LAMPS, alerts=some), thresholds)


@pytest.mark.parametrize(
    ("limits", "drawn"),
    [
        ([], []),
        ([(">", 5, "warning")], [(None, GREEN), (5, "orange")]),
        ([(">", 9, "critical"), (">", 5, "warning")], [(None, GREEN), (5, "orange"), (9, "red")]),
        ([("<", 5, "warning")], [(None, "orange"), (5, GREEN)]),
        ([("<", 5, "warning"), ("<=", 2, "critical")], [(None, "red"), (2, "orange"), (5, GREEN)]),
        ([("<", 5, "info"), (">", 10, "critical")], [(None, "blue"), (5, GREEN), (10, "red")]),
        ([(">", 5, "warning"), (">=", 5, "critical")], [(None, GREEN), (5, "red")]),
        ([(">", 5, "critical"), (">", 5, "info")], [(None, GREEN), (5, "red")]),
        ([("<", 5, "info"), ("<", 5, "critical")], [(None, "red"), (5, GREEN)]),
    ],
)
def test_colours_stand_where_an_alert_fires_and_green_elsewhere(
    limits: list[tuple[str, float, str]], drawn: list[tuple[float, str]]
) -> None:
    assert [(step.value, step.color) for step in steps(*limits)] == drawn


SEVERITY = st.sampled_from(("info", "warning", "critical"))
high = st.lists(st.tuples(st.sampled_from((">", ">=")), st.floats(0, 100), SEVERITY), max_size=4)
low = st.lists(st.tuples(st.sampled_from(("<", "<=")), st.floats(-100, -1), SEVERITY), max_size=4)


@given(low, high, st.randoms(use_true_random=False))
def test_steps_ascend_from_minus_infinity_whatever_the_order_of_the_alerts(
    low: list[tuple[str, float, str]], high: list[tuple[str, float, str]], random: object
) -> None:
    limits = [*low, *high]
    random.shuffle(limits)  # type: ignore[attr-defined]
    drawn = steps(*limits)
    values = [step.value for step in drawn[1:] if step.value is not None]
    assert len(values) == max(len(drawn) - 1, 0)
    assert values == sorted(set(values))
    assert [step.color for step in drawn].count(GREEN) == bool(limits) and (
        not drawn or drawn[0].value is None
    )


@given(low, high, st.floats(-200, 200))
def test_a_value_is_coloured_only_where_some_alert_with_that_colour_fires(
    low: list[tuple[str, float, str]], high: list[tuple[str, float, str]], value: float
) -> None:
    fires = {">": value.__gt__, ">=": value.__ge__, "<": value.__lt__, "<=": value.__le__}
    firing = [severity for operator, limit, severity in (*low, *high) if fires[operator](limit)]
    drawn = [step.color for step in steps(*low, *high) if step.value is None or step.value <= value]
    if drawn and value not in {limit for _, limit, _ in (*low, *high)}:
        assert drawn[-1] in (
            {"info": "blue", "warning": "orange", "critical": "red"}[severity]
            for severity in firing
        ) or (drawn[-1] == GREEN and not firing)


def panel(body: str, *before: str, environment: str = "") -> PlannedPanel[Any]:
    return (
        plan_of(
            *before,
            f'd = Dashboard("D", uid="d", file="d", rows=[Row("R", {body})])',
            environment=environment,
        )
        .dashboards[0]
        .rows[0]
        .panels[0]
    )


def test_the_limit_that_is_drawn_is_that_of_the_environment() -> None:
    on = f'on = Alert("On", lamps > 5, {SAID})'
    drawn = panel(
        'Panel("P", lamps, alerts=[on])', on, environment="alerts: {On: {threshold: 7.5}}"
    ).thresholds
    assert drawn == (Step(None, "green"), Step(7.5, "orange"))


def test_thresholds_that_the_author_wrote_stand_in_place_of_those_of_alerts() -> None:
    on = f'on = Alert("On", lamps > 5, {SAID})'
    written = panel('Stat("P", lamps, alerts=[on], thresholds={9: "red", 2: "orange"})', on)
    assert written.thresholds == (Step(None, "green"), Step(2, "orange"), Step(9, "red"))
    lowest = panel('Stat("P", lamps, thresholds={0: "green", None: "red"})', "")
    assert lowest.thresholds == (Step(None, "red"), Step(0, "green"))


def test_an_alert_without_a_limit_draws_nothing() -> None:
    assert (
        panel(
            'Panel("P", lamps, alerts=[on])', f'on = Alert("On", lamps.equals(0), {SAID})'
        ).thresholds
        == ()
    )


@pytest.mark.parametrize(
    ("body", "legends"),
    [
        ('Panel("P", lamps)', ["{{instance}} {{job}} {{room}}"]),
        ('Panel("P", lamps.sum(by=[room]))', ["{{room}}"]),
        ('Panel("Lamps on", lamps.sum())', ["Lamps on"]),
        ('Panel("P", lamps, legend="in {{room}}")', ["in {{room}}"]),
        ('Panel("P", Query(lamps.sum(), "all"), lamps.max(by=[job]))', ["all", "{{job}}"]),
        ('PieChart("P", lamps.sum(by=[room]))', ["{{room}}"]),
        ('StatusHistory("P", lamps.sum())', ["P"]),
        ('Heatmap("P", stay.bucket_counts.rate(AUTO).sum(by=[le]))', ["{{le}}"]),
        ('BarChart("P", lamps.sum(by=[room]), by=room)', ["P"]),
    ],
)
def test_a_series_is_called_as_the_author_says_or_by_its_labels_or_by_the_panels_title(
    body: str, legends: list[str]
) -> None:
    assert [target.legend for target in panel(body).targets] == legends


def test_queries_are_lettered_and_go_on_after_z() -> None:
    letters = [
        target.ref_id for target in panel(f'Panel("P", {", ".join(["lamps"] * 28)})').targets
    ]
    assert (
        letters[:2] == ["A", "B"] and letters[25:] == ["Z", "A1", "B1"] and len(set(letters)) == 28
    )


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ('Panel("P", lamps)', (False, "time_series")),
        ('Stat("P", lamps)', (False, "time_series")),
        ('BarGauge("P", lamps)', (True, "time_series")),
        ('BarGauge("P", lamps, reducer="max")', (False, "time_series")),
        ('PieChart("P", lamps)', (True, "time_series")),
        ('PieChart("P", lamps, reducer="mean")', (False, "time_series")),
        ('StatusHistory("P", lamps)', (False, "time_series")),
        ('HistogramPanel("P", lamps)', (False, "time_series")),
        ('BarChart("P", lamps.sum(by=[room]), by=room)', (True, "table")),
        ('Table("P", lamps)', (True, "table")),
        ('Heatmap("P", stay.bucket_counts.rate(AUTO).sum(by=[le]))', (False, "heatmap")),
    ],
)
def test_a_panel_asks_for_what_it_can_show(body: str, how: tuple[bool, str]) -> None:
    (target,) = panel(body).targets
    assert (target.instant, target.format) == how


def test_a_planned_query_carries_what_it_was_written_from() -> None:
    (target,) = panel('Panel("P", lamps.sum())').targets
    assert (promql(target.node), target.expr) == (
        "sum(lamps)",
        'sum(lamps{job=~"$job",instance=~"$instance"})',
    )


def test_a_panel_of_one_metric_takes_its_help_and_unit() -> None:
    planned = panel('Panel("P", size)', 'size = Gauge("size_bytes", "How big it is.")')
    assert (planned.definition.description, planned.definition.unit) == ("How big it is.", "bytes")


def test_the_first_panel_that_shows_an_alert_is_the_one_it_links_to() -> None:
    on = f'on = Alert("On", lamps.sum(by=[job]) > 5, {SAID})'
    rows = (
        'Row("R", Panel("P", lamps), Panel("Q", lamps, alerts=[on])), Row("S", Panel("P", lamps,'
        " alerts=[on]))"
    )
    plan = plan_of(on, f'd = Dashboard("D", uid="d", file="d", rows=[{rows}])')
    number = plan.dashboards[0].rows[0].panels[1].id
    (planned,) = plan.alerts
    assert planned.panel == ("d", number)
    assert (
        dict(planned.annotations)["dashboard_url"]
        == f"http://localhost:3000/d/d?viewPanel={number}&var-job={{{{ $labels.job | urlquery }}}}"
    )


@pytest.mark.parametrize(("width", "height"), [(25, 0), (-1, 0), (0, -1)])
def test_a_size_that_does_not_fit_the_grid_is_a_mistake(width: int, height: int) -> None:
    from pbmon.errors import DefinitionError

    with pytest.raises(DefinitionError, match="panel 'P' is"):
        Panel("P", LAMPS, width=width, height=height)
