"""From plan to artifacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import import_module

from pbmon.artifact import TARGETS, Artifact, Target
from pbmon.cache import Cache
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs, TestFile, suite
from pbmon.render.stamp import stamped
from pbmon.render.texts import Texts


def render(
    plan: Plan,
    only: Target | None = None,
    proofs: Sequence[TestFile] | Proofs | None = None,
    cache: Cache | None = None,
) -> list[Artifact]:
    """Every artifact of the plan, or those of one target, sorted by path and stamped.

    proofs: of the plan's rules, where the caller has derived them, or how to derive them, if what
    is asked for shows them. cache: knows texts that were rendered before.
    """

    @lru_cache(1)
    def derived() -> Sequence[TestFile]:
        if proofs is None:
            return suite(plan)
        return proofs() if callable(proofs) else proofs

    targets = (only,) if only else TARGETS
    texts = Texts(plan.contents, cache)
    artifacts = (
        artifact for target in targets for artifact in _artifacts(target, plan, derived, texts)
    )
    return sorted(stamped(artifacts, plan.catalog.folder))


def _artifacts(target: Target, plan: Plan, proofs: Proofs, texts: Texts) -> Iterator[Artifact]:
    """Of one module in render/targets; imported when it is asked for."""
    artifacts: Iterator[Artifact] = import_module(f"pbmon.render.targets.{target}").artifacts(
        plan, proofs, texts
    )
    return artifacts
