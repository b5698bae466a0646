"""Recording and alerting rules, and objectives for the tools of others."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.render import openslo, rules


def artifacts(plan: Plan, *_: object) -> Iterator[Artifact]:
    """One file a group, one an objective."""
    yield from rules.render((*plan.recording, *plan.alerting))
    yield from openslo.render(plan.slos)
