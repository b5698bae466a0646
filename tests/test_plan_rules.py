"""Rules stand in the order of their evaluation, in one file a group, with what each silences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon.catalog.alert_keys import AlertKey
from pbmon.expr.walk import selectors
from pbmon.plan.rules import Inhibition, PlannedGroup
from small_projects import SHOP, STORE, plan_of


@st.composite
def records(draw: st.DrawFn) -> list[str]:
    """Lines that define records, each over some of those above, under names that sort
    in any order.
    """
    count = draw(st.integers(1, 8))
    names = draw(st.permutations([f"n{number}" for number in range(count)]))
    lines = []
    for number, name in enumerate(names):
        read = (
            draw(st.lists(st.sampled_from(names[:number]), unique=True, max_size=3))
            if number
            else []
        )
        terms = " + ".join([*(f"{other}" for other in read), "lamps.sum()"])
        lines.append(f'{name} = Record(":{name}:sum", {terms})')
    return lines


@given(records())
def test_a_record_stands_behind_those_it_reads(lines: list[str]) -> None:
    (group,) = plan_of(*lines).recording
    seen: set[str] = set()
    for rule in group.rules:
        read = {selector.series.metric for selector in selectors(rule.expr)} - {"lamps"}
        assert read <= seen
        seen.add(rule.name)
    assert len(seen) == len(lines)


def test_the_order_of_records_does_not_depend_on_chance() -> None:
    lines = [f'r{number} = Record(":r{number}:sum", lamps.sum())' for number in range(9)]
    orders = {tuple(rule.name for rule in plan_of(*lines).recording[0].rules) for _ in range(3)}
    assert orders == {tuple(f":r{number}:sum" for number in range(9))}


def test_each_service_records_in_a_file_of_its_own() -> None:
    groups = plan_of(
        'a = Record(":lamps:sum", lamps.sum())',
        store=STORE + 'b = Record(":boxes:sum", boxes.sum())\n',
    ).recording
    assert [(group.name, group.file) for group in groups] == [
        ("shop-recording", "monitoring/recording/shop.yml"),
        ("store-recording", "monitoring/recording/store.yml"),
    ]


def test_records_beside_no_service_stand_in_the_projects_file() -> None:
    other = 'from pbmon import *\nfrom .shop import lamps\na = Record(":lamps:sum", lamps.sum())\n'
    head = SHOP.replace('Service("shop"', 'Service("front"')
    assert [group.file for group in plan_of(head=head, rules=other).recording] == [
        "monitoring/recording/shop.yml"
    ]


def alerting(*bodies: str) -> tuple[PlannedGroup, ...]:
    return plan_of(*bodies).alerting


ONE = 'one = Alert("One", lamps > 1, **SAID)'


def test_alerts_stand_in_their_group_in_the_order_they_are_written() -> None:
    (group,) = alerting(
        'g = RuleGroup("many", "Many.", interval="1m")',
        'b = Alert("B", lamps > 1, group=g, **SAID)',
        'a = Alert("A", lamps > 2, group=g, **SAID)',
    )
    assert (group.file, group.help, group.interval) == ("monitoring/alerts/many.yml", "Many.", "1m")
    assert [rule.name for rule in group.rules] == ["B", "A"]


def test_an_alert_without_a_group_stands_in_that_of_its_service() -> None:
    (group,) = alerting(ONE)
    assert (group.name, group.file, group.interval) == ("shop", "monitoring/alerts/shop.yml", "")


@pytest.mark.parametrize("names", [("A", "B"), ("B", "A")])
def test_a_group_that_is_called_like_the_service_takes_its_alerts_and_keeps_its_interval(
    names: tuple[str, str],
) -> None:
    (group,) = alerting(
        'g = RuleGroup("shop", "Of the shop.", interval="1m")',
        f'x = Alert("{names[0]}", lamps > 1, **SAID)',
        f'y = Alert("{names[1]}", lamps > 1, group=g, **SAID)',
    )
    assert (group.help, group.interval, len(group.rules)) == ("Of the shop.", "1m", 2)


@pytest.mark.parametrize(
    ("source", "target", "equal"),
    [
        ("lamps > 1", "lamps > 2", ("instance", "job", "room")),
        ("lamps.sum(by=[job]) > 1", "lamps > 2", ("job",)),
        ("lamps > 1", "lamps.sum(by=[room]) > 2", ("room",)),
        ("lamps.sum(by=[job]) > 1", "lamps.sum(by=[room]) > 2", ()),
        ("lamps.absent()", "lamps > 2", ()),
        ('lamps.where(room.is_("hall")).absent()', "lamps > 2", ("room",)),
    ],
)
def test_an_alert_silences_others_where_the_labels_that_both_keep_are_equal(
    source: str, target: str, equal: tuple[str, ...]
) -> None:
    plan = plan_of(
        f'b = Alert("B", {target}, **SAID)', f'a = Alert("A", {source}, silences=[b], **SAID)'
    )
    assert plan.inhibitions == (Inhibition(AlertKey("A"), (AlertKey("B"),), equal),)


def test_alerts_that_are_silenced_over_the_same_labels_share_a_rule() -> None:
    targets = [
        f'{name.lower()} = Alert("{name}", {expr} > 1, **SAID)'
        for name, expr in (("D", "lamps"), ("B", "lamps"), ("C", "lamps.sum(by=[job])"))
    ]
    plan = plan_of(*targets, 'a = Alert("A", lamps > 9, silences=[d, b, c], **SAID)')
    assert plan.inhibitions == (
        Inhibition(AlertKey("A"), (AlertKey("B"), AlertKey("D")), ("instance", "job", "room")),
        Inhibition(AlertKey("A"), (AlertKey("C"),), ("job",)),
    )


def test_an_alert_says_what_happens_and_where_to_read_on() -> None:
    annotations = dict(next(plan_of(ONE).alerts).annotations)
    assert annotations == {
        "summary": "It is too many.",
        "description": "It is too many.",
        "impact": "Users wait long.",
        "action": "Look at it.",
        "runbook_url": "https://example.com/runbooks/One.md",
    }
