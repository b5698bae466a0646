"""An engine for series whose levels have not changed for a long time."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Store
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

    def _runs(self, name: str, numbers: range) -> Iterator[tuple[int, int, Vector]]:
        yield numbers.start, numbers.stop, self.record(name, self._end)
