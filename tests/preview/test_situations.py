"""The series that a preview shows: plausible when all is well, beyond the limit in an incident."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pbmon.expr.text import promql
from pbmon.live.variables import Chosen
from pbmon.model.builtin import ALERT_SERIES
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.preview.answers import Answers, Json
from pbmon.preview.records import in_order
from pbmon.preview.scenarios import World, Worlds
from pbmon.preview.timeline import END, HOUR, LENGTHS, Timeline
from pbmon.proof.cases.suite import suite
from pbmon.proof.promql.engine import Engine
from small_projects import plan_of

BODY = """
busy = Record("job:visits:rate5m", visits.rate("5m").sum(by=[job]))
long = Record("job:visits:mean1d", visits.rate("1d").sum(by=[job]))
kitchen = visits.where(room.is_("kitchen")).rate("5m").sum(by=[job])
every = visits.rate("5m").sum(by=[job])
crowded = Alert("Crowded", ratio(kitchen, every) > 0.9, for_="5m", **SAID)
slow = Alert("Slow", stay.quantile(0.95, "5m", by=[job]) > 30, for_="10m", **SAID)
many = Alert("ManyLamps", lamps > 90, for_="5m", **SAID)
GUARD = [Accepted("rule-is-proven", "it guards the configuration of Prometheus")]
gone = Alert("Gone", up.where(job.is_("shop")).absent(), for_="5m", accept=GUARD, **SAID)
board = Dashboard("Shop", uid="shop", file="shop", rows=[Row(
    "Now",
    Panel("Most", lamps.topk(1), unit="short", description="Lamps."),
    Panel("Visits", busy, unit="reqps", description="Visits."),
    Panel("Day", long, unit="reqps", description="Visits in a day."),
)])
"""
ALERTS = ("Crowded", "Gone", "ManyLamps", "Slow")


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    plan = plan_of(BODY)
    return Worlds(plan, {p.alert.title: p for file in suite(plan) for p in file.alerts})


@pytest.fixture(scope="module")
def calm(worlds: Worlds) -> World:
    return worlds.calm(HOUR)


def answered(worlds: Worlds, dashboard: PlannedDashboard, world: World, chosen: Chosen) -> Json:
    """Answers to all queries of the dashboard over the whole time."""
    answers = Answers(worlds.plan)
    span = world.timeline.span(world.timeline.begin, END)
    variables = answers.variables(dashboard, world, span, chosen)
    return answers.of(dashboard, world, span, variables)


def test_when_all_is_well_no_alert_fires(calm: World) -> None:
    assert calm.firing == ()


def test_every_metric_and_every_record_has_series(worlds: Worlds, calm: World) -> None:
    names = {
        series.name
        for metric in worlds.plan.catalog.metrics
        if metric.name not in ALERT_SERIES
        for series in metric.series
    }
    names |= {record.name for record in worlds.plan.records}
    assert {name for name in names if not calm.store.lines.get(name)} == set()


def test_when_all_is_well_there_are_no_series_of_alerts(calm: World) -> None:
    assert not [name for name in ALERT_SERIES if calm.store.lines[name]]


def test_while_an_alert_fires_its_series_say_since_when(worlds: Worlds) -> None:
    incident = worlds.incident("ManyLamps")
    assert incident
    world = worlds.while_fires("ManyLamps", incident.length)
    assert world
    clock = world.timeline.clock
    firing = {
        dict(line.labels)["alertname"]
        for line in world.store.lines["ALERTS"]
        if line.value(END // clock.sample) == 1
    }
    assert firing == {"ManyLamps"}
    (since,) = {line.value(END // clock.sample) for line in world.store.lines["ALERTS_FOR_STATE"]}
    assert since is not None
    assert END - incident.lasts - clock.sample <= since <= END - 300


def test_a_metric_of_every_job_has_the_labels_of_its_target(worlds: Worlds, calm: World) -> None:
    jobs = {job.name for job in worlds.plan.jobs}
    for name, lines in calm.store.lines.items():
        if name in {metric.name for metric in worlds.plan.catalog.metrics} - ALERT_SERIES:
            assert {dict(line.labels)["job"] for line in lines} <= jobs, name


def test_a_choice_of_a_variable_narrows_what_is_shown(worlds: Worlds, calm: World) -> None:
    (dashboard,) = worlds.plan.dashboards
    panel = dashboard.rows[0].panels[0]
    answers = Answers(worlds.plan)
    span = calm.timeline.span(calm.timeline.begin, END)
    offered = answers.variables(dashboard, calm, span, {}).offered["instance"]
    assert offered
    for instance in offered:
        series = answered(worlds, dashboard, calm, {"instance": [instance]})
        shown = series[f"{panel.id}.A"]["data"]["result"]
        assert {each["metric"]["instance"] for each in shown} == {instance}


def test_a_choice_that_is_not_offered_counts_for_nothing(worlds: Worlds, calm: World) -> None:
    (dashboard,) = worlds.plan.dashboards
    every = answered(worlds, dashboard, calm, {})
    assert answered(worlds, dashboard, calm, {"instance": ['"} or up']}) == every


@pytest.mark.parametrize("length", LENGTHS)
def test_a_part_of_the_time_has_as_many_points_as_samples_allow(length: int) -> None:
    timeline = Timeline(length)
    part = timeline.span(END - length // 2, END - length // 4)
    assert END - length // 2 - part.step <= part.begin < part.end <= END - length // 4
    assert all(moment % timeline.clock.sample == 0 for moment in part.moments)
    assert 1 < len(part.moments) <= 130


def test_counters_never_fall(calm: World) -> None:
    clock = calm.timeline.clock
    for line in calm.store.lines["visits_total"]:
        values = [line.value(moment // clock.sample) for moment in calm.timeline.moments]
        assert all(after >= before for before, after in pairwise(values))  # type: ignore[operator]


def test_two_runs_give_the_same_values(worlds: Worlds, calm: World) -> None:
    again = Worlds(worlds.plan, worlds.proofs).calm(HOUR)
    index = END // calm.timeline.clock.sample
    for name, lines in calm.store.lines.items():
        for line, other in zip(lines, again.store.lines[name], strict=True):
            assert (line.labels, line.value(index)) == (other.labels, other.value(index))


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_fires_in_its_incident_and_not_when_it_begins(
    worlds: Worlds, alert: str
) -> None:
    incident = worlds.incident(alert)
    assert incident
    world = worlds.while_fires(alert, incident.length)
    assert world
    assert alert in world.firing
    begin = world.states[alert][0]
    assert not any(dict(labels)["alertstate"] == "firing" for labels in begin)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_incident_changes_the_series_of_its_metrics_alone(
    worlds: Worlds, calm: World, alert: str
) -> None:
    incident = worlds.incident(alert)
    assert incident
    world = worlds.while_fires(alert, HOUR)
    assert world
    scraped = {series.name for m in worlds.plan.catalog.metrics for series in m.series}
    scraped -= ALERT_SERIES
    changed = {
        name for name in scraped if world.store.lines.get(name) is not calm.store.lines.get(name)
    }
    assert {
        name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum") for name in changed
    } <= incident.metrics


def test_a_record_has_the_value_that_the_engine_computes(worlds: Worlds, calm: World) -> None:
    record = next(each for each in worlds.plan.records if each.name == "job:visits:rate5m")
    for moment in calm.timeline.shown:
        expected = Engine(calm.store).vector(record.expr, moment)
        (line,) = calm.store.lines[record.name]
        assert line.value(moment // calm.timeline.clock.sample) == pytest.approx(
            expected[line.labels]
        )


def test_records_are_computed_after_those_that_they_read(worlds: Worlds) -> None:
    order = in_order(worlds.plan.lineage.recorded)
    for place, name in enumerate(order):
        text = promql(worlds.plan.lineage.recorded[name])
        assert not [later for later in order[place + 1 :] if later in text]


def test_of_equal_series_topk_shows_one(worlds: Worlds, calm: World) -> None:
    (dashboard,) = worlds.plan.dashboards
    answers = answered(worlds, dashboard, calm, {})
    assert {answer["status"] for answer in answers.values()} == {"success"}
    most = answers[f"{dashboard.rows[0].panels[0].id}.A"]["data"]["result"]
    moments = [value[0] for series in most for value in series["values"]]
    assert sorted(moments) == list(calm.timeline.shown)


@pytest.mark.parametrize("length", LENGTHS)
def test_moments_ascend_on_the_grid_of_samples_up_to_the_end(length: int) -> None:
    timeline = Timeline(length)
    moments = timeline.moments
    assert all(before < after for before, after in pairwise(moments))
    assert all(moment % timeline.clock.sample == 0 for moment in moments)
    assert moments[-1] == END
    assert len(timeline.shown) <= 130
