"""No rule without a proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pbmon.finding import Finding
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.suite import TestFile, unproven


def rule_is_proven(files: Sequence[TestFile]) -> Iterator[Finding]:
    """Every alert is shown to fire at its limit and to stay silent short of it, and every recorded series has the value it says.

    pbmon finds series that put an alert's value just above and just below its limit, through the recording rules, and renders
    them as promtool's rule tests (`monitoring/rule-tests/`). Where it finds none, the alert either can never fire (its value
    cannot reach the limit), always fires, or is outside what pbmon can solve: text given to `promql()`, or a template in an
    annotation that does more than show a value or a label. The finding says which.
    """
    for rule, reason in unproven(files):
        kind = "alert" if isinstance(rule, PlannedAlert) else "recording rule"
        help = (
            "change the limit or the expression" if "fire" in reason.partition(":")[0] else "write it with what pbmon can compute"
        )
        yield Finding("rule-is-proven", rule.source, f"{kind} {rule.name} has no proof: {reason}", help)
