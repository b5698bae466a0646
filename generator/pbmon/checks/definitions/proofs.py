"""Check that every rule has a proof."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.checks.case import Case
from pbmon.finding import Finding
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.cases.alert import Lack
from pbmon.proof.cases.suite import unproven

_HELP: dict[Lack, str] = {
    "change": "change the limit or the expression",
    "levels": "change the limit or the expression",
    "text": "change the text",
    "words": (
        "change the text, or show it by hand:"
        " RuleTest(rule, given={...}, fires_at=..., annotations={...})"
    ),
    "search": "show it by hand: RuleTest(rule, given={...}, fires_at=...)",
}
_SWITCH = "; always_fires=True for a dead man's switch"


def rule_is_proven(case: Case) -> Iterator[Finding]:
    """Every alert is shown to fire at its limit and to stay silent short of it, and every recorded
    series has the value it says.

    pbmon finds series that put an alert's value just above and just below its limit, through the
    recording rules, and renders them as promtool's rule tests (`monitoring/rule-tests/`). If it
    finds none, the alert can never fire (its value cannot reach the limit), or it always fires, or
    pbmon cannot solve it: text given to `promql()`, or a template in an annotation that
    reads what pbmon does not know. The finding says which. Then write a test that makes the
    alert fire, or gives the record its value:

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
    for rule, reason, lacks in unproven(case.proofs):
        kind = "alert" if isinstance(rule, PlannedAlert) else "recording rule"
        yield Finding(
            "rule-is-proven",
            rule.source,
            f"{kind} {rule.name} has no proof: {reason}",
            _HELP[lacks] + _SWITCH * reason.startswith("it always fires"),
        )
