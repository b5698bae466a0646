"""An alert with the series that it is tried with, and its value while their levels stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from math import ceil

from pbmon import durations
from pbmon.expr.nodes import Aggregate, Call, Node, Selector, Subquery
from pbmon.expr.signatures import ABSENCE
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, ScrapeJob
from pbmon.proof.promql.deviations import DEVIATIONS
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.reach import reach
from pbmon.proof.promql.samples import Clock
from pbmon.proof.promql.steady import Steady
from pbmon.proof.promql.vectors import Unsteady, Vector
from pbmon.proof.search.effort import PLAIN_EFFORT, Effort
from pbmon.proof.world.atoms import PLAIN, Atom, Key, Shape, atoms
from pbmon.proof.world.clock import reads
from pbmon.proof.world.copies import beside, room
from pbmon.proof.world.levels import Phase, Point
from pbmon.proof.world.run import Run
from pbmon.proof.world.samples_of import series, store

SETTLE = 3
"""Extra steps after each computed length, so that no tested moment lies on an edge."""

MOST_VALUES = 40_000
"""Levels times evaluations of one point, of which hundreds are tried."""

MOST_SAMPLES = 1_000_000
"""Samples of the series at one point."""

MOST_READS = 6_000_000
"""Samples that are read where the alert is evaluated at each of these."""


EVALUATION, SERIES = 3_000, 300
"""What an evaluation costs besides its samples, and each series in it, in samples."""


def rounded(node: Node, engine: Engine, time: int) -> bool:
    """Whether a value of the expression is so small that it is what rounding left."""
    return any(0 < abs(value) < _ROUNDING for value in engine.vector(node, time).values())


_ROUNDING = 1e-9


@dataclass(frozen=True)
class Stage:
    """An alert with its series and a clock. Lengths are counted in evaluations. effort: of all
    stages of the alert. part: of its expression, whose series alone exist; None for all.
    """

    alert: PlannedAlert
    lineage: Lineage
    jobs: Sequence[ScrapeJob]
    clock: Clock
    shape: Shape = PLAIN
    effort: Effort = field(default_factory=lambda: Effort(PLAIN_EFFORT), compare=False)
    part: Node | None = None

    @cached_property
    def selectors(self) -> Sequence[Selector]:
        """The selectors of scraped series below the alert."""
        return self.lineage.raw(self.part or self.alert.expr)

    @cached_property
    def atoms(self) -> Sequence[Atom]:
        """The alert's series."""
        single = atoms(self.selectors, self.jobs, self.shape)
        name = self.shape.copied
        if not name:
            return single
        return list(dict.fromkeys(chain.from_iterable(map(self._copies, single))))

    def _copies(self, atom: Atom) -> list[Atom]:
        """As many series like the atom as the world has: in one label, and where that has no room
        for them, in the next ones too.
        """
        others = sorted({name for name, _ in atom.labels} - {self.shape.copied, "job"})
        copies = [atom]
        for name in (self.shape.copied, *others):
            missing = self.shape.copies - len(copies)
            if missing > 0:
                room = self._room(atom, name) - 1
                new = (islice(self.beside(copy, name), room) for copy in copies)
                copies += list(islice(chain.from_iterable(new), missing))
        return copies

    def beside(self, atom: Atom, name: str) -> Iterator[Atom]:
        """The atom with other values of a label; none where it has no such label."""
        if name in dict(atom.labels):
            yield from beside(atom, name, self.selectors, self.jobs)

    def happens(self, point: Point) -> bool:
        """Whether the point has what Prometheus itself writes for its static targets, whatever
        happens; but where an author accepts that the alert never fires, or asks for absence: that
        guards against a Prometheus that runs with another configuration.
        """
        return (
            self.alert.is_excused
            or self._asks_for_absence
            or not any(
                level is None and self.lineage.supply.lasts(atom.metric, dict(atom.labels))
                for (atom, _), level in point.items()
            )
        )

    @cached_property
    def _asks_for_absence(self) -> bool:
        nodes = self.lineage.nodes(self.alert.expr)
        return any(isinstance(node, Call) and node.function in ABSENCE for node in nodes)

    def _room(self, atom: Atom, name: str) -> int:
        return room(atom, name, self.selectors, self.jobs)

    @property
    def scarce(self) -> str:
        """Which job has fewer targets than this world asks for; empty where none has."""
        if self.shape.copied != "instance":
            return ""
        rooms = {dict(atom.labels).get("job"): self._room(atom, "instance") for atom in self.atoms}
        few = {job: count for job, count in rooms.items() if count < self.shape.copies}
        return ", ".join(f"job {job} has {count}" for job, count in sorted(few.items()))

    @cached_property
    def keys(self) -> list[Key]:
        """Every level of every atom."""
        return [key for atom in self.atoms for key in atom.keys]

    @property
    def usual(self) -> dict[Key, float | None]:
        """Every series exists: counters grow by 1 a second, histograms observe in their lowest
        bucket.
        """
        return {key: 0.0 if key[1] else key[0].usual for key in self.keys}

    @property
    def wait(self) -> int:
        """Length of the alert's `for`."""
        return ceil(durations.seconds(self.alert.for_) / self.clock.evaluation)

    @property
    def keep_firing(self) -> int:
        """Length of the alert's `keep_firing_for`."""
        keep = self.alert.keep_firing_for
        return ceil(durations.seconds(keep) / self.clock.evaluation) if keep else 0

    @cached_property
    def past(self) -> int:
        """How far back the alert's value looks, and SETTLE."""
        seconds = max(reach(self.alert.expr, self.lineage), 300.0)
        return ceil(seconds / self.clock.evaluation) + SETTLE

    @property
    def brief(self) -> int:
        """Steps after which a condition that holds from the beginning would have fired: ratios need
        no full window.
        """
        return min(self.past, 12) + self.wait + self.keep_firing + SETTLE

    @property
    def long(self) -> int:
        """Steps after which a condition that held would have fired, and what fired while windows
        were filling is resolved.
        """
        return self.past + self.wait + self.keep_firing + SETTLE

    @property
    def excess(self) -> str:
        """Why trying the alert would take too long (minutes or more); empty where it would not."""
        values = self.long * len(self.keys)
        read = values * reads(self.alert.expr, self.lineage, self.clock)
        samples = values * self.clock.evaluation // self.clock.sample
        if values <= MOST_VALUES and samples <= MOST_SAMPLES and read <= MOST_READS:
            return ""
        return (
            f"it waits and looks back for {durations.text(self.long * self.clock.evaluation)}, with"
            f" samples {self.clock.sample} seconds apart, which is more than pbmon tries out"
        )

    @cached_property
    def _reads(self) -> float:
        """Samples that one evaluation reads, and what it costs besides."""
        read = SERIES + reads(self.alert.expr, self.lineage, self.clock)
        return EVALUATION * self._evaluations + len(self.keys) * read

    @cached_property
    def _evaluations(self) -> float:
        """How often parts of the alert are evaluated for one value of it: subqueries do at each of
        their steps.
        """
        return 1 + sum(
            durations.seconds(inner.window)
            / (durations.seconds(inner.step) if inner.step else self.clock.evaluation)
            for inner in self.lineage.nodes(self.alert.expr)
            if isinstance(inner, Subquery)
        )

    @cached_property
    def cost(self) -> float:
        """Samples that one evaluation makes and reads."""
        made = (self.past + self.lead) * self.clock.evaluation / self.clock.sample
        return len(self.keys) * made + self._reads

    @property
    def lead(self) -> int:
        """Steps before the first change beside `long`: time stamps are positive after them."""
        return ceil(self.shape.late / self.clock.evaluation)

    def moment(self, point: Point) -> tuple[Engine, int]:
        """An engine over series that have been at the point for long, and the time of it."""
        self.effort.spend(self.cost)
        steps = self.past + self.lead + (self.wait if self.shape.slopes else 0)
        filled = store(series(self.atoms, [Phase(point, steps + 1)], self.clock), self.clock)
        end = steps * self.clock.evaluation
        if self.shape == PLAIN:
            return Steady(filled, self.lineage, end), end
        return Engine(filled, self.lineage), end

    def vector(self, node: Node, point: Point) -> Vector:
        """The value of an expression after its series have been at the point for long; none where
        Prometheus refuses to evaluate it.
        """
        engine, end = self.moment(point)
        try:
            return engine.vector(node, end)
        except Unsteady:
            return {}

    def holds(self, point: Point) -> bool:
        """Whether the condition holds after its series have been at the point for long, by more
        than what rounding adds.
        """
        engine, end = self.moment(point)
        try:
            return all(self._holds(engine, time) for time in self.times(end))
        except Unsteady:
            return False

    def _holds(self, engine: Engine, time: int) -> bool:
        vector = engine.vector(self.alert.expr, time)
        return bool(vector) and not any(rounded(each, engine, time) for each in self._spreads)

    def times(self, end: int) -> Sequence[int]:
        """When a condition has to hold: at the end; of what rises or falls also before that."""
        waits = self.wait if self.shape.slopes else 0
        return (end - waits * self.clock.evaluation, end) if waits else (end,)

    @cached_property
    def _spreads(self) -> Sequence[Node]:
        """Deviations in the condition: of equal values they may differ from 0 in the last digit."""
        return [
            inner
            for inner in self.lineage.nodes(self.alert.expr)
            if (isinstance(inner, Aggregate) and inner.operator in DEVIATIONS)
            or (isinstance(inner, Call) and inner.function in DEVIATIONS)
        ]

    def narrowed(self, node: Node) -> list[Atom]:
        """The atoms that the expression reads."""
        names = self.lineage.metrics(node)
        return [atom for atom in self.atoms if atom.metric in names]

    def run(self, phases: Sequence[Phase], more: Sequence[Atom] = ()) -> Run:
        """The alert and its series through these phases. more: series beside its own."""
        self.effort.spend(self._reads * sum(phase.steps for phase in phases))
        return Run(self.alert, self.lineage, [*self.atoms, *more], phases, self.clock)
