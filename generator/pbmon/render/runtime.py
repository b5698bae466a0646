"""The modules that an app's generated files share, copied from `pbmon.runtime` as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.plan.modules import AppModule
from pbmon.plan.plan import Plan
from pbmon.render.instrumentation import bindings

METRICS = ("__init__", "encoding", "files", "forks", "metrics", "reading", "series", "slots")
"""What every metrics module needs."""

_RUNTIME = Path(__file__).parent.parent / "runtime"
"""Read as files: to import it would bring all that an app needs."""


def render(plan: Plan) -> Iterator[Artifact]:
    """A folder beside each metrics module, with the modules that its files need."""
    for module in plan.modules:
        names = {
            name
            for planned in plan.instrumentation
            if planned.module.path == module.path
            for name in bindings(planned).runtime
        }
        yield from copies(module, (*METRICS, *sorted(names)))


def copies(module: AppModule, names: Iterable[str]) -> Iterator[Artifact]:
    """The modules of these names in the folder beside the metrics module."""
    for name in names:
        yield Artifact(f"{module.runtime}/{name}.py", _text(name), copied=True)


@cache
def _text(name: str) -> str:
    return (_RUNTIME / f"{name}.py").read_text("utf-8")
