"""What Prometheus itself stores has the values and labels that it gives it."""

from __future__ import annotations

import pytest
from pbmon.proof.cases.alert import Proof
from rule_tests import proofs
from small_projects import plan_of

QUICK = """\
from pbmon import *

quick = Service("quick", jobs=[Job("quick", ["quick:80"], interval="5s")], module="quick.py")
"""


def proof(body: str, name: str = "One") -> Proof:
    """Of the alert of this name."""
    files = proofs(plan_of(body, quick=QUICK))
    return next(each for file in files for each in file.alerts if each.alert.name == name)


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
    assert proof(f"one = Alert('One', {condition}, **SAID)").verdict == verdict
