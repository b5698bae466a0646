"""The reference and the runbooks."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs, histories
from pbmon.render import charts, docs
from pbmon.render.texts import Texts


def artifacts(plan: Plan, proofs: Proofs, texts: Texts) -> Iterator[Artifact]:
    """One reference, one runbook an alert with the chart of how it fires."""
    stories = histories(proofs())
    yield from docs.render(plan, stories, texts)
    yield from charts.render(stories.values(), texts)
