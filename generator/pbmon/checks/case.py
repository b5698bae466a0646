"""What every check looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pbmon.app_source.files import AppSource
from pbmon.app_source.usage import AppUsage
from pbmon.artifact import Artifact
from pbmon.cache import Cache
from pbmon.checks.dashboards.parts import Board, read_board
from pbmon.finding import Finding
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import TestFile


@dataclass(frozen=True)
class Case:
    """A plan and all that was made of it.

    app: source of the app that the generated modules are part of; None leaves it unchecked.
    promtool, amtool: programs to ask; without one, what it would say is not known. cache: knows
    what promtool said before.
    """

    plan: Plan
    proofs: Sequence[TestFile] = ()
    artifacts: Sequence[Artifact] = ()
    app: AppSource | None = None
    promtool: Path | None = None
    amtool: Path | None = None
    cache: Cache | None = None

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of each artifact by its path."""
        return {artifact.path: artifact.text for artifact in self.artifacts}

    @cached_property
    def boards(self) -> tuple[Board, ...]:
        """Every dashboard among the artifacts; without those that are no JSON."""
        files = (file for file in self.artifacts if file.path.endswith(".json"))
        return tuple(board for file in files if (board := read_board(file)) is not None)

    @cached_property
    def usage(self) -> AppUsage:
        """What the app does with the metrics. There is an app wherever a check asks for it."""
        assert self.app is not None
        return AppUsage(self.plan, self.app)


Check = Callable[[Case], Iterable[Finding]]
"""Findings on a case. Its name is the sentence that must hold; its docstring is its page."""
