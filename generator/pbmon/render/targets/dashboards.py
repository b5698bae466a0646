"""Grafana dashboards."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs
from pbmon.render import dashboards


def artifacts(plan: Plan, _: Proofs) -> Iterator[Artifact]:
    """One JSON file a dashboard."""
    yield from dashboards.render(plan.dashboards)
