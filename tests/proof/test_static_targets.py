"""Prometheus writes `up` for every target of a static list, also while it is down, and so often as
its job is scraped: proofs count on that.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.plan.plan import Plan
from pbmon.proof.cases.alert import Proof
from rule_tests import failures, proofs, reasons
from small_projects import SAID, plan_of

HEAD = f"""\
from pbmon import *

zone = Label("zone", "Zone.", max_values=5)
booths = Job("booths", ["b1:80"], interval="30s", target_labels=[zone])
stalls = Job("stalls", ["s1:80", "s2:80", "s3:80"], interval="15s", labels={{"row": "north"}})
shop = Service("shop", jobs=[stalls, booths], module="shop.py")
lamps = Gauge("lamps", "Lamps on.")
SAID = dict({SAID})
"""
S = '{job="stalls"}'

NEVER = {
    f"count(up{S}) != 3": "each of the 3 targets of job stalls has up, also while it is down",
    f"count(up{S}) < 3": "stays within 3 and 3",
    f"count by (job) (up{S}) > 3": "stays within 3 and 3",
    f"2 + 1 < count(up{S})": "stays within 3 and 3",
    f"sum(up{S}) > 2 * 2": "stays within 0 and 3",
    f"count by (instance) (up{S}) != 1": "stays within 1 and 1",
    f"count(up{S} == 0) > 3": "stays within 1 and 3",
    f"sum(up{S}) > 3": "stays within 0 and 3",
    f"count(up{S}) - sum(up{S}) > 3": "stays within 0 and 3",
    'lamps{job="stalls",instance="s9:80"} > 5': "no target of job stalls (s1:80, ",
    'sum(lamps{job="stalls",instance=~"web.*"}) > 5': "no target of job stalls (s1:80, ",
    'up{job="stalls",instance="s9:80"} == 0': "no target of job stalls (s1:80, s2:80, s3:80)",
    f"sum_over_time(up{S}[5m]) > 21": "5m hold at most 21 samples",
    f"count_over_time(lamps{S}[5m]) > 25": "5m hold at most 21 samples",
    f"changes(lamps{S}[5m]) > 20": "5m hold at most 21 samples",
    f"count_over_time((lamps{S} > 7)[30m:1m]) > 31": "30m hold at most 31 samples",
    f"count_over_time((lamps{S} > 7)[30m:]) > 121": "30m hold at most 121 samples",
}
ALWAYS = (
    f"count(up{S}) == 3",
    f"sum(up{S}) <= 3",
    f"-(-4) > sum(up{S})",
    f"sum_over_time(up{S}[5m]) < 25",
    f"count_over_time((up{S} == bool 0)[30m:]) < 122",
    'count(up{job="stalls",instance="s2:80"}) > 0',
    'absent(up{job="stalls",instance="s9:80"})',
)
PROVEN = (
    f"sum(up{S}) < 3",
    f"count(up{S}) - sum(up{S}) > 1",
    f"count(up{S} == 0) > 2",
    f"absent(up{S})",  # guards against a Prometheus with another configuration
    f"absent_over_time(up{S}[5m]) == 1",
    f"absent(sum(up{S})) or absent(min_over_time(up{S}[5m]))",
    f"absent(up{S} == 1)",
    f"absent(lamps{S})",
    'lamps{job="stalls",instance="s1:80"} > 5',
    'lamps{job="stalls",instance="https://example.com/"} > 5',  # put in place by relabelling
    'lamps{job="booths",instance="b9:80"} > 5',
    'absent(up{job="booths"})',  # its targets may be discovered
    f"sum_over_time(up{S}[5m]) < 12",
    f"sum_over_time(up{S}[5m]) > 15",
    f"changes(lamps{S}[5m]) > 10",
    f"count_over_time((lamps{S} > 7)[30m:1m]) > 20",
    f"count_over_time((lamps{S} > 7)[30m:]) > 40",
)


def waiting(condition: str) -> Plan:
    return plan_of(f"one = Alert('One', promql('{condition}'), for_='10m', **SAID)", head=HEAD)


def proof(condition: str) -> Proof:
    [of_alert] = [proof for file in proofs(waiting(condition)) for proof in file.alerts]
    return of_alert


@pytest.mark.parametrize(("condition", "why"), NEVER.items())
def test_what_static_targets_exclude_never_fires(condition: str, why: str) -> None:
    assert proof(condition).verdict == "never fires"
    assert why in proof(condition).reason


@pytest.mark.parametrize("condition", ALWAYS)
def test_what_static_targets_force_always_fires(condition: str) -> None:
    assert proof(condition).verdict == "always fires", proof(condition).reason


@pytest.mark.parametrize("condition", PROVEN)
def test_what_they_leave_open_is_proven(condition: str, promtools: Path, tmp_path: Path) -> None:
    assert reasons(waiting(condition)) == []
    assert failures(waiting(condition), promtools, tmp_path) == ""


def test_a_record_of_them_is_there_as_they_are() -> None:
    plan = plan_of(
        f"targets = Record('job:targets:count', promql('count by (job) (up{S})'))",
        "few = Alert('Few', targets < 3, for_='10m', **SAID)",
        "gone = Alert('Gone', targets.absent(), for_='10m', **SAID)",
        head=HEAD,
    )
    verdicts = [proof.verdict for file in proofs(plan) for proof in file.alerts]
    assert verdicts == ["never fires", "proven"]


def test_an_accepted_guard_keeps_its_tests(promtools: Path, tmp_path: Path) -> None:
    """It shows what the alert does where Prometheus runs with fewer targets."""
    accept = "accept=[Accepted('rule-is-proven', 'guards the configuration of Prometheus')]"
    plan = plan_of(
        f"one = Alert('One', promql('count(up{S}) < 3'), for_='5m', {accept}, **SAID)", head=HEAD
    )
    [of_alert] = [proof for file in proofs(plan) for proof in file.alerts]
    assert of_alert.verdict == "never fires"
    assert of_alert.cases
    assert failures(plan, promtools, tmp_path) == ""
