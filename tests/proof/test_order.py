"""Rule tests evaluate every record before what reads it, whatever the groups are called."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from rule_tests import failures, proofs, reasons
from small_projects import plan_of

NAMES = ("aa", "mm", "zz")


def chain(first: str, second: str, third: str, alerts: str) -> list[str]:
    """Three records, each of which reads the one before, and an alert, in groups of these names."""
    names = dict.fromkeys((first, second, third, alerts))
    return [
        *(f"{name} = RuleGroup({name!r}, 'Rules.')" for name in names),
        f"one = Record('job:lamps:sum', lamps.sum(by=[job]), group={first})",
        f"two = Record('job:lamps:most10m', one.max_over_time('10m'), group={second})",
        f"three = Record('job:lamps:least10m', two.min_over_time('10m'), group={third})",
        f"a = Alert('A', three > 4, for_='5m', group={alerts}, **SAID)",
    ]


@pytest.mark.parametrize("names", list(permutations(NAMES)), ids="-".join)
def test_a_record_is_evaluated_before_its_readers(names: tuple[str, str, str]) -> None:
    plan = plan_of(*chain(*names, "bb"))
    assert [group.name for group in plan.evaluated] == [f"{name}-recording" for name in names]
    assert plan.lineage.late == frozenset()
    for file in proofs(plan):
        if file.alerts:
            assert file.groups == (*(f"{name}-recording" for name in names), "bb")


@pytest.mark.parametrize(
    "groups", [("zz", "mm", "aa", "bb"), ("zz", "aa", "zz", "bb"), ("aa", "zz", "aa", "aa")]
)
def test_the_names_of_groups_do_not_decide_what_is_proven(
    groups: tuple[str, str, str, str], promtools: Path, tmp_path: Path
) -> None:
    """Also where two groups read each other, so that one sees what the other recorded before."""
    plan = plan_of(*chain(*groups))
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""
