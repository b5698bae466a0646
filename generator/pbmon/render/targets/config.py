"""Configuration of Prometheus, Alertmanager and Grafana's provisioning."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs
from pbmon.render import configuration
from pbmon.render.texts import Texts


def artifacts(plan: Plan, _: Proofs, texts: Texts) -> Iterator[Artifact]:
    """prometheus.yml, alertmanager.yml, and what Grafana reads at its start."""
    yield from configuration.render(plan, texts)
