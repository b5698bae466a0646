"""Recorded series and ALERTS of a timeline, computed by the engine at its moments.

The engine could compute a record when it is read. A window of 30 days over one that is evaluated
each minute would be 43,200 evaluations; here it is computed at moments that lie the wider apart the
further back they are, and is straight between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from itertools import pairwise

from pbmon import durations
from pbmon.expr.nodes import Node
from pbmon.expr.walk import selectors, windows
from pbmon.model.builtin import alerts, alerts_for_state, alertstate
from pbmon.plan.rules import PlannedAlert
from pbmon.preview.timeline import Timeline
from pbmon.proof.cases.case import labels_of
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Labels, Line, Segment, Store
from pbmon.proof.promql.vectors import Vector

_FINENESS = 48
"""A value over a window is computed so many times in a time of the window's length."""


_SHOWN = 12
"""And at least so many times in the shown time."""
_LEAD = 1800.0
"""Seconds before what is shown that every record has."""


def in_order(records: Mapping[str, Node]) -> list[str]:
    """Names of the records, each after those that it reads."""
    below = {
        name: [each.series.name for each in selectors(node) if each.series.name in records]
        for name, node in records.items()
    }
    return list(TopologicalSorter(below).static_order())


def reaches(records: Mapping[str, Node], readers: Iterable[Node]) -> dict[str, float]:
    """Seconds of each record, before what is shown, that the readers can see through any others."""
    seen = dict.fromkeys(records, _LEAD)
    for node in readers:
        _see(node, 0.0, seen)
    for name in reversed(in_order(records)):
        _see(records[name], seen[name], seen)
    return seen


def _see(node: Node, reach: float, seen: dict[str, float]) -> None:
    longest = _longest(node)
    for selector in selectors(node):
        if selector.series.name in seen:
            back = reach + longest + durations.shift(selector.offset)
            seen[selector.series.name] = max(seen[selector.series.name], back)


def recorded(node: Node, store: Store, timeline: Timeline, reach: float) -> list[Line]:
    """What a rule of this expression records, from `reach` seconds before what is shown."""
    gap = min(_longest(node) / _FINENESS, timeline.length / _SHOWN)
    moments = timeline.thinned(gap, reach)
    engine = Engine(store)
    return straight([engine.vector(node, moment) for moment in moments], moments, timeline)


def straight(vectors: Sequence[Vector], moments: Sequence[int], timeline: Timeline) -> list[Line]:
    """Series that have these values at the moments, and are straight between them."""
    indexes = [timeline.index(moment) for moment in moments]
    counts = [after - before for before, after in pairwise((*indexes, indexes[-1] + 1))]
    lines = []
    for labels in dict.fromkeys(labels for vector in vectors for labels in vector):
        segments = [Segment(None, 0.0, indexes[0])]
        for number, count in enumerate(counts):
            value = vectors[number].get(labels)
            after = vectors[min(number + 1, len(vectors) - 1)].get(labels)
            growth = 0.0 if value is None or after is None else (after - value) / count
            segments.append(Segment(value, growth, count))
        lines.append(Line(labels, segments))
    return lines


def _longest(node: Node) -> float:
    lengths = (durations.seconds(window) for _, window in windows(node) if "$" not in window)
    return max(lengths, default=0.0)


States = list[dict[Labels, float]]
"""At each shown moment, by the labels of ALERTS, since when an alert is pending or firing."""


def states(alert: PlannedAlert, store: Store, timeline: Timeline) -> States:
    """Of one alert; `alertname` and `alertstate` are among the labels."""
    wait, keep = durations.seconds(alert.for_), durations.seconds(alert.keep_firing_for or "0s")
    engine = Engine(store)
    early = timeline.begin - wait - keep - timeline.step
    since: dict[Labels, int] = {}
    held: dict[Labels, int] = {}  # until when what fires goes on without its condition
    states: States = []
    for moment in timeline.moments:
        if moment < early:
            continue
        vector = engine.vector(alert.expr, moment)
        held = {labels: end for labels, end in held.items() if end > moment}
        since = {labels: since.get(labels, moment) for labels in vector} | {
            labels: since[labels] for labels in held if labels not in vector
        }
        firing = {labels for labels in vector if moment - since[labels] >= wait}
        held |= {labels: int(moment + keep) for labels in firing}
        if moment >= timeline.begin:
            states.append(
                {
                    _labels(alert, labels, vector, labels in firing or labels in held): float(begin)
                    for labels, begin in since.items()
                }
            )
    return states


def _labels(alert: PlannedAlert, labels: Labels, vector: Vector, firing: bool) -> Labels:
    state = "firing" if firing else "pending"
    pairs = dict(labels_of(alert, dict(labels), vector.get(labels, 0.0)))
    return tuple(sorted((pairs | {"alertname": alert.name, "alertstate": state}).items()))


def series_of(every: Iterable[States], timeline: Timeline) -> dict[str, list[Line]]:
    """ALERTS and ALERTS_FOR_STATE of these alerts."""
    shown: list[dict[Labels, float]] = [{} for _ in timeline.shown]
    for of_alert in every:
        for place, state in enumerate(of_alert):
            shown[place] |= state
    present = [dict.fromkeys(state, 1.0) for state in shown]
    since = [
        {
            tuple(pair for pair in labels if pair[0] != alertstate.name): at
            for labels, at in state.items()
        }
        for state in shown
    ]
    return {
        alerts.name: straight(present, timeline.shown, timeline),
        alerts_for_state.name: straight(since, timeline.shown, timeline),
    }
