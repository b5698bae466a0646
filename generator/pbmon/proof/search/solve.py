"""Finds levels of scraped series that put each side of a condition just above and just below its
limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite

from pbmon.expr.nodes import SET_OPERATORS, Binary, Node, Number
from pbmon.proof.promql.vectors import Vector
from pbmon.proof.search.stage import Stage
from pbmon.proof.world.atoms import Atom, Key
from pbmon.proof.world.levels import Point

MARGINS = (0.01, 0.001, 0.0001)
"""How near to its limit a value is put, as a share of the limit: a limit changed by 10 % is
noticed. Nearer where a value cannot be 1 % beyond it, as a quantile just below the largest bucket.
"""

_MOST_CROSSINGS = 24
"""Directions tried for one that comes near the limit, before the nearest of these is taken."""

ROUNDS = 60
"""Halvings of the interval in which a level is sought: more than a float has bits for."""


@dataclass(frozen=True)
class Leaf:
    """One side of the condition: a comparison, or an expression that only has to have a value.

    true, false: points at which it holds and does not, nearest to its limit first; empty when none
    was found.
    """

    node: Node
    true: tuple[Point, ...]
    false: tuple[Point, ...]


def leaves(node: Node) -> Iterator[Node]:
    """The sides of `and`, `or` and `unless`, left to right."""
    if isinstance(node, Binary) and node.operator in SET_OPERATORS:
        yield from leaves(node.left)
        yield from leaves(node.right)
    else:
        yield node


def solve(node: Node, stage: Stage) -> Leaf:
    """Points around the limit of one side."""
    if isinstance(node, Binary) and node.filters and node.operator not in {"==", "!="}:
        crossings = list(islice(_until_near(node, stage), _MOST_CROSSINGS))
        if crossings:
            return min(crossings, key=lambda crossing: crossing[1])[0]
    true: list[Point] = []
    false: list[Point] = []
    for point in filter(stage.happens, _discrete(node, stage)):
        (true if stage.vector(node, point) else false).append(point)
    return Leaf(node, tuple(true), tuple(false))


def _until_near(node: Binary, stage: Stage) -> Iterator[tuple[Leaf, float]]:
    """Crossings of the limit, and how far each is from where it should be, up to the first near
    one.

    Some values jump over their limit and are never near it, such as a quantile that leaves the
    buckets.
    """
    for margin in MARGINS:
        for leaf, away in _crossings(node, stage, margin):
            yield leaf, away
            if away <= margin:
                return


def _crossings(node: Binary, stage: Stage, margin: float) -> Iterator[tuple[Leaf, float]]:
    """Points just above and just below the limit of a comparison along each direction that crosses
    it.

    With each how far its points are from the margin, as a share of the limit.
    """
    rising = node.operator in {">", ">="}
    right = node.right

    def distance(point: Point) -> float | None:
        """How far the left side is above the right one, as a share of the limit."""
        left = deciding(stage.vector(node.left, point), largest=rising)
        limit = (
            float(right.value)
            if isinstance(right, Number)
            else deciding(stage.vector(right, point), largest=rising)
        )
        if left is None or limit is None or not isfinite(left) or not isfinite(limit):
            return None
        return (left - limit) / (abs(limit) or 1.0)

    scale = abs(float(right.value)) if isinstance(right, Number) else 1.0
    none = not scale
    moved = stage.narrowed(node)
    for direction in (
        way for begin in _begins(stage, moved) for way in _directions(begin, moved, max(1.0, scale))
    ):
        ends = [
            (share, reached)
            for share in _SHARES
            if (reached := distance(direction(share))) is not None
        ]
        above = [pair for pair in ends if pair[1] > margin] or [
            pair for pair in ends if pair[1] == 0 and none and node.operator == "<"
        ]
        below = [pair for pair in ends if pair[1] < -margin] or [
            pair for pair in ends if pair[1] == 0 and none and node.operator == ">"
        ]
        if not above or not below:
            continue
        # A value that cannot be beyond its limit, as a count below 0, is at it.
        (up, high_end), (down, low_end) = above[0], below[0]
        high = direction(
            up if high_end <= margin else _share(distance, direction, up, down, margin)
        )
        low = direction(
            down if low_end >= -margin else _share(distance, direction, up, down, -margin)
        )
        far_low, far_high = (
            direction(min(below, key=lambda pair: pair[1])[0]),
            direction(max(above, key=lambda pair: pair[1])[0]),
        )
        away = max(abs((distance(high) or 0.0) - margin), abs((distance(low) or 0.0) + margin))
        yield (
            Leaf(
                node,
                *(
                    ((high, far_high), (low, far_low))
                    if rising
                    else ((low, far_low), (high, far_high))
                ),
            ),
            away,
        )


_SHARES = (0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999, 0.99999)


def _share(
    distance: Callable[[Point], float | None],
    direction: Callable[[float], Point],
    above: float,
    below: float,
    goal: float,
) -> float:
    """The share of the direction at which the distance is the goal, by halving."""
    for _ in range(ROUNDS):
        middle = (above + below) / 2
        reached = distance(direction(middle))
        if reached is not None and abs(reached - goal) < abs(goal) / 100:
            return middle
        if reached is not None and reached > goal:
            above = middle
        else:
            below = middle
    return (above + below) / 2


def _begins(stage: Stage, moved: Sequence[Atom]) -> Iterator[Point]:
    """States to begin from: the usual one, then those with one gauge at 0, for gauges that exclude
    a series.
    """
    yield stage.usual
    for atom in moved:
        if atom.kind == "gauge":
            yield {**stage.usual, atom.keys[0]: 0.0}


def _directions(
    begin: Point, moved: Sequence[Atom], scale: float
) -> Iterator[Callable[[float], Point]]:
    """Ways from one state to another, as functions of a share from 0 to 1.

    A histogram's observations move from one bucket to the next. A counter, a gauge, or the
    observations in a histogram's lowest or highest bucket grow from 0 without bound, the others
    staying. A gauge also falls from 0.
    """
    large = {
        key: level * scale if level and key[0] in moved and key[0].kind != "histogram" else level
        for key, level in begin.items()
    }
    for atom in moved:
        if atom.kind == "histogram":
            for position in range(len(atom.bounds)):
                yield _moving(large, atom, position)
        for key in dict.fromkeys((atom.keys[0], atom.keys[-1])):
            yield _growing(large, key, scale)
    for atom in moved:
        if atom.kind == "gauge":
            yield _growing(large, atom.keys[0], -scale)


def _moving(
    usual: Mapping[Key, float | None], atom: Atom, position: int
) -> Callable[[float], Point]:
    def at(share: float) -> Point:
        empty = dict.fromkeys(atom.keys, 0.0)
        return {**usual, **empty, (atom, position): 1.0 - share, (atom, position + 1): share}

    return at


def _growing(usual: Mapping[Key, float | None], key: Key, scale: float) -> Callable[[float], Point]:
    return lambda share: {**usual, key: key[0].possible(scale * share / (1.0 - share), key[1])}


def _discrete(node: Node, stage: Stage) -> Iterator[Point]:
    """Single states to try: everything exists, one or all series are missing, one level is equal to
    the number in the comparison or next to it.
    """
    usual, moved = stage.usual, stage.narrowed(node)
    yield usual
    numbers = [0.0]
    if isinstance(node, Binary) and isinstance(node.right, Number):
        numbers = [float(node.right.value), float(node.right.value) + 1.0]
    for atom in moved:
        if atom.kind != "histogram":
            for number in numbers:
                yield {**usual, atom.keys[0]: atom.possible(number)}
        if atom.kind == "gauge":
            yield {**usual, atom.keys[0]: atom.possible(numbers[0] - 1.0)}
    for atom in moved:
        yield {**usual, **dict.fromkeys(atom.keys)}
    for atom in moved:
        if atom.binary:  # what it counts may be those that are 0
            yield {**usual, atom.keys[0]: 0.0}
    if len(moved) > 1:
        yield {**usual, **{key: None for atom in moved for key in atom.keys}}
        for metric in dict.fromkeys(atom.metric for atom in moved if atom.kind == "gauge"):
            of_metric = [atom for atom in moved if atom.metric == metric]
            for number in dict.fromkeys((*numbers, 0.0)):
                yield {**usual, **{atom.keys[0]: atom.possible(number) for atom in of_metric}}


def deciding(vector: Vector, *, largest: bool) -> float | None:
    """The value that decides a comparison: the largest for `>`, the smallest for `<`; None for an
    empty result or NaN.
    """
    values = [value for value in vector.values() if value == value]  # noqa: PLR0124 - only NaN differs from itself
    return (max(values) if largest else min(values)) if values else None
