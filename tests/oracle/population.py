"""The generated alerts, each with the trial that its verdict asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from oracle.conditions import HEAD, conditions, module
from oracle.hostile import world
from oracle.scaling import Scaling
from oracle.traces import SCALE
from oracle.trials import Always, Silent, Trial, proven, trial
from pbmon import durations
from pbmon.plan.plan import Plan
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.cases.suite import suite
from small_projects import plan_of

COUNT = 200
SEED = 9
HOSTILE = 90
"""Seconds of a world that is to be as bad as can be."""

FILLED = 22
"""Seconds after which the longest window of an alert is full."""


@dataclass(frozen=True)
class Population:
    """proofs: by the space of their names."""

    plan: Plan
    proofs: dict[str, Proof]

    def verdicts(self) -> Counter[str]:
        """How many alerts have each verdict."""
        return Counter(proof.verdict for proof in self.proofs.values())

    def trials(self, begin: float) -> Iterator[Trial]:
        """One for each alert with a verdict that can be seen. begin: see Scaling."""
        for space, proof in self.proofs.items():
            alert, scaling = proof.alert, Scaling(space, begin, 0.0)
            match proof.verdict:
                case "proven":
                    yield proven(self.plan, proof.cases[0], space, begin)
                case "never fires":
                    shown = world(self.plan, alert, space, HOSTILE, SEED)
                    yield trial(self.plan, alert, scaling, shown, Silent(HOSTILE))
                case "always fires":
                    shown = world(self.plan, alert, space, HOSTILE, SEED, lasting=True)
                    since = FILLED + durations.seconds(alert.for_) / SCALE
                    yield trial(self.plan, alert, scaling, shown, Always(since, HOSTILE))
                case _:
                    pass


def population() -> Population:
    """The same one every time."""
    plan = plan_of(module(conditions(COUNT, SEED)), head=HEAD)
    proofs = [proof for file in suite(plan) for proof in file.alerts]
    by_number = sorted(proofs, key=lambda proof: int(proof.alert.name[1:]))
    return Population(plan, {f"o{number:03}_": proof for number, proof in enumerate(by_number)})
