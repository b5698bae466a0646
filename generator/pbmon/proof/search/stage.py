"""An alert with the series that it is tried with, and its value while their levels stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from pbmon import durations
from pbmon.expr.nodes import Node
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert, ScrapeJob
from pbmon.proof.promql.samples import Clock
from pbmon.proof.promql.steady import Steady
from pbmon.proof.promql.vectors import Vector
from pbmon.proof.world.atoms import Atom, Key, atoms
from pbmon.proof.world.clock import reach, reads
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


class Unsolved(Exception):
    """The search found no series that a case needs."""


class Unchanging(Unsolved):
    """The alert fires in every tried state, or in none."""


@dataclass(frozen=True)
class Stage:
    """An alert with its series and a clock. Lengths are counted in evaluations."""

    alert: PlannedAlert
    lineage: Lineage
    jobs: Sequence[ScrapeJob]
    clock: Clock

    @cached_property
    def atoms(self) -> Sequence[Atom]:
        """The alert's series."""
        return atoms(self.lineage.raw(self.alert.expr), self.jobs)

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

    def vector(self, node: Node, point: Point) -> Vector:
        """The value of an expression after its series have been at the point for long."""
        filled = store(series(self.atoms, [Phase(point, self.past + 1)], self.clock), self.clock)
        end = self.past * self.clock.evaluation
        return Steady(filled, self.lineage, end).vector(node, end)

    def holds(self, point: Point) -> bool:
        """Whether the condition holds after its series have been at the point for long."""
        return bool(self.vector(self.alert.expr, point))

    def narrowed(self, node: Node) -> list[Atom]:
        """The atoms that the expression reads."""
        names = self.lineage.metrics(node)
        return [atom for atom in self.atoms if atom.metric in names]

    def run(self, phases: Sequence[Phase], more: Sequence[Atom] = ()) -> Run:
        """The alert and its series through these phases. more: series beside its own."""
        return Run(self.alert, self.lineage, [*self.atoms, *more], phases, self.clock)
