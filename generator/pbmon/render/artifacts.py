"""From plan to artifacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module

from pbmon.artifact import TARGETS, Artifact, Target
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs, TestFile, suite
from pbmon.render.stamp import stamped


def render(
    plan: Plan, only: Target | None = None, proofs: Sequence[TestFile] | Proofs | None = None
) -> list[Artifact]:
    """Every artifact of the plan, or those of one target, sorted by path and stamped.

    proofs: of the plan's rules, where the caller has derived them, or how to derive them, if what
    is asked for shows them.
    """

    @cache
    def derived() -> Sequence[TestFile]:
        if proofs is None:
            return suite(plan)
        return proofs() if callable(proofs) else proofs

    targets = (only,) if only else TARGETS
    artifacts = (artifact for target in targets for artifact in _artifacts(target, plan, derived))
    return sorted(stamped(artifacts, plan.catalog.folder))


def _artifacts(target: Target, plan: Plan, proofs: Proofs) -> Iterator[Artifact]:
    """Of one module in render/targets; imported when it is asked for, since grafanalib is slow."""
    artifacts: Iterator[Artifact] = import_module(f"pbmon.render.targets.{target}").artifacts(
        plan, proofs
    )
    return artifacts
