"""The app's own Python: metrics modules, what updates them, and the runtime of both."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs
from pbmon.render import instrumentation, modules, runtime


def artifacts(plan: Plan, _: Proofs) -> Iterator[Artifact]:
    """Bindings that name metrics and labels, and the modules that they call."""
    yield from modules.render(plan.modules)
    yield from instrumentation.render(plan.instrumentation)
    yield from runtime.render(plan)
