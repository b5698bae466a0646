"""Labels of targets are declared once, on the job, and known to all that is scraped there."""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from pbmon.plan.plan import Plan
from pbmon.plan.rules import text
from pbmon.proof.cases.suite import suite, unproven
from small_projects import SAID, STORE, plan_of

HEAD = f"""\
from pbmon import *

zone = Label("zone", "Zone.", values=("north", "south"))
rack = Label("rack", "Rack, from discovery.", max_values=9)
service = Service(
    "shop",
    jobs=[Job("shop", ["shop:80"], labels={{"zone": "north"}}, target_labels=[zone, rack])],
    module="shop.py",
)
lamps = Gauge("lamps", "Lamps on.")
limit = Gauge("limit", "Lamps that may be on.")
visits = Counter("visits_total", "Visits.")
stay = Histogram("stay_seconds", "How long visits last.", buckets=[1, 5, 60])
SAID = dict({SAID})
"""


def plan(*bodies: str, head: str = HEAD, **modules: str) -> Plan:
    return plan_of(*bodies, head=head, **modules)


def mistakes(*bodies: str, head: str = HEAD, **modules: str) -> list[str]:
    try:
        plan(*bodies, head=head, **modules)
    except DefinitionErrors as errors:
        return [str(error) for error in errors.errors]
    return []


@pytest.mark.parametrize(
    "expression",
    [
        "lamps.sum(by=[zone]) > 5",
        "up.max(by=[zone, rack]).equals(0)",
        'visits.rate("5m").sum(by=[rack, job]) > 5',
        'stay.quantile(0.9, "5m", by=[zone]) > 5',
        "(lamps / limit.on(zone, rack, instance)) > 5",
        'lamps.where(zone.is_("north"), rack.is_not("a")) > 5',
        "lamps / limit > 5",
    ],
)
def test_every_metric_of_the_service_and_up_can_be_asked_by_them(expression: str) -> None:
    alert = f'a = Alert("A", {expression}, **SAID)'
    assert not unproven(suite(plan(alert)))


def test_an_alert_that_asks_for_another_value_than_the_job_sets_is_not_proven() -> None:
    assert unproven(suite(plan('a = Alert("A", lamps.where(zone.is_("south")) > 5, **SAID)')))


def test_an_alert_that_keeps_them_may_print_them() -> None:
    printed = SAID.replace("It is too many", "Too many in {{ $labels.zone }} {{ $labels.rack }}")
    (alert,) = plan(f'a = Alert("A", lamps > 5, {printed})').alerts
    assert dict(alert.labels).keys() == {"severity"}, "the series brings the others"
    assert mistakes(f'a = Alert("A", lamps.sum(by=[zone]) > 5, {printed})')


def test_a_dashboard_has_a_variable_of_each_and_its_panels_are_narrowed() -> None:
    (board,) = plan(
        'p = Panel("P", Query(lamps, "{{zone}} {{rack}}"))',
        'b = Dashboard("B", uid="b", file="b", rows=[Row("R", p)])',
    ).dashboards
    assert [each.name for each in board.variables] == [
        "datasource", "job", "rack", "zone", "instance",
    ]  # fmt: skip
    assert board.rows[0].panels[0].targets[0].expr == (
        'lamps{job=~"$job",rack=~"$rack",zone=~"$zone",instance=~"$instance"}'
    )


def test_up_of_a_job_without_the_label_is_left_out_by_name() -> None:
    alert = 'a = Alert("A", up{}.max(by=[zone]).equals(0), **SAID)'
    (mistake,) = mistakes(alert.format(""), store=STORE)
    assert "label 'zone' of up, which targets of job store do not have" in mistake
    (planned,) = plan(alert.format('.where(job.is_("shop"))'), store=STORE).alerts
    assert text(planned) == 'max by (zone) (up{job="shop"}) == 0'


def test_a_metric_knows_them_only_below_its_service() -> None:
    lines = HEAD.split("\n")
    above = "\n".join([*lines[:4], lines[9], *lines[4:9], *lines[10:]])
    (mistake,) = mistakes(head=above)
    assert "lamps does not know the target labels of service shop" in mistake


def test_metrics_of_another_service_do_not_carry_them() -> None:
    store = STORE + "from definitions.shop import zone\n"
    (mistake,) = mistakes(store=store + "x = boxes.sum(by=[zone])\n")
    assert "boxes has no label 'zone'" in mistake


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('labels={"zone": "west"}, target_labels=[zone]', "which is none of its values"),
        ("target_labels=[zone, zone]", "has target label 'zone' a second time"),
        ("target_labels=[job]", "has target label 'job' a second time"),
    ],
)
def test_a_job_declares_each_label_once_and_sets_one_of_its_values(
    declared: str, said: str
) -> None:
    head = HEAD.replace('labels={"zone": "north"}, target_labels=[zone, rack]', declared)
    assert any(said in mistake for mistake in mistakes(head=head))


def test_a_metric_has_no_label_that_its_targets_have() -> None:
    (mistake,) = mistakes('g = Gauge("g", "G.", labels=[Label("rack", "R.", values=("a",))])')
    assert "job shop sets label 'rack', which g has too" in mistake


def test_who_defines_up_again_is_told_where_its_labels_are_declared() -> None:
    (mistake,) = mistakes('up = Gauge("up", "U.", labels=[rack], observed=Exporter("x", "1"))')
    assert "Job(target_labels=[...])" in mistake
