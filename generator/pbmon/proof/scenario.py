"""What an alert does while its series go through phases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, inf

from pbmon import durations
from pbmon.expr.nodes import Node, Selector, Subquery
from pbmon.expr.walk import walk
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.engine import Engine
from pbmon.proof.series import Clock, Labels
from pbmon.proof.vectors import Vector
from pbmon.proof.world import Atom, Phase, series, store

SAMPLE = 11
"""Seconds; every step is a multiple of it, and it divides no window written in minutes, hours or
days.
"""

LARGEST_SAMPLE = 55
"""Seconds; five samples within the lookback of an instant selector."""

LONG_WINDOW = 100
"""Samples in a window of hours or days, where every selector is a range."""

LONGEST_WINDOW = 400
"""Samples in such a window at most, even where a short `for` would ask for more: the work grows
with their square.
"""


def clock_for(node: Node, lineage: Lineage, wait: str = "0s") -> Clock:
    """The coarsest clock that puts at least four samples into every window of scraped series, and
    four evaluations into every window of recorded ones. A range without recorded series in it is
    evaluated with every sample.

    wait: the alert's `for`, which takes at least two evaluations, so that half of it is another
    number of them.
    """
    scraped, recorded = _windows(node, lineage)
    shortest = min(scraped, default=300.0)
    waits = durations.seconds(wait) / 2 or inf
    most = float(LARGEST_SAMPLE)
    if not any(not selector.window for selector in lineage.raw(node)):
        most = max(
            most,
            min(shortest / LONG_WINDOW, max(waits, max(scraped, default=0.0) / LONGEST_WINDOW)),
        )
    sample = _multiple(min(most, shortest / 4), SAMPLE)
    if not recorded:
        return Clock(sample, sample)
    return Clock(sample, _multiple(min(min(recorded) / 4, waits), sample))


def _multiple(length: float, of: int) -> int:
    """The largest multiple that is not longer; at least one."""
    return max(1, int(length) // of) * of


def _windows(node: Node, lineage: Lineage) -> tuple[list[float], list[float]]:
    """Lengths in seconds of the ranges of scraped and of recorded series in the expression and the
    records below it.

    A subquery evaluates at steps of its own; an offset reads the past as finely as a window of its
    length would.
    """
    scraped: list[float] = []
    recorded: list[float] = []
    for inner in lineage.nodes(node):
        if isinstance(inner, Subquery):
            scraped.append(
                durations.seconds(inner.step) * 4 if inner.step else durations.seconds(inner.window)
            )
        if isinstance(inner, Selector):
            lengths = [durations.seconds(text) for text in (inner.window, inner.offset) if text]
            of_records = inner.series.name in lineage.recorded
            (recorded if of_records else scraped).extend(lengths)
    return scraped, recorded


def ranges(node: Node, lineage: Lineage) -> list[float]:
    """Lengths in seconds of every range in the expression and the records below it."""
    scraped, recorded = _windows(node, lineage)
    return [*scraped, *recorded]


def reach(node: Node, lineage: Lineage) -> float:
    """How long, in seconds, the past can be seen in the expression's value."""
    longest = 0.0
    for inner in walk(node):
        own = (
            durations.seconds(inner.window)
            if isinstance(inner, Selector | Subquery) and inner.window
            else 0.0
        )
        if isinstance(inner, Selector):
            own += durations.seconds(inner.offset) if inner.offset else 0.0
            below = lineage.recorded.get(inner.series.name)
            own += 0.0 if below is None else reach(below, lineage)
        if isinstance(inner, Subquery):
            own += reach(inner.operand, lineage)
        longest = max(longest, own)
    return longest


@dataclass(frozen=True)
class Run:
    """An alert and its series through phases. Indexes count evaluations from the beginning."""

    alert: PlannedAlert
    lineage: Lineage
    atoms: Sequence[Atom]
    phases: Sequence[Phase]
    clock: Clock

    def engine(self) -> Engine:
        """The engine over the series of these phases, which remembers what it has recorded."""
        return self._engine

    @cached_property
    def _engine(self) -> Engine:
        return Engine(store(series(self.atoms, self.phases, self.clock), self.clock), self.lineage)

    @cached_property
    def _conditions(self) -> dict[int, Vector]:
        return {}

    @property
    def end(self) -> int:
        """Index of the last step."""
        return sum(phase.steps for phase in self.phases) - 1

    def begin(self, phase: int) -> int:
        """Index at which a phase begins."""
        return sum(before.steps for before in self.phases[:phase])

    def time(self, index: int) -> int:
        """Seconds from the beginning to an evaluation."""
        return index * self.clock.evaluation

    def condition(self, engine: Engine, index: int) -> Vector:
        """What the alert's expression gives at an evaluation."""
        if index not in self._conditions:
            self._conditions[index] = (
                engine.vector(self.alert.expr, self.time(index)) if index >= 0 else {}
            )
        return self._conditions[index]

    def firing(self, engine: Engine, index: int) -> Vector:
        """Values by label set of what fires at an evaluation: what has held at every one of the
        last `for`.
        """
        wait = ceil(durations.seconds(self.alert.for_) / self.clock.evaluation)
        held: dict[Labels, float] = self.condition(engine, index)
        for back in range(index - 1, index - wait - 1, -1):
            if not held:
                break
            before = self.condition(engine, back)
            held = {labels: value for labels, value in held.items() if labels in before}
        return held

    def first(self, engine: Engine, begin: int, end: int, *, true: bool = True) -> int | None:
        """The first evaluation in [begin, end] at which the condition holds (or not) for some
        series.
        """
        return next(
            (
                index
                for index in range(begin, end + 1)
                if bool(self.condition(engine, index)) == true
            ),
            None,
        )
