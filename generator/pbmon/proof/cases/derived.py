"""The cases of an alert: the points at which it just fires and just does not, and what else happens
between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice, product

from pbmon.expr.nodes import Binary
from pbmon.expr.walk import walk
from pbmon.proof.cases.case import Case, fires, silent
from pbmon.proof.cases.edge import at_the_edge
from pbmon.proof.cases.variations import missing, otherwise, several, without_data
from pbmon.proof.promql.vectors import Unsteady
from pbmon.proof.search.effort import PLAIN_EFFORT, Effort, Exhausted, Unchanging, Unsolved
from pbmon.proof.search.explore import Explorer, edges
from pbmon.proof.search.sides import Side, flip, sides
from pbmon.proof.search.solve import Leaf, leaves
from pbmon.proof.search.stage import Stage
from pbmon.proof.search.steps import jump
from pbmon.proof.world.levels import Phase, Point, unique

_MOST_EDGES = 8
"""Pairs of points around a limit from which cases are made."""


def by_sides(stage: Stage) -> Iterator[Case]:
    """Fires and resolves; each side alone decides; silent after a reset and without data; two label
    sets at once. Raises Unsolved where no lasting state fulfils the condition.
    """
    condition_sides = sides(stage.alert.expr, stage)
    flips = {
        number: pair
        for number, side in enumerate(condition_sides, start=1)
        if (pair := _flip(stage, side))
    }
    lasting = next(iter(flips.values()), None) or _pair(
        stage, [side.leaf for side in condition_sides]
    )
    if lasting is None:
        raise Unchanging("no series were found that make it fire")
    quiet, loud = lasting
    yield fires(stage, "fires at its limit, after its `for`, and resolves", quiet, loud)
    for number, (before, after) in flips.items():
        if (before, after) != lasting:
            turns = (
                "no longer holds" if condition_sides[number - 1].inverted else "is beyond its limit"
            )
            yield fires(
                stage,
                f"fires once side {number} of {len(condition_sides)} {turns}, and not before",
                before,
                after,
            )
    yield from _beside(stage, quiet, loud)


def by_steps(stage: Stage) -> Iterator[Case]:
    """Cases of a condition about change, which holds after a step and in no lasting state."""
    solved = [side.leaf for side in sides(stage.alert.expr, stage)]
    quiet, loud = jump(stage, solved)
    stage = replace(stage, effort=Effort(PLAIN_EFFORT))  # what was found is worth as much again
    yield fires(stage, "fires at its limit, after its `for`, and resolves", quiet, loud)
    nearer = replace(stage, effort=stage.effort.part(PLAIN_EFFORT / 2))
    with suppress(Exhausted):
        yield from at_the_edge(nearer, solved, quiet, loud)
    yield from _beside(stage, quiet, loud)


def by_trying(stage: Stage) -> Iterator[Case]:
    """Cases around a point that was found by trying levels: what ends it there, one level after the
    other.
    """
    explorer = Explorer(stage)
    loud = explorer.loud()
    if loud is None:
        raise Unchanging("no series were found that make it fire")
    stage = replace(stage, effort=Effort())  # what was found is worth as much again
    explorer = Explorer(stage)
    first: tuple[Point, Point] | None = None
    turned: list[frozenset[int]] = []
    reason = "it fires in every situation that was tried, so it says nothing"
    for quiet, near in islice(edges(explorer, loud), 4 * _MOST_EDGES):
        turn = _turned(stage, quiet, near)
        if turn in turned or len(turned) == _MOST_EDGES:
            continue
        number = len(turned) + 1
        name = "fires at its limit, after its `for`, and resolves"
        try:
            yield fires(stage, name if number == 1 else f"{name} ({number})", quiet, near)
        except (Unsolved, Unsteady) as failed:
            reason = str(failed)
            continue
        turned.append(turn)
        first = first or (quiet, near)
    if first is None:
        raise Unsolved(reason)
    yield from _beside(replace(stage, effort=Effort()), *first)


def _turned(stage: Stage, quiet: Point, loud: Point) -> frozenset[int]:
    """Which comparisons have a value at one of the points and not at the other; `0.9 < x < 1` are
    two.
    """
    below = (node for node in walk(stage.alert.expr) if isinstance(node, Binary) and node.filters)
    conditions = list(dict.fromkeys((*leaves(stage.alert.expr), *below)))
    return frozenset(
        number
        for number, node in enumerate(conditions)
        if bool(stage.vector(node, quiet)) != bool(stage.vector(node, loud))
    )


def _beside(stage: Stage, quiet: Point, loud: Point) -> Iterator[Case]:
    """What else happens at points around a limit."""
    yield from otherwise(stage, quiet, loud)
    yield from missing(stage, quiet, loud)
    if any(atom.kind in {"counter", "histogram"} for atom in stage.atoms):
        # where rates fill up slowly, only the whole past is silent
        brief = stage.run([Phase(quiet, stage.brief)])
        steps = stage.long if brief.firing(brief.end) else stage.brief
        yield silent(
            stage,
            "stays silent after its counters are reset",
            [Phase(quiet, steps), Phase(quiet, steps, reset=True)],
        )
    yield from without_data(stage, loud)
    yield from several(stage, quiet, loud)


def _flip(stage: Stage, side: Side) -> tuple[Point, Point] | None:
    """A point at which the alert is silent and one at which it fires; they differ in this side
    alone.
    """
    pairs = flip(side, stage)
    return next(
        ((quiet, loud) for quiet, loud in pairs if stage.holds(loud) and not stage.holds(quiet)),
        None,
    )


def _pair(stage: Stage, solved: Sequence[Leaf]) -> tuple[Point, Point] | None:
    """Where no side decides alone: any point at which it fires, and one at which it is silent."""
    near = unique(point for leaf in solved for point in (*leaf.false, *leaf.true))
    loud = next(
        (
            point
            for point in (*_merged(stage, [(*leaf.true, *leaf.false) for leaf in solved]), *near)
            if stage.holds(point)
        ),
        None,
    )
    if loud is None:
        return None
    quiet = next((point for point in (stage.usual, *near) if not stage.holds(point)), None)
    if quiet is None:
        raise Unchanging("it fires in every situation that was tried, so it says nothing")
    return quiet, loud


def _merged(stage: Stage, choices: Sequence[Sequence[Point]]) -> Iterator[Point]:
    """Points that combine the levels that each side moves, nearest to its limit first."""
    usual = stage.usual
    for chosen in product(*(points[:3] for points in choices if points)):
        merged = dict(usual)
        for point in chosen:
            merged |= {key: level for key, level in point.items() if level != usual[key]}
        yield merged
