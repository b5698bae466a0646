"""A PromQL engine over made-up samples: it computes an expression of the plan at a step.

It follows promtool to the last digit that matters; property tests run both on the same random
expressions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pbmon.expr.nodes import Node
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.addition import Adding, total
from pbmon.proof.promql.evaluation import evaluation
from pbmon.proof.promql.over_time import Samples
from pbmon.proof.promql.progressions import Progression
from pbmon.proof.promql.reach import past
from pbmon.proof.promql.samples import LOOKBACK, Labels, Store, Window, inside
from pbmon.proof.promql.selection import Selection
from pbmon.proof.promql.vectors import UnknownSemantics, Vector, nameless, vector

_NEVER: tuple[float, float, Vector] = (0.0, 0.0, {})
"""No time lies between."""


class Engine:
    """Evaluates expressions over scraped series. lineage: recorded series, evaluated when they are
    read. subquery_step: seconds between evaluations of a subquery that does not say; those between
    evaluations of rules where it is 0, as promtool does. (Prometheus takes the global
    evaluation_interval.) adding: how series are added up.

    That equals promtool, where every group is evaluated at every step, a record before its readers
    or, where the lineage says so, behind them.
    """

    def __init__(
        self,
        store: Store,
        lineage: Lineage | None = None,
        *,
        subquery_step: int = 0,
        adding: Adding = total,
    ) -> None:
        self.store = store
        self.adding = adding
        self.records = lineage.recorded if lineage else {}
        self._lineage = lineage
        self._at_rest: dict[tuple[int, tuple[object, ...]], Vector] = {}
        self._resting: dict[int, tuple[float, float, Vector]] = {}
        self.subquery_step = subquery_step or store.clock.evaluation
        self._late = lineage.late if lineage else frozenset()
        self._reader = ("", 0.0)  # the record that is evaluated now, and when
        self._recorded: defaultdict[str, dict[float, Vector]] = defaultdict(dict)

    @property
    def newer(self) -> bool:
        """Whether it computes as Prometheus 3 does."""
        return self.store.left_open

    def evaluate(self, node: Node, time: float) -> float | Vector:
        """A number, or an instant vector by labels, `__name__` included where Prometheus keeps it.

        time: in seconds. UnknownSemantics for what is not covered; of its kinds, EvaluationError
        where Prometheus refuses, and Unsteady where it may answer this or that.
        """
        return evaluation(node)(self, time, time)

    def vector(self, node: Node, time: float) -> Vector:
        """What a rule has of the expression: an instant vector without names. Errors as those of
        `evaluate`; two series that differ in their names alone are one of them.
        """
        result = evaluation(node)(self, time, time)
        if not isinstance(result, dict):
            return {(): result}
        return vector((nameless(labels), value) for labels, value in result.items())

    def of_rule(self, node: Node, time: float) -> Vector:
        """`vector`, of the expression of a rule of the plan and at the time of an evaluation: while
        what is below it goes on as before, it is what it was before.
        """
        begin, end, value = self._resting.get(id(node), _NEVER)
        if begin <= time < end:
            return value
        seen = past(node, self._lineage) if self._lineage else None
        found = seen.rest(self.store, time) if seen else None
        if found is None:
            return self.vector(node, time)
        rest, end = found
        key = id(node), rest
        if key not in self._at_rest:
            self._at_rest[key] = self.vector(node, time)
        self._resting[id(node)] = time, end, self._at_rest[key]
        return self._at_rest[key]

    def scalar(self, node: Node, time: float) -> float:
        """The value of an expression that is one number, at a time in seconds."""
        result = self.evaluate(node, time)
        if isinstance(result, dict):
            raise UnknownSemantics("a vector stands where a number belongs")
        return result

    def selected(
        self, selection: Selection, time: float, now: float
    ) -> dict[Labels, tuple[float, float]]:
        """(time, value) of what an instant selector sees, by labels and name; of what was there at
        `now`.
        """
        name = selection.name
        if name in self.records:
            last = self._newest(name, min(time, now))
            age, oldest = time - last, LOOKBACK
            fresh = last >= 0 and (age < oldest if self.newer else age <= oldest)
            recorded = self.record(name, last) if fresh else {}
            return {
                named: (last, value)
                for labels, value in recorded.items()
                if (named := selection.named(labels)) is not None
            }
        indexes, step = self.store.indexes(time, LOOKBACK, now), self.store.clock.sample
        return {
            named: (float(newest[0] * step), newest[1])
            for line in self.store.lines.get(name, ())
            if (named := selection.named(line.labels)) is not None
            and (newest := line.newest(indexes)) is not None
        }

    def _newest(self, name: str, time: float) -> float:
        """When a record was evaluated last, up to this time."""
        reader, now = self._reader
        every = self.store.clock.evaluation
        last = now - every if (reader, name) in self._late else time
        return min(time, last) // every * every

    def record(self, name: str, time: float) -> Vector:
        """What a recording rule computed when it was evaluated at that time."""
        known = self._recorded[name]
        if time not in known:
            outside, self._reader = self._reader, (name, time)
            known[time] = self.of_rule(self.records[name], time)
            self._reader = outside
        return known[time]

    def ranges(self, selection: Selection, time: float, now: float) -> Mapping[Labels, Samples]:
        """Samples in the selector's range, by labels without a name; those there were at `now`."""
        name, window = selection.name, selection.window
        if name not in self.records:
            indexes, step = self.store.indexes(time, window, now), self.store.clock.sample
            return {
                line.labels: Window(parts, step)
                for line in self.store.lines.get(name, ())
                if selection.named(line.labels) is not None and (parts := line.inside(indexes))
            }
        every = self.store.clock.evaluation
        numbers = inside(time, window, every, left_open=self.newer, now=now)
        numbers = range(max(0, numbers.start), max(0, numbers.stop))
        parts_of: dict[Labels, list[Progression]] = {}
        for start, stop, recorded in self._runs(name, numbers) if numbers else ():
            for labels, value in recorded.items():
                if selection.named(labels) is not None:
                    parts_of.setdefault(labels, []).append(Progression(start, stop, value, 0.0))
        return {labels: Window(parts, every) for labels, parts in parts_of.items()}

    def _runs(self, name: str, numbers: range) -> Iterator[tuple[int, int, Vector]]:
        """(first, number after the last, value) of the record's evaluations with these numbers:
        those that follow each other with one value together.
        """
        every, start = self.store.clock.evaluation, numbers.start
        stop = int(self._newest(name, numbers[-1] * every) // every) + 1
        value: Vector | None = None
        known = self._recorded[name]
        for number in range(start, stop):
            time = number * every
            following = known[time] if time in known else self.record(name, time)
            if following is not value:
                if value is not None:
                    yield start, number, value
                start, value = number, following
        if value is not None:
            yield start, stop, value
