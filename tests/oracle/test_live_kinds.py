"""What once was proven and stayed silent on a real Prometheus is refused, or seen firing."""

from __future__ import annotations

import pytest
from oracle.live_kinds import KINDS, Kind
from pbmon.errors import DefinitionErrors
from pbmon.proof.cases.suite import suite
from small_projects import SAID, SHOP, plan_of

LIT = "lit = Alert('Lit', lamps > 100, for_='10m', **SAID)"
SLOW = SHOP.replace('["shop:80"]', '["shop:80"], interval="6m"')
QUOTAS = f"""\
from pbmon import *

ex = Exporter("ex", version="1")
quotas = Service("quotas", jobs=[Job("quotas", ["q:80"])], exporter=ex)
SAID = dict({SAID})
"""
QUOTA = (
    "db = Label('db', 'Database.', max_values=10)\n"
    "used = Gauge('used_bytes', 'Used.', observed=ex{used})\n"
    "limit = Gauge('limit_bytes', 'Allowed.', observed=ex{limit})\n"
    "full = Alert('Full', {condition}, for_='0s', **SAID)"
)
OF_DB = ", labels=[db]"
SHARE = "used / limit.on(instance, job) > 0.9"

REFUSED = {
    "a scrape less often than the lookback": (SLOW, LIT, "is scraped every 6m"),
    "absence between two scrapes": (
        SLOW,
        "gone = Alert('Gone', lamps.absent(), for_='0s', **SAID)",
        "is scraped every 6m",
    ),
    "a group that runs less often than the lookback": (
        SHOP,
        "slow = RuleGroup('slow', 'Slow.', interval='10m')\n"
        "all = Record('job:lamps:sum', lamps.sum(by=[job]), group=slow)\n"
        "lit = Alert('Lit', all > 100, for_='10m', **SAID)",
        "is run every 10m",
    ),
    "a label of the alert that its series have": (
        SHOP,
        "level = Label('severity', 'Level.', values=('info', 'error'))\n"
        "logs = Counter('log_messages_total', 'Messages.', labels=[level])\n"
        "noisy = Alert('Noisy', logs.rate('5m') > 1, for_='0s', **SAID)",
        "sets label 'severity', which its expression keeps",
    ),
    "many on the right of a division": (
        QUOTAS,
        QUOTA.format(used="", limit=OF_DB, condition=SHARE),
        "one series on the left meets several",
    ),
    "many on the left of a division": (
        QUOTAS,
        QUOTA.format(used=OF_DB, limit="", condition=SHARE),
        "one series on the right meets several",
    ),
    "many on the left of a comparison": (
        QUOTAS,
        QUOTA.format(used=OF_DB, limit="", condition="used > limit.on(instance, job)"),
        "one series on the right meets several",
    ),
    "a label of the job that its series have": (
        SHOP.replace('["shop:80"]', '["shop:80"], labels={"room": "x"}'),
        LIT,
        "exported_room",
    ),
    "another job of the job": (
        SHOP.replace('["shop:80"]', '["shop:80"], labels={"job": "other"}'),
        LIT,
        "which Prometheus sets by itself",
    ),
    "a path that is a query": (
        SHOP.replace('["shop:80"]', '["shop:80"], path="/probe?module=http"'),
        LIT,
        "no path of a URL",
    ),
    "a job without targets": (SHOP.replace('["shop:80"]', "()"), LIT, "has no target"),
    "a label that changes with the value": (
        SHOP,
        LIT.replace("**", "labels={'value': '{{ $value }}'}, **"),
        "changes with the value of the alert",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_stays_silent_is_a_mistake_of_its_definition(kind: str) -> None:
    head, body, problem = REFUSED[kind]
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(body, head=head)
    assert any(problem in error.problem for error in raised.value.errors)


def test_an_identity_that_takes_turns_has_no_proof() -> None:
    plan = plan_of("most = Alert('Most', lamps.topk(1) > 100, for_='2m', **SAID)", head=SHOP)
    [proof] = [proof for file in suite(plan) for proof in file.alerts]
    assert proof.verdict == "not proven"
    assert "begins again" in proof.reason


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_fires_has_a_proof_and_what_does_not_has_none(kind: Kind) -> None:
    assert kind.proof.verdict == kind.verdict, kind.proof.reason
