"""Conditions about the past of series, and about other series beside them, are proven."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_tests import failures, reasons
from small_projects import plan_of

CONDITIONS = {
    "there two hours ago and not now": (
        "lamps.offset('2h').count(by=[room]).unless(lamps.count(by=[room]))"
    ),
    "none for as long as the offset, while another room has some": (
        "lamps.equals(0).and_((lamps.offset('1h') > 0).on(instance)), for_='1h'"
    ),
    "the largest of earlier rates": (
        "promql('max_over_time(rate(visits_total[5m])[1h:5m] offset 1h)') > 5"
    ),
    "late in the day, by the seconds": (
        "promql('lamps > 5 and on () (vector(time()) % 86400 > 3600 * 20)'), for_='2m'"
    ),
    "a moment that has passed, and its neighbours": "promql('lamps offset -1m') > 5",
    "none in this room, some in another": "lamps.equals(0).and_((lamps > 5).on(instance))",
}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_about_the_past_or_about_others_is_proven(
    condition: str, promtools: Path, tmp_path: Path
) -> None:
    plan = plan_of(f"one = Alert('One', {condition}, **SAID)")
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_what_lies_ahead_is_no_proof() -> None:
    """Its last five minutes begin now: only a sample of this very moment is one of them."""
    (reason,) = reasons(plan_of("one = Alert('One', promql('lamps offset -5m') > 5, **SAID)"))
    assert "no series were found" in reason
