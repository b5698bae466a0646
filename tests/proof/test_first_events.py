"""What pbmon offers for an alert that misses the first event of a new label set sees it, and does
not fire falsely after a gap in scraping.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pbmon.plan.plan import Plan
from pbmon.proof.cases.alert import Proof
from rule_tests import failures, proofs, reasons
from small_projects import SAID, plan_of

HEAD = f"""\
from pbmon import *

kind = Label("kind", "Kind.", max_values=20, other="other")
shop = Service("shop", jobs=[Job("shop", ["shop:80"])], module="shop.py")
errors = Counter("errors_total", "Errors.", labels=[kind])
SAID = dict({SAID})
"""
LABELS = "{'job': 'shop', 'instance': 'shop:80', 'kind': 'new'}"
GAP = """\
test = RuleTest(
    one,
    given={{
        'up{{job="shop",instance="shop:80"}}': "1x10 {gap}x9 1x30",
        'errors_total{{job="shop",instance="shop:80",kind="old"}}': "5x10 stale _x9 5x30",
        'errors_total{{job="shop",instance="shop:80",kind="new"}}': "_x40 1x10",
    }},
    fires_at="42m",
    silent_at="22m",
    labels={labels},
    value=1,
)
"""


def offered() -> str:
    """The expression in the help."""
    plan = plan_of("one = Alert('One', errors.increase('5m') > 0, **SAID)", head=HEAD)
    [of_alert] = [proof for file in proofs(plan) for proof in file.alerts]
    assert isinstance(of_alert, Proof) and of_alert.verdict == "not proven"
    [expression] = re.findall(r"too: (.*); or give", of_alert.help)
    return str(expression)


def alerting(expression: str, gap: str) -> Plan:
    return plan_of(
        f"one = Alert('One', promql('({expression}) > 0'), **SAID)",
        GAP.format(gap=gap, labels=LABELS),
        head=HEAD,
    )


@pytest.mark.parametrize("gap", ["0", "_"])
def test_it_sees_the_first_event_and_no_gap(gap: str, promtools: Path, tmp_path: Path) -> None:
    """The target was down, or Prometheus was."""
    plan = alerting(offered(), gap)
    assert reasons(plan) == []
    assert failures(plan, promtools, tmp_path) == ""


def test_without_the_guard_all_is_new_after_a_gap(promtool: Path, tmp_path: Path) -> None:
    plain = "(errors_total unless errors_total offset 5m) or increase(errors_total[5m])"
    assert "FAILED" in failures(alerting(plain, "0"), promtool, tmp_path)
