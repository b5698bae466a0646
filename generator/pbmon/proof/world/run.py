"""What an alert does while its series go through phases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from pbmon import durations
from pbmon.expr.metric_name import kept_names
from pbmon.expr.nodes import COMPARISONS, Aggregate, Binary, Call, Node, Subquery
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.promql.addition import ORDERS
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Clock, Labels
from pbmon.proof.promql.vectors import Unsteady, Vector, nameless
from pbmon.proof.world.atoms import Atom
from pbmon.proof.world.clock import meets
from pbmon.proof.world.levels import Phase
from pbmon.proof.world.samples_of import series, store

_ADDING = frozenset({"sum", "avg"})
_MEANS = frozenset({"avg", "stddev", "stdvar"})
_MEANS_OVER_TIME = frozenset({"avg_over_time", "stddev_over_time", "stdvar_over_time"})
_DIGIT, _SMALL = 1e-12, 1e-9
"""The share of a value within which it is the same but for rounding; what is smaller is nothing."""


def _is_mean(node: Node) -> bool:
    return (isinstance(node, Aggregate) and node.operator in _MEANS) or (
        isinstance(node, Call) and node.function in _MEANS_OVER_TIME
    )


@dataclass(frozen=True)
class Run:
    """An alert and its series through phases. Indexes count evaluations from the beginning.
    left_open: whether ranges exclude their left end, as Prometheus 3 reads them.
    """

    alert: PlannedAlert
    lineage: Lineage
    atoms: Sequence[Atom]
    phases: Sequence[Phase]
    clock: Clock
    left_open: bool = False

    @cached_property
    def readings(self) -> Sequence[Run]:
        """This one, and the one of Prometheus 3 where a step of a subquery may lie at the end of a
        range, or a sample.
        """
        nodes = self.lineage.nodes(self.alert.expr)
        differ = meets(self.alert.expr, self.lineage, self.clock.sample) or any(
            isinstance(node, Subquery) for node in nodes
        )
        return [self, replace(self, left_open=True)] if differ else [self]

    @cached_property
    def engine(self) -> Engine:
        """The engine over the series of these phases, which remembers what it has recorded."""
        made = series(self.atoms, self.phases, self.clock)
        return Engine(store(made, self.clock, left_open=self.left_open), self.lineage)

    @cached_property
    def _conditions(self) -> dict[int, Vector]:
        return {}

    @cached_property
    def _counts(self) -> dict[int, dict[Labels, int]]:
        return {}

    @cached_property
    def _wait(self) -> int:
        """Evaluations of the alert's `for`."""
        return ceil(durations.seconds(self.alert.for_) / self.clock.evaluation)

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

    def condition(self, index: int) -> Vector:
        """What the alert's expression gives at an evaluation."""
        if index not in self._conditions:
            self._conditions[index] = (
                self.engine.of_rule(self.alert.expr, self.time(index)) if index >= 0 else {}
            )
        return self._conditions[index]

    @cached_property
    def _means(self) -> Sequence[Binary]:
        """Comparisons of what is a mean, or computed from one: the last digit of that differs from
        Prometheus 2 to 3.
        """
        return [
            node
            for node in self.lineage.nodes(self.alert.expr)
            if isinstance(node, Binary) and node.operator in COMPARISONS
            if any(map(_is_mean, self.lineage.nodes(node)))
        ]

    def check_turn(self, index: int) -> None:
        """Unsteady where the condition changes at this evaluation because of the last digit of a
        mean.
        """
        if any(self._hangs(node, at) for node in self._means for at in (index - 1, index)):
            raise Unsteady("a mean lies at its limit, and its last digit may be another")

    def _hangs(self, node: Binary, index: int) -> bool:
        """Whether the sides of a comparison are equal but for rounding."""
        time = self.time(index)
        apart = self.engine.vector(replace(node, operator="-", returns_bool=False), time)
        size = max(map(abs, self.engine.vector(node.left, time).values()), default=0.0)
        return size > _SMALL and any(abs(value) <= _DIGIT * size for value in apart.values())

    def names(self, index: int) -> dict[Labels, str]:
        """The metric's name that each series of the condition carries, by its labels; those that
        carry none left out. It is looked up only where names differ.
        """
        if len(kept_names(self.alert.expr)) < 2:
            return {}
        result = self.engine.evaluate(self.alert.expr, self.time(index))
        every = result if isinstance(result, dict) else {}
        named = ((labels, dict(labels).get("__name__", "")) for labels in every)
        return {nameless(labels): name for labels, name in named if name}

    def as_added(self, index: int) -> Iterator[Vector]:
        """The condition's values, with series added up in each order."""
        if any(
            isinstance(node, Aggregate) and node.operator in _ADDING
            for node in self.lineage.nodes(self.alert.expr)
        ):
            for adding in ORDERS:
                engine = Engine(self.engine.store, self.lineage, adding=adding)
                yield engine.vector(self.alert.expr, self.time(index))

    def firing(self, index: int) -> Vector:
        """Values of what fires at an evaluation, by label set: what has held at every evaluation of
        the last `for`.
        """
        held = self._held(index)
        values = self.condition(index)
        return {labels: values[labels] for labels, count in held.items() if count > self._wait}

    def _held(self, index: int) -> dict[Labels, int]:
        """For each label set, at how many evaluations in a row up to this one it has held; counted
        no further than `for` needs.
        """
        first = index
        while (
            first > index - self._wait and first - 1 not in self._counts and self.condition(first)
        ):
            first -= 1
        counts = dict(self._counts.get(first - 1, {}))
        for number in range(first, index + 1):
            counts = {
                labels: min(counts.get(labels, 0), self._wait) + 1
                for labels in self.condition(number)
            }
        self._counts[index] = counts
        return counts

    def first(self, begin: int, end: int, *, true: bool = True) -> int | None:
        """The first evaluation in [begin, end] at which the condition holds (or not) for some
        series.
        """
        return next(
            (index for index in range(begin, end + 1) if bool(self.condition(index)) == true),
            None,
        )
