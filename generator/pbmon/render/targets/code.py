"""The app's own Python: metrics modules, what updates them, and the runtime of both."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.artifact import Artifact
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import Proofs
from pbmon.render import instrumentation, modules, runtime
from pbmon.render.texts import Texts


def artifacts(plan: Plan, _: Proofs, texts: Texts) -> Iterator[Artifact]:
    """Bindings that name metrics and labels, and the modules that they call."""
    complete = {path for each in plan.instrumentation for path in each.paths}
    alone = [module for module in plan.modules if module.path not in complete]
    yield from modules.render(alone, texts)
    yield from instrumentation.render(plan.instrumentation, texts)
    yield from runtime.render(plan)
