"""Situations of the whole system, and what every query of its dashboards answers in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import inf

from pbmon.expr.derivation import shape
from pbmon.expr.nodes import Node, Selector
from pbmon.expr.text import promql
from pbmon.expr.walk import selectors
from pbmon.model.builtin import ALERT_SERIES
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert
from pbmon.preview import records
from pbmon.preview.incidents import Incident, Lines
from pbmon.preview.memory import Memory
from pbmon.preview.series import Population, Series
from pbmon.preview.series import lines as lines_of
from pbmon.preview.timeline import Timeline
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.promql.samples import Line, Store
from pbmon.proof.promql.vectors import UnknownSemantics

_MOST_KEPT = 8
"""Worlds in which an alert fires; each is some megabytes."""


@dataclass(frozen=True)
class World:
    """Every series of one situation in one time. changed: names of metrics, records and `ALERTS`
    whose series are others than when all is well.
    """

    timeline: Timeline
    store: Store
    states: Mapping[str, records.States]
    changed: frozenset[str] = frozenset()

    @cached_property
    def firing(self) -> tuple[str, ...]:
        """Titles of the alerts that fire at the end."""
        return tuple(
            title
            for title, states in self.states.items()
            if any(dict(labels)["alertstate"] == "firing" for labels in states[-1])
        )


@dataclass
class Worlds:
    """Makes the worlds of a plan. proofs: of its alerts, by title."""

    plan: Plan
    proofs: Mapping[str, Proof]
    memory: Memory = field(default_factory=Memory)
    _calm: dict[int, World] = field(default_factory=dict)
    _firing: dict[tuple[str, int], World | None] = field(default_factory=dict)

    @cached_property
    def alerts(self) -> dict[str, PlannedAlert]:
        """Every alert by its title."""
        return {alert.title: alert for alert in self.plan.alerts}

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {name: self.plan.lineage.recorded[name] for name in self._order}

    @cached_property
    def _order(self) -> list[str]:
        return records.in_order(self.plan.lineage.recorded)

    @cached_property
    def _readers(self) -> list[Node]:
        """Expressions of alerts and panels."""
        alerts = [alert.expr for alert in self.plan.alerts]
        return alerts + [
            target.node
            for dashboard in self.plan.dashboards
            for row in dashboard.rows
            for panel in row.panels
            for target in panel.targets
        ]

    @cached_property
    def _reach(self) -> dict[str, float]:
        return records.reaches(self._nodes, self._readers)

    @cached_property
    def _limits(self) -> dict[str, float]:
        """From which observations are bad: by thresholds of alerts in the metric's unit, and by the
        buckets that rules ask for.
        """
        limits: dict[str, float] = {}
        for alert in self.plan.alerts:
            value = alert.threshold.value if alert.threshold else 0.0
            for selector in self.plan.lineage.raw(alert.expr):
                same = shape(alert.expr).unit == selector.series.unit
                asked = [value] if same and value else []
                for matcher in selector.matchers:
                    if matcher.label.name == "le" and matcher.op in {"=", "=~"}:
                        asked += map(float, re.findall(r"^[0-9.]+?(?=\(|$)", matcher.value))
                if asked:
                    name = selector.series.metric
                    limits[name] = min(limits.get(name, inf), *asked)
        return limits

    @cached_property
    def population(self) -> Population:
        """Every scraped series."""
        nodes = [*self._nodes.values(), *self._readers]
        by_metric: dict[str, list[Selector]] = {}
        for node in nodes:
            for selector in selectors(node):
                by_metric.setdefault(selector.series.metric, []).append(selector)
        return Population(self.plan, by_metric, "\n".join(map(promql, nodes)), self._limits)

    def incident(self, title: str) -> Incident | None:
        """What makes an alert fire; None where nothing does."""
        proof = self.proofs.get(title)
        for case in proof.cases if proof else ():
            if any(moment.firing for moment in case.moments):
                return Incident(case, self.plan.lineage.raw(self.alerts[title].expr))
        return None

    def calm(self, length: int) -> World:
        """All is well. An alert that fires all the same has its proof's series in place of those
        that make it fire.
        """
        if length in self._calm:
            return self._calm[length]
        timeline = Timeline(length)
        lines: Lines = {}
        for metric, every in self.population.of.items():
            key = (length, metric, *(series.identity for series in every))
            lines |= self.memory.of(key, (), partial(_lines, every, timeline))
        world = self._world(timeline, lines)
        for title in world.firing:
            incident = self.incident(title)
            if incident and not self.alerts[title].always_fires:
                world = self._laid_over(world, incident.alone(timeline, fires=False))
        self._calm[length] = world
        return world

    def while_fires(self, title: str, length: int) -> World | None:
        """An alert fires; None where it has no proof, or this one does not fire it here."""
        key = title, length
        if key not in self._firing:
            if len(self._firing) >= _MOST_KEPT:
                del self._firing[next(iter(self._firing))]
            self._firing[key] = self._while_fires(title, length)
        return self._firing[key]

    def _while_fires(self, title: str, length: int) -> World | None:
        incident = self.incident(title)
        if incident is None:
            return None
        calm = self.calm(length)
        for lines in self._ways(incident, calm.timeline):
            world = self._laid_over(calm, lines)
            if title in world.firing:
                return world
        return None

    def _ways(self, incident: Incident, timeline: Timeline) -> Iterator[Lines]:
        both = (incident, replace(incident, brief=True))
        for each in both:
            for scaled in (True, False):
                if lines := each.among(self.population, timeline, scaled=scaled):
                    yield lines
        yield from (each.alone(timeline) for each in both)

    def _laid_over(self, world: World, lines: Lines) -> World:
        kept = {
            name: every
            for name, every in world.store.lines.items()
            if name not in ALERT_SERIES and not _metric(name, lines)
        }
        laid = self._world(world.timeline, {**kept, **lines})
        changed = {
            name
            for name in laid.store.lines.keys() | world.store.lines.keys()
            if laid.store.lines.get(name) is not world.store.lines.get(name)
        }
        return replace(laid, changed=frozenset(changed))

    def _world(self, timeline: Timeline, lines: Lines) -> World:
        """The world of these scraped series."""
        store = Store(timeline.clock, lines=dict(lines))
        states = self._evaluate(store, timeline)
        self._store_alerts(store, states, lines, timeline)
        states = self._evaluate(store, timeline)  # of rules that read alerts
        self._store_alerts(store, states, lines, timeline)
        return World(timeline, store, states)

    def _evaluate(self, store: Store, timeline: Timeline) -> dict[str, records.States]:
        """Evaluates all records into the store, and all alerts."""
        for name, node in self._nodes.items():
            reach = self._reach[name]
            store.lines[name] = self.memory.of(
                (timeline.length, promql(node), reach),
                inputs(node, store),
                partial(records.recorded, node, store, timeline, reach),
            )
        return {
            title: self.memory.of(
                (timeline.length, promql(alert.expr), *_facts(alert)),
                inputs(alert.expr, store),
                partial(_states, alert, store, timeline),
            )
            for title, alert in self.alerts.items()
        }

    @staticmethod
    def _store_alerts(
        store: Store, states: Mapping[str, records.States], given: Lines, timeline: Timeline
    ) -> None:
        """given: series of alerts that a proof is about stay beside those that are computed."""
        for name, lines in records.series_of(states.values(), timeline).items():
            of_proof = given.get(name, [])
            taken = {line.labels for line in of_proof}
            store.lines[name] = [*of_proof, *(line for line in lines if line.labels not in taken)]


_NOTHING: list[Line] = []


def inputs(node: Node, store: Store) -> tuple[object, ...]:
    """The series that an expression reads."""
    names = sorted({selector.series.name for selector in selectors(node)})
    return tuple(store.lines.get(name, _NOTHING) for name in names)


def _facts(alert: PlannedAlert) -> tuple[object, ...]:
    """What its states depend on beside its expression."""
    return alert.name, alert.for_, alert.keep_firing_for, alert.labels, alert.external_labels


def _states(alert: PlannedAlert, store: Store, timeline: Timeline) -> records.States:
    try:
        return records.states(alert, store, timeline)
    except UnknownSemantics:
        return [{} for _ in timeline.shown]


def _lines(every: Sequence[Series], timeline: Timeline) -> Lines:
    lines: Lines = {}
    for series in every:
        levels = [series.levels(moment) for moment in timeline.moments]
        for name, line in lines_of(series, levels, timeline):
            lines.setdefault(name, []).append(line)
    return lines


def _metric(name: str, lines: Lines) -> bool:
    """Whether the series of this name belong to a metric whose series are replaced."""
    stems = {_stem(each) for each in lines}
    return _stem(name) in stems


def _stem(name: str) -> str:
    for suffix in ("_bucket", "_count", "_sum"):
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name
