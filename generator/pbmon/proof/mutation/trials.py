"""Mutants with the tests that have to notice them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pbmon.artifact import Artifact
from pbmon.plan.lineage import Lineage
from pbmon.proof.cases.case import Case
from pbmon.proof.cases.record import RecordCase
from pbmon.proof.cases.workers import can_share, cores, in_processes
from pbmon.proof.mutation.mutants import Mutant
from pbmon.proof.mutation.noticing import Undecided, noticing
from pbmon.proof.promql.samples import Clock

ALONE = 200
"""Trials up to which one process is as fast."""


@dataclass(frozen=True)
class Trial:
    """One mutant with its test files (paths below the folder), one for each case; the test most
    likely to notice comes first. Behind them stand those that somebody wrote.

    render: makes the file of the mutant and of the rules that it and its original read.
    """

    mutant: Mutant
    tests: tuple[Artifact, ...]
    cases: Sequence[Case | RecordCase]
    lineage: Lineage
    clock: Clock
    render: Callable[[Mutant], Artifact]

    @cached_property
    def rules(self) -> Artifact:
        """The rule file."""
        return self.render(self.mutant)


Noticed = int | None | Undecided
"""The number of the first test that notices a mutant, or none of them does, or only promtool can
tell.
"""


def noticed(trials: Sequence[Trial]) -> list[Noticed]:
    """Of each trial, worked out in as many processes as there are cores."""
    known: dict[int, Noticed] = {}
    if len(trials) > ALONE and cores() > 1 and can_share():

        def work(number: int) -> str:
            answer = _noticed(trials[number])
            return "undecided" if isinstance(answer, Undecided) else str(answer)

        for number, text in in_processes(work, len(trials), cores()):
            known[number] = (
                Undecided() if text == "undecided" else None if text == "None" else int(text)
            )
    return [
        known[number] if number in known else _noticed(trial) for number, trial in enumerate(trials)
    ]


def _noticed(trial: Trial) -> Noticed:
    if not trial.cases:
        return Undecided()
    try:
        return noticing(trial.mutant, trial.cases, trial.lineage, trial.clock)
    except Undecided as undecided:
        return undecided
