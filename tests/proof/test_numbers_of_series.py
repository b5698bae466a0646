"""Conditions that count are proven with no more series than the targets and labels allow."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import SAID, plan_of

HEAD = f"""\
from pbmon import *

room = Label("room", "Room.", values=("kitchen", "hall"))
release = Label("release", "Release.", max_values=3, other="other")
service = Service("shop", jobs=[Job("shop", ["a:80", "b:80", "c:80"])], module="shop.py")
lamps = Gauge("lamps", "Lamps on.", labels=[room])
running = Gauge("running", "Running.", labels=[release])
SAID = dict({SAID})
"""


@pytest.mark.parametrize(
    "condition",
    [
        "count by (job) (up == 0) > 2",
        "count by (room) (lamps) > 2",
        "count by (job) (lamps) > 5",
        "count by (job) (count by (release, job) (running)) > 3",
    ],
)
def test_as_many_as_there_can_be_are_enough(
    condition: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(f"one = Alert('One', promql('{condition}'), **SAID)", head=HEAD)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("count by (job) (up == 0) > 3", "each of the 3 targets of job shop has up"),
        ("count by (room) (lamps) > 3", "job shop has 3"),
        ("count by (job) (lamps) > 6", "job shop has 3"),
        ("count by (job) (count by (release, job) (running)) > 4", "no series were found"),
    ],
)
def test_more_than_there_can_be_are_never_made_up(condition: str, why: str) -> None:
    (reason,) = reasons(plan_of(f"one = Alert('One', promql('{condition}'), **SAID)", head=HEAD))
    assert why in reason


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("vector(scalar(sum by (instance) (lamps))) > 5", "not beside a second one"),
        ("clamp_max(lamps, scalar(up)) > 0.5", "not beside a second one"),
        (
            'label_replace(up, "instance", "all", "instance", ".*") == 0',
            "does not evaluate it while several targets are there",
        ),
        ('up{instance="d:80"} == 0', "no target of job"),
        ('up{instance=~"db.*"} == 0', "no target of job"),
    ],
)
def test_what_fires_only_with_one_target_or_with_another_is_not_proven(
    condition: str, why: str
) -> None:
    (reason,) = reasons(plan_of(f"one = Alert('One', promql('{condition}'), **SAID)", head=HEAD))
    assert why in reason


@pytest.mark.parametrize(
    "condition",
    [
        "count(up == 0) == 1 and count(up == 1) > 0",
        "max by (job) (lamps) / avg by (job) (lamps) > 1.5",
        "topk(1, lamps) > 100",
        'up{instance="b:80"} == 0',
        "sum by (job) (up) < 3",
    ],
)
def test_what_fires_beside_other_targets_is_proven(condition: str) -> None:
    assert not reasons(plan_of(f"one = Alert('One', promql('{condition}'), **SAID)", head=HEAD))
