"""How strong the derived tests are: every mutant of every rule against the tests of that rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from os import cpu_count
from pathlib import Path

from pbmon.checks.programs.proving import failing_files
from pbmon.checks.programs.tree import laid_out
from pbmon.proof.mutation.mutants import Mutant, Trial

BATCH = 40
"""Test files that one promtool process gets."""


@dataclass(frozen=True)
class Verdict:
    """killed: whether a test fails for the mutant. One that is proven equal runs no test."""

    mutant: Mutant
    killed: bool


def judge(promtool: Path, trials: Sequence[Trial]) -> list[Verdict]:
    """Run every mutant's tests, in the order of the trials. Raises UsageError where promtool gives
    no verdict on a mutant.

    In rounds: the first test of all mutants, then the second of those still alive, and so on, many
    files in one process.
    """
    alive = [number for number, trial in enumerate(trials) if not trial.mutant.equal]
    killed: set[int] = set()
    for turn in range(max((len(trial.tests) for trial in trials), default=0)):
        pending = [number for number in alive if turn < len(trials[number].tests)]
        batches = [pending[begin : begin + BATCH] for begin in range(0, len(pending), BATCH)]
        run = partial(_failed, promtool, trials, turn)
        with ThreadPoolExecutor(cpu_count() or 1) as workers:
            killed = killed.union(*workers.map(run, batches))
        alive = [number for number in alive if number not in killed]
    return [Verdict(trial.mutant, number in killed) for number, trial in enumerate(trials)]


def _failed(promtool: Path, trials: Sequence[Trial], turn: int, batch: Sequence[int]) -> set[int]:
    texts = {}
    names = {}
    for number in batch:
        trial = trials[number]
        texts[f"{number}/{trial.rules.path}"] = trial.rules.text
        texts[f"{number}/{trial.tests[turn].path}"] = trial.tests[turn].text
        names[f"{number}/{trial.tests[turn].path}"] = number
    with laid_out(texts) as folder:
        return {names[name] for name in failing_files(promtool, folder, list(names))}


def by_rule(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, int, int, list[str]]]:
    """(rule, killed, total, faults that survived) for every rule, in order.

    It leaves out mutants that are proven equal.
    """
    grouped: dict[str, list[Verdict]] = {}
    for verdict in (verdict for verdict in verdicts if not verdict.mutant.equal):
        grouped.setdefault(verdict.mutant.rule.title, []).append(verdict)
    for name, of_rule in grouped.items():
        yield (
            name,
            sum(verdict.killed for verdict in of_rule),
            len(of_rule),
            [str(verdict.mutant.fault) for verdict in of_rule if not verdict.killed],
        )
