"""Recording and alerting rules, and objectives for the tools of others."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs
from pbmon.render import openslo, rules
from pbmon.render.texts import Texts


def artifacts(plan: Plan, _: Proofs, texts: Texts) -> Iterator[Artifact]:
    """One file a group, one an objective."""
    yield from rules.render((*plan.recording, *plan.alerting), texts)
    yield from openslo.render(plan.slos, texts)
