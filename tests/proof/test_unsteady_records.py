"""An alert that waits reads no labels that another series replaces, through records either."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.plan.plan import Plan
from rule_tests import failures, reasons
from small_projects import plan_of

FRONT = "front = Record('instance_job_room:lamps:top', lamps.topk(1))"
KINDS = "kinds = Record('level:lamps:count', promql('count_values(\"level\", lamps)'))"
DOORS = (
    "door = Gauge('door', 'Whether it is open.', unit='bool')\n"
    "doors = Record('open:door:count', promql('count_values(\"open\", door)'))"
)


def waiting(records: str, condition: str, for_: str = "5m") -> Plan:
    return plan_of(records, f"one = Alert('One', {condition}, for_='{for_}', **SAID)")


@pytest.mark.parametrize(
    ("records", "condition"),
    [
        (FRONT, "front > 100"),
        (FRONT, "front.max(by=[room]) > 100"),
        (f"{FRONT}\nagain = Record('job_room:lamps:top', front.max(by=[job, room]))", "again > 9"),
        (FRONT, "(lamps > 100).and_(front)"),
        (FRONT, "(lamps > 100).unless(front.on(room))"),
        (KINDS, "kinds > 1"),
        (KINDS, "promql('level:lamps:count * 2') > 2"),
    ],
)
def test_what_a_record_picks_or_counts_has_no_lasting_labels(records: str, condition: str) -> None:
    (reason,) = [each for each in reasons(waiting(records, condition)) if "alert One" in each]
    assert "each time its `for` of 5m begins again" in reason


@pytest.mark.parametrize(
    ("records", "condition", "for_"),
    [
        (FRONT, "front > 100", "0s"),
        (FRONT, "front.max(by=[job]) > 100", "5m"),
        (FRONT, "(lamps > 100).and_(front.on(job))", "5m"),
        (FRONT, "front.where(room.is_('hall')).max(by=[room]) > 100", "5m"),
        (KINDS, "promql('sum(level:lamps:count)') > 1", "5m"),
        (DOORS, "promql('open:door:count{open=\"1\"}') > 0", "5m"),
    ],
)
def test_what_leaves_these_labels_out_is_proven(
    records: str, condition: str, for_: str, promtools: Path, tmp_path: Path
) -> None:
    plan = waiting(records, condition, for_)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""
