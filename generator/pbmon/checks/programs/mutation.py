"""How strong the derived tests are: every mutant of every rule against the tests of that rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbmon.checks.programs.binaries import brief
from pbmon.checks.programs.unit_tests import Answer, UnitTest, answers
from pbmon.errors import UsageError
from pbmon.proof.mutation.mutants import Mutant, Trial


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
        found = answers(promtool, [_unit(trials[number], turn) for number in pending])
        killed |= {
            number
            for number, answer in zip(pending, found, strict=True)
            if _is_killed(promtool, answer)
        }
        alive = [number for number in alive if number not in killed]
    return [Verdict(trial.mutant, number in killed) for number, trial in enumerate(trials)]


def _unit(trial: Trial, turn: int) -> UnitTest:
    test = trial.tests[turn]
    return UnitTest(test.path, {trial.rules.path: trial.rules.text, test.path: test.text})


def _is_killed(promtool: Path, answer: Answer) -> bool:
    if answer.verdict == "none":
        raise UsageError(f"{promtool.name} gives no verdict on a test: {brief(answer.output)}")
    return answer.verdict == "fails"


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
