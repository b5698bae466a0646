"""The world of a proof is scraped and evaluated no faster than the one that is declared."""

from __future__ import annotations

import pytest
from pbmon import durations
from pbmon.proof.cases.suite import suite, unproven
from small_projects import SHOP, plan_of

RULES = (
    'g = RuleGroup("slow", "Slow.", interval="{group}")',
    'seldom = Record("job:visits:rate30m", visits.rate("30m").sum(by=[job]), group=g)',
    'many = Alert("Many", seldom > 3, for_="15m", group=g, **SAID)',
    'peak = Alert("Peak", seldom.max_over_time("2h") > 3, for_="15m", **SAID)',
    'lit = Alert("Lit", lamps > 3, for_="15m", **SAID)',
)


@pytest.mark.parametrize("scraped", ["15s", "1m", "2m", "5m"])
@pytest.mark.parametrize("group", ["15s", "2m", "5m"])
def test_no_step_of_a_derived_test_is_finer_than_what_is_declared(scraped: str, group: str) -> None:
    plan = plan_of(
        *(rule.format(group=group) for rule in RULES),
        head=SHOP.replace('["shop:80"]', f'["shop:80"], interval="{scraped}"'),
    )
    files = suite(plan)
    assert not unproven(files)
    for file in files:
        # one step of 11 s less at the edge of the lookback, five minutes
        assert file.clock.sample >= durations.seconds(scraped) - 3
        if "slow" in "".join(file.groups):
            assert file.clock.evaluation >= durations.seconds(group)
