"""An engine for series whose levels have not changed for a long time."""

from __future__ import annotations

from collections.abc import Mapping

from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.over_time import Samples
from pbmon.proof.promql.progressions import Progression
from pbmon.proof.promql.samples import Labels, Store, Window, inside
from pbmon.proof.promql.selection import Selection
from pbmon.proof.promql.vectors import Vector


class Steady(Engine):
    """Evaluates each recorded series once, at the end: where nothing changes, it has had that value
    at every evaluation.
    """

    def __init__(self, store: Store, lineage: Lineage, end: int) -> None:
        super().__init__(store, lineage)
        self._end = end

    def record(self, name: str, time: float) -> Vector:  # noqa: ARG002 - every time is the same here
        return super().record(name, self._end)

    def ranges(self, selection: Selection, time: float, now: float) -> Mapping[Labels, Samples]:
        if selection.name not in self.records:
            return super().ranges(selection, time, now)
        every = self.store.clock.evaluation
        numbers = inside(time, selection.window, every, left_open=self.newer, now=now)
        first, stop = max(0, numbers.start), numbers.stop
        if first >= stop:
            return {}
        return {
            labels: Window([Progression(first, stop, value, 0.0)], every)
            for labels, value in self.record(selection.name, time).items()
            if selection.named(labels) is not None
        }
