"""What an alert does while its series go through phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from pbmon import durations
from pbmon.expr.nodes import Node, Selector, Subquery
from pbmon.expr.walk import walk
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.engine import Engine
from pbmon.proof.series import Labels
from pbmon.proof.vectors import Vector
from pbmon.proof.world import Atom, Phase, series, store

STEPS = (55, 25, 13, 7, 3)
"""Seconds between samples, coarsest first.

None divides a usual window, so no sample lies on a window's edge, where Prometheus 2 counts it and 3 does not.
"""


def step_for(windows: Sequence[float]) -> int:
    """The coarsest step that puts at least four samples into every window and none on its edge."""
    shortest = min((window for window in windows if window), default=300.0)
    fitting = [step for step in STEPS if step * 4 <= shortest and all(window % step for window in windows if window)]
    return fitting[0] if fitting else STEPS[-1]


def windows_below(node: Node, records: Mapping[str, Node]) -> list[float]:
    """Every range and offset in the expression and the records below it, in seconds."""
    found = []
    for inner in walk(node):
        if isinstance(inner, Selector | Subquery):
            found += [durations.seconds(inner.window)] if inner.window else []
            if isinstance(inner, Selector):
                found += [durations.seconds(inner.offset)] if inner.offset else []
                if inner.series.name in records:
                    found += windows_below(records[inner.series.name], records)
    return found


def reach(node: Node, records: Mapping[str, Node]) -> float:
    """How long, in seconds, the past can be seen in the expression's value."""
    longest = 0.0
    for inner in walk(node):
        own = durations.seconds(inner.window) if isinstance(inner, Selector | Subquery) and inner.window else 0.0
        if isinstance(inner, Selector):
            own += durations.seconds(inner.offset) if inner.offset else 0.0
            own += reach(records[inner.series.name], records) if inner.series.name in records else 0.0
        if isinstance(inner, Subquery):
            own += reach(inner.operand, records)
        longest = max(longest, own)
    return longest


@dataclass(frozen=True)
class Run:
    """An alert and its series through phases. Indexes count steps from the beginning."""

    alert: PlannedAlert
    records: Mapping[str, Node]
    atoms: Sequence[Atom]
    phases: Sequence[Phase]
    step: int

    def engine(self) -> Engine:
        """An engine over the series of these phases."""
        return Engine(store(series(self.atoms, self.phases, self.step), self.step, left_open=False), self.records)

    @property
    def end(self) -> int:
        """Index of the last step."""
        return sum(phase.steps for phase in self.phases) - 1

    def begin(self, phase: int) -> int:
        """Index at which a phase begins."""
        return sum(before.steps for before in self.phases[:phase])

    def firing(self, engine: Engine, index: int) -> Vector:
        """Values by label set of what fires at a step: what has held at every step of the last `for`."""
        wait = ceil(durations.seconds(self.alert.for_) / self.step)
        held: dict[Labels, float] = engine.vector(self.alert.expr, index)
        for back in range(index - 1, index - wait - 1, -1):
            if not held:
                break
            before = engine.vector(self.alert.expr, back) if back >= 0 else {}
            held = {labels: value for labels, value in held.items() if labels in before}
        return held

    def first(self, engine: Engine, begin: int, end: int, *, true: bool = True) -> int | None:
        """The first step in [begin, end] at which the condition holds (or not) for some series."""
        return next((index for index in range(begin, end + 1) if bool(engine.vector(self.alert.expr, index)) == true), None)
