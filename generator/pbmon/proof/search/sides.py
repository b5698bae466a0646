"""The sides of a condition, and what the others must do for one of them to decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from pbmon.expr.nodes import SET_OPERATORS, Binary, Node
from pbmon.proof.search.solve import Leaf, solve
from pbmon.proof.search.stage import Stage
from pbmon.proof.world.atoms import Key
from pbmon.proof.world.levels import Point

_TRIED = 2
"""Points tried for each side: the one nearest to its limit, and one far from it."""


@dataclass(frozen=True)
class _Both:
    """Two sides and what combines them."""

    operator: str
    left: _Both | Leaf
    right: _Both | Leaf


@dataclass(frozen=True)
class Side:
    """leaf: the side. others: the other sides, and whether each must hold for this one to decide.

    inverted: the side follows `unless`, so the condition holds while the side does not.
    """

    leaf: Leaf
    others: tuple[tuple[Leaf, bool], ...] = ()
    inverted: bool = False


def sides(node: Node, stage: Stage) -> list[Side]:
    """Every side of `and`, `or` and `unless`, solved, from left to right."""
    return list(_deciding(_solved(node, stage)))


def flip(side: Side, stage: Stage) -> Iterator[tuple[Point, Point]]:
    """(silent, firing) points that differ in this side alone, nearest to its limit first.

    The caller must check them: a series that two sides read moves both.
    """
    usual = stage.usual
    moved_keys = _moved((*side.leaf.true[:_TRIED], *side.leaf.false[:_TRIED]), usual)
    choices = [(leaf.true if held else leaf.false)[:_TRIED] for leaf, held in side.others]
    for points in product(*(choice for choice in choices if choice)):
        base = dict(usual)
        for point in points:
            base |= {key: point[key] for key in _moved([point], usual)}
        for true, false in product(side.leaf.true[:_TRIED], side.leaf.false[:_TRIED]):
            pair = [{**base, **{key: point[key] for key in moved_keys}} for point in (false, true)]
            yield (pair[1], pair[0]) if side.inverted else (pair[0], pair[1])


def _moved(points: Sequence[Point], usual: Point) -> set[Key]:
    return {key for point in points for key, level in point.items() if level != usual[key]}


def _solved(node: Node, stage: Stage) -> _Both | Leaf:
    if isinstance(node, Binary) and node.operator in SET_OPERATORS:
        return _Both(node.operator, _solved(node.left, stage), _solved(node.right, stage))
    return solve(node, stage)


def _deciding(node: _Both | Leaf) -> Iterator[Side]:
    if isinstance(node, Leaf):
        yield Side(node)
        return
    left = _when(node.right, node.operator == "and")
    right = _when(node.left, node.operator != "or")
    yield from (
        Side(side.leaf, (*side.others, *left), side.inverted) for side in _deciding(node.left)
    )
    for side in _deciding(node.right):
        yield Side(side.leaf, (*side.others, *right), side.inverted != (node.operator == "unless"))


def _when(node: _Both | Leaf, held: bool) -> tuple[tuple[Leaf, bool], ...]:
    """Whether each leaf must hold for the node to hold, or not to hold."""
    if isinstance(node, Leaf):
        return ((node, held),)
    return (*_when(node.left, held), *_when(node.right, node.operator == "and"))
