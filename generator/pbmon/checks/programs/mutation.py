"""How strong the derived tests are: every mutant of every rule against the tests of that rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pbmon.checks.programs.binaries import brief
from pbmon.checks.programs.unit_tests import UnitTest, answers
from pbmon.errors import UsageError
from pbmon.plan.rules import text
from pbmon.proof.mutation.mutants import Mutant
from pbmon.proof.mutation.trials import Trial, noticed

TENTH = 10
"""One kill in so many is confirmed by promtool."""


@dataclass(frozen=True)
class Verdict:
    """killed: whether a test fails for the mutant. One that is proven equal runs no test."""

    mutant: Mutant
    killed: bool


def judge(promtool: Path, trials: Sequence[Trial]) -> list[Verdict]:
    """Whether a test notices each mutant, in the order of the trials.

    pbmon's own engine runs the tests; promtool those of every survivor, those that the engine
    cannot tell, and of one kill in ten, chosen by its content, the test that kills. Raises
    UsageError where the two disagree, or promtool gives no verdict.
    """
    numbers = [number for number, trial in enumerate(trials) if not trial.mutant.equal]
    by_engine = dict(zip(numbers, noticed([trials[number] for number in numbers]), strict=True))
    kills = {number: test for number, test in by_engine.items() if isinstance(test, int)}
    sample = {number: test for number, test in kills.items() if _is_sampled(trials[number])}
    confirmed = _run(promtool, [_unit(trials[number], test) for number, test in sample.items()])
    for number, is_killed in zip(sample, confirmed, strict=True):
        if not is_killed:
            raise _disagreement(trials[number], "fails", "passes")
    others = [number for number in numbers if number not in kills]
    failing = _killed(promtool, trials, others)
    for number, test in failing.items():
        if by_engine[number] is None and test < len(trials[number].cases):
            raise _disagreement(trials[number], "passes", "fails")
    killed = failing.keys() | kills.keys()
    return [Verdict(trial.mutant, number in killed) for number, trial in enumerate(trials)]


def _is_sampled(trial: Trial) -> bool:
    content = f"{trial.mutant.rule.title}\n{trial.mutant.fault}\n{text(trial.mutant.rule)}"
    return sha256(content.encode()).digest()[0] < 256 // TENTH


def _disagreement(trial: Trial, engine: str, promtool: str) -> UsageError:
    rule, fault = trial.mutant.rule, trial.mutant.fault
    return UsageError(
        f"{rule.source}: with the fault “{fault}” in {rule.title}, a test {engine} by pbmon's own"
        f" engine and {promtool} by promtool, so neither answer is sure",
        "report it: one of the two computes PromQL in another way",
    )


def _killed(promtool: Path, trials: Sequence[Trial], alive: list[int]) -> dict[int, int]:
    """Those among these that promtool says a test notices, and the number of that test, in rounds:
    the first test of all mutants, then the second of those still alive, and so on.
    """
    killed: dict[int, int] = {}
    for turn in range(max((len(trials[number].tests) for number in alive), default=0)):
        pending = [number for number in alive if turn < len(trials[number].tests)]
        found = _run(promtool, [_unit(trials[number], turn) for number in pending])
        killed |= {
            number: turn for number, is_killed in zip(pending, found, strict=True) if is_killed
        }
        alive = [number for number in alive if number not in killed]
    return killed


def _unit(trial: Trial, turn: int) -> UnitTest:
    test = trial.tests[turn]
    return UnitTest(test.path, {trial.rules.path: trial.rules.text, test.path: test.text})


def _run(promtool: Path, tests: Sequence[UnitTest]) -> list[bool]:
    """Whether each test fails."""
    found = answers(promtool, tests)
    for answer in found:
        if answer.verdict == "none":
            problem = f"{promtool.name} gives no verdict on a test: {brief(answer.output)}"
            raise UsageError(problem)
    return [answer.verdict == "fails" for answer in found]


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
