"""Check that every rule has a proof."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.checks.case import Case
from pbmon.finding import Finding
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.proofs import Verdict
from pbmon.proof.cases.suite import unproven

_HELP: dict[Verdict, str] = {
    "never fires": "change the limit or the expression",
    "always fires": (
        "change the limit or the expression; always_fires=True for a dead man's switch"
    ),
    "not proven": "show it by hand: RuleTest(rule, given={...}, fires_at=...)",
    "wrong text": "change the text",
}


def rule_is_proven(case: Case) -> Iterator[Finding]:
    """Every alert is shown to fire at its limit and to stay silent short of it, and every recorded
    series has the value it says.

    pbmon finds series that put an alert's value just above and just below its limit, through the
    recording rules, and renders them as promtool's rule tests (`monitoring/rule-tests/`). If it
    finds none, the finding says which of three it is. The alert *never fires*: its value cannot
    reach the limit, whatever is scraped. It *always fires*: no value is within the limit. Or it is
    *not proven*: pbmon found no series that fire it, which says nothing about the alert itself, or
    it knows a situation that the alert misses. Then write a test that makes the alert fire, or
    gives the record its value:

    ```python
    shown = RuleTest(
        odd_lamps,
        given={'lamps{job="house"}': "0x10 5x20"},
        fires_at="15m",
        labels={"job": "house"},
        value=5,
    )
    ```
    """
    for rule, reason, verdict, help in unproven(case.proofs):
        kind = "alert" if isinstance(rule, PlannedAlert) else "recording rule"
        yield Finding(
            "rule-is-proven",
            rule.source,
            f"{kind} {rule.name} has no proof: {reason}",
            help or _HELP[verdict],
        )
