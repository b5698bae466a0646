"""Which series a selector means, remembered by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from pbmon import durations
from pbmon.expr.nodes import Selector
from pbmon.proof.promql.addition import Adding
from pbmon.proof.promql.over_time import Samples
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import named, passes


class Selection:
    """A selector, with what is asked of it again and again."""

    def __init__(self, node: Selector) -> None:
        self.node = node
        self.name = node.series.name
        self._named: dict[Labels, Labels | None] = {}

    @cached_property
    def window(self) -> float:
        """Seconds. Raises ValueError for a window that only Grafana can fill in."""
        return durations.seconds(self.node.window)

    def named(self, labels: Labels) -> Labels | None:
        """The labels of a series with its name; None where the selector does not mean it."""
        try:
            return self._named[labels]
        except KeyError:
            meant = named(labels, self.name) if passes(labels, self.node) else None
            return self._named.setdefault(labels, meant)


class Source(Protocol):
    """Where selectors find their series, and how Prometheus is set up.

    subquery_step: the seconds between evaluations of a subquery that does not say. newer: whether
    it is Prometheus 3.
    """

    @property
    def subquery_step(self) -> int: ...

    @property
    def newer(self) -> bool: ...

    @property
    def adding(self) -> Adding: ...

    def selected(
        self, selection: Selection, time: float, now: float
    ) -> dict[Labels, tuple[float, float]]:
        """(time, value) of what an instant selector sees, by labels and name, of what was there at
        `now`.
        """

    def ranges(self, selection: Selection, time: float, now: float) -> Mapping[Labels, Samples]:
        """Samples in the selector's range, by labels without a name, of those that were there at
        `now`.
        """
