"""What Prometheus itself stores has the values and labels that it gives it."""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from pbmon.proof.cases.proofs import Proof
from rule_tests import proofs
from small_projects import plan_of

QUICK = """\
from pbmon import *

quick = Service("quick", jobs=[Job("quick", ["quick:80"], interval="5s")], module="quick.py")
"""


def proof(body: str, **modules: str) -> Proof:
    """Of the alert One."""
    files = proofs(plan_of(body, **modules))
    return next(each for file in files for each in file.alerts if each.alert.name == "One")


@pytest.mark.parametrize(
    ("condition", "verdict"),
    {
        "scrape_duration > 12": "never fires",
        "scrape_duration.max_over_time('1h') > 12": "never fires",
        "scrape_duration > 9": "proven",
        "scrape_duration.where(job.is_('quick')) > 6": "never fires",
        "scrape_duration.where(job.is_('quick')) > 4": "proven",
        "scrape_duration.where(job.is_('shop')) > 6": "proven",
    }.items(),
)
def test_a_scrape_takes_no_longer_than_its_timeout(condition: str, verdict: str) -> None:
    assert proof(f"one = Alert('One', {condition}, **SAID)", quick=QUICK).verdict == verdict


ALERTS = """\
full = Alert("Full", lamps.sum(by=[job, instance]) > 100, **SAID)
dark = Alert("Dark", lamps < 1, for_="5m", **SAID)
"""


def reading(text: str) -> str:
    """Two alerts, and one that reads their series."""
    return f"{ALERTS}one = Alert('One', promql({text!r}), **SAID)"


@pytest.mark.parametrize(
    ("condition", "verdict"),
    {
        'sum(ALERTS{alertname="Full"}) == 0': "never fires",
        'max(ALERTS{alertname="Full"}) > 1': "never fires",
        'count(ALERTS{alertname="Full"}) > 0': "proven",
        'count(ALERTS{alertname="Full"}) > 1': "not proven",  # the job has one target
        'sum(ALERTS{alertname="Full"}) > 1': "not proven",
        'count(ALERTS{alertname="Dark",room="hall"}) > 0': "proven",
        'count(ALERTS{alertname="Dark"}) > 1': "proven",  # two rooms
        'count(ALERTS{alertname="Dark"}) > 2': "not proven",
        'count by (room, job) (ALERTS{alertname="Dark",alertstate="pending"}) > 0': "proven",
        'lamps > 9 unless on (instance) ALERTS{alertname="Full"}': "proven",
        'max(time() - ALERTS_FOR_STATE{alertname="Dark"}) > 3600': "proven",
        'max(ALERTS_FOR_STATE{alertname="Dark"}) < 1e9': "never fires",
    }.items(),
)
def test_series_of_an_alert_are_as_many_as_the_alert_can_be(condition: str, verdict: str) -> None:
    assert proof(reading(condition)).verdict == verdict


@pytest.mark.parametrize(
    ("selector", "problem"),
    {
        'alertname="Fool"': "ALERTS is asked for alertname 'Fool', which does not exist",
        'alertname="Full",severity="critical"': "asks for a severity that Full does not have",
        'alertname="Full",alertstate="pending"': "asks whether Full is pending, which it never is",
        'alertname="Full",room="hall"': "asks for label 'room' of Full, which keeps none",
    }.items(),
)
def test_what_an_alert_never_has_is_a_mistake_where_it_is_asked(
    selector: str, problem: str
) -> None:
    with pytest.raises(DefinitionErrors, match=problem):
        plan_of(reading(f"count(ALERTS{{{selector}}}) > 0"))


def test_the_environment_decides_whether_an_alert_waits() -> None:
    pending = reading('count(ALERTS{alertname="Full",alertstate="pending"}) > 0')
    assert plan_of(pending, environment="alerts:\n  Full:\n    for: 10m\n").alerting
