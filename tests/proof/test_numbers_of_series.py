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
        ("count by (job) (up == 0) > 3", "job shop has 3"),
        ("count by (room) (lamps) > 3", "job shop has 3"),
        ("count by (job) (lamps) > 6", "job shop has 3"),
        ("count by (job) (count by (release, job) (running)) > 4", "no series were found"),
    ],
)
def test_more_than_there_can_be_are_never_made_up(condition: str, why: str) -> None:
    (reason,) = reasons(plan_of(f"one = Alert('One', promql('{condition}'), **SAID)", head=HEAD))
    assert why in reason
