"""Richer worlds for conditions that nothing fulfils in the plainest one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil

from pbmon.expr.nodes import SET_OPERATORS, Aggregate, Binary, Call, Node
from pbmon.expr.walk import walk
from pbmon.plan.lineage import Lineage
from pbmon.proof.search.calendar import times
from pbmon.proof.search.constants import constants, levels
from pbmon.proof.search.stage import Stage
from pbmon.proof.world.atoms import Shape
from pbmon.proof.world.clock import STRAIGHT

_SLOPES = frozenset({"deriv", "delta", "idelta", "predict_linear", "rate", "increase", "irate"})
_TURNS = frozenset({"changes", "resets"})
_MOST_COPIES = 40
_MOST_LABELS = 6
_MOST_LEAD = 20_000
"""Evaluations before anything changes."""


def shapes(stage: Stage) -> Iterator[Shape]:
    """Shapes of the series to try: time stamps that stay as old as they are, gauges that rise or
    fall, values that come and go, another hour or day; then several series where the condition adds
    them up, counts or compares them, or where one is the partner of another. Raises Unsolved where
    the condition needs a date that no test reaches.
    """
    node, lineage = stage.alert.expr, stage.lineage
    below = [inner for inner in lineage.nodes(node) if isinstance(inner, Call)]
    ages = frozenset(stamped(node, lineage))
    turns = _metrics(below, _TURNS, lineage)
    slopes = _metrics(below, _SLOPES, lineage) - ages - turns
    rich = Shape(ages, slopes, turns, joined=True)
    longest = _MOST_LEAD * stage.clock.evaluation
    begin = stage.past * stage.clock.evaluation
    for time in times(stage, longest):
        late = max(0.0, time - begin) + stage.clock.evaluation
        yield replace(rich, late=late)
    yield rich
    if ages:
        late = max(level for level in levels(node, lineage) if level <= longest)
        yield replace(rich, late=1.1 * late)
    for label in _unmatched(stage):
        yield Shape(ages, slopes, turns, True, 0.0, label, 2)
    aggregated = [inner for inner in lineage.nodes(node) if isinstance(inner, Aggregate)]
    if not aggregated:
        return
    for count in _counts(node, lineage):
        for label in _labels(stage, aggregated):
            yield Shape(ages, slopes, turns, True, 0.0, label, count)


def stamped(node: Node, lineage: Lineage) -> Iterator[str]:
    """Gauges that hold a time: metrics that are subtracted from the time, or the time from them."""
    for inner in lineage.nodes(node):
        if isinstance(inner, Binary) and inner.operator in {"-", ">", "<", ">=", "<="}:
            for one, other in ((inner.left, inner.right), (inner.right, inner.left)):
                if _reads_time(one, lineage) and not _reads_time(other, lineage):
                    yield from lineage.metrics(other)


def _reads_time(node: Node, lineage: Lineage) -> bool:
    return any(
        isinstance(inner, Call) and inner.function in {"time", "timestamp"}
        for inner in lineage.nodes(node)
    )


def straight(node: Node, lineage: Lineage) -> frozenset[str]:
    """Metrics through whose values a line is laid."""
    calls = [inner for inner in lineage.nodes(node) if isinstance(inner, Call)]
    return _metrics(calls, STRAIGHT, lineage)


def _metrics(calls: list[Call], functions: frozenset[str], lineage: Lineage) -> frozenset[str]:
    return frozenset(
        metric for call in calls if call.function in functions for metric in lineage.metrics(call)
    )


def _unmatched(stage: Stage) -> tuple[str, ...]:
    """Labels that a match leaves out while both of its sides read the same metric: series that
    differ in them meet each other.
    """
    lineage = stage.lineage
    names = dict.fromkeys(name for atom in stage.atoms for name, _ in atom.labels)
    return tuple(
        name
        for inner in lineage.nodes(stage.alert.expr)
        if isinstance(inner, Binary) and inner.operator in SET_OPERATORS and inner.matching
        if set(lineage.metrics(inner.left)) & set(lineage.metrics(inner.right))
        for name in names
        if (name in inner.matching.labels) == (inner.matching.kind == "ignoring")
    )[:_MOST_LABELS]


def _counts(node: Node, lineage: Lineage) -> tuple[int, ...]:
    """How many series of a kind to try: as many as the limits can tell apart."""
    counts = [3]
    for number in constants(node, lineage):
        share = number / 100 if number > 1 else number
        nearest = min(share, 1 - share)
        if nearest > 0:
            counts.append(ceil(1 / nearest) + 1)
        if number > 2:
            counts.append(ceil(number) + 2)
    return tuple(dict.fromkeys(count for count in sorted(counts) if count <= _MOST_COPIES))[:3]


def _labels(stage: Stage, aggregated: list[Aggregate]) -> tuple[str, ...]:
    """Labels in which series may differ: those that are grouped by below another aggregation, the
    instance, then others.
    """
    carried = {name for atom in stage.atoms for name, _ in atom.labels}
    inner = [
        name
        for aggregate in aggregated
        for below in walk(aggregate.operand)
        if isinstance(below, Aggregate)
        for name in below.labels
    ]
    fixed = {
        matcher.label.name
        for selector in stage.selectors
        for matcher in selector.matchers
        if matcher.op == "="
    }
    named = [*inner, "instance", *sorted(carried)]
    return tuple(dict.fromkeys(name for name in named if name in carried and name not in fixed))[
        :_MOST_LABELS
    ]
