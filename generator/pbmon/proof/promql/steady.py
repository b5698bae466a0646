"""An engine for series whose levels have not changed for a long time."""

from __future__ import annotations

from collections.abc import Mapping

from pbmon import durations
from pbmon.expr.nodes import Selector
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.over_time import Samples
from pbmon.proof.promql.samples import Labels, Store, inside
from pbmon.proof.promql.vectors import Vector, passes


class Steady(Engine):
    """Evaluates each recorded series once, at the end: where nothing changes, it has had that value
    at every evaluation.
    """

    def __init__(self, store: Store, lineage: Lineage, end: int) -> None:
        super().__init__(store, lineage)
        self._end = end

    def record(self, name: str, time: float) -> Vector:  # noqa: ARG002 - every time is the same here
        return super().record(name, self._end)

    def ranges(self, node: Selector, time: float, now: float) -> Mapping[Labels, Samples]:
        if node.series.name not in self.records:
            return super().ranges(node, time, now)
        every, window = self.store.clock.evaluation, durations.seconds(node.window)
        times = [
            float(number * every)
            for number in inside(time, window, every, left_open=self.newer, now=now)
            if number >= 0
        ]
        steady = self.record(node.series.name, time)
        return {
            labels: [(at, value) for at in times]
            for labels, value in steady.items()
            if passes(labels, node)
        }
