"""Where an alert is tried out: its series through phases, and the moments at which it fires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from pbmon import durations
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, ScrapeJob
from pbmon.proof.cases import Case, Expected, Moment
from pbmon.proof.scenario import Run, reach
from pbmon.proof.series import Clock, Labels
from pbmon.proof.solve import Situation
from pbmon.proof.template import expanded
from pbmon.proof.world import Atom, Phase, Point, atoms

SETTLE = 3
"""Steps waited beyond what is computed, so that no moment asked about lies on an edge."""

_ASKED = 24
"""Evaluations after a step, beyond the `for`, at each of which it has to be silent: most windows
are full by then.
"""


class Unsolved(Exception):
    """No series were found for what a case needs."""


@dataclass
class Stage:
    """An alert with its series and a clock.

    wait, kept: evaluations of its `for` and its `keep_firing_for`. past: evaluations that its value
    looks back, and SETTLE.
    """

    alert: PlannedAlert
    lineage: Lineage
    jobs: Sequence[ScrapeJob]
    clock: Clock
    wait: int = field(init=False)
    kept: int = field(init=False)
    past: int = field(init=False)
    situation: Situation = field(init=False)

    def __post_init__(self) -> None:
        self.wait = ceil(durations.seconds(self.alert.for_) / self.clock.evaluation)
        self.kept = (
            ceil(durations.seconds(self.alert.keep_firing_for) / self.clock.evaluation)
            if self.alert.keep_firing_for
            else 0
        )
        self.past = (
            ceil(max(reach(self.alert.expr, self.lineage), 300.0) / self.clock.evaluation) + SETTLE
        )
        scraped = self.lineage.raw(self.alert.expr)
        self.situation = Situation(atoms(scraped, self.jobs), self.lineage, self.clock, self.past)

    @property
    def brief(self) -> int:
        """Steps after which a condition that holds from the beginning would have fired: ratios need
        no full window.
        """
        return min(self.past, 12) + self.wait + self.kept + SETTLE

    @property
    def long(self) -> int:
        """Steps after which a condition that held would have fired, and what fired while windows
        were filling is resolved.
        """
        return self.past + self.wait + self.kept + SETTLE

    def holds(self, point: Point) -> bool:
        """Whether the condition holds when its series have been at the point for long."""
        return bool(self.situation.vector(self.alert.expr, point))

    def run(self, phases: Sequence[Phase], more: Sequence[Atom] = ()) -> Run:
        """The alert and its series through these phases. more: series beside its own."""
        return Run(self.alert, self.lineage, [*self.situation.atoms, *more], phases, self.clock)

    def fires(
        self, name: str, quiet: Point, loud: Point, calm: Point | None = None, steps: int = 0
    ) -> Case:
        """Silent at `quiet`, firing at `loud` (for so many steps), resolved at `calm`, or `quiet`
        again. Raises Unsolved.
        """
        run = self.run(
            [
                Phase(quiet, self.long),
                Phase(loud, steps or self.long),
                Phase(calm or quiet, self.long),
            ]
        )
        engine = run.engine()
        begin, over = run.begin(1), run.begin(2)
        true = run.first(engine, begin, over - 1)
        fired = next(
            (index for index in range(true or begin, over) if run.firing(engine, index)), None
        )
        if true is None or fired is None:
            raise Unsolved("the series found do not keep it true for its `for`")
        moments = [Moment(begin - 1)]
        if fired - 1 >= begin:
            moments.append(Moment(fired - 1))
        moments.append(self.at(run, fired))
        clear = run.first(engine, fired + 1, run.end - self.kept, true=False)
        if clear is None:
            raise Unsolved("it does not resolve when its value falls back")
        moments.append(Moment(clear + self.kept - 1, self.at(run, clear - 1).firing))
        moments.append(Moment(clear + self.kept))
        return Case(name, run, tuple(moments))

    def silent(self, name: str, phases: Sequence[Phase]) -> Case:
        """A case in which nothing fires: after the last of several phases has begun, or at the end
        of one. Raises Unsolved.
        """
        run = self.run(phases)
        engine, changed = run.engine(), run.begin(len(phases) - 1)
        asked = sorted(
            {run.end, *range(changed + self.wait + 1, min(changed + self.wait + _ASKED, run.end))}
        )
        if any(run.firing(engine, index) for index in (asked if len(phases) > 1 else asked[-1:])):
            raise Unsolved(f"it does not stay silent where it has to: {name}")
        return Case(
            name, run, tuple(Moment(index) for index in (asked if len(phases) > 1 else asked[-1:]))
        )

    def at(self, run: Run, index: int) -> Moment:
        """What fires at an evaluation."""
        vector = run.firing(run.engine(), index)
        return Moment(
            index, tuple(self._expected(labels, value) for labels, value in sorted(vector.items()))
        )

    def _expected(self, labels: Labels, value: float) -> Expected:
        merged = {**dict(labels), **dict(self.alert.labels)}
        own = dict(labels)
        annotations = tuple(
            (name, expanded(text, value, own)) for name, text in self.alert.annotations
        )
        return Expected(
            tuple(sorted((name, text) for name, text in merged.items() if text)), annotations
        )
