"""Finds the step that makes an alert fire, and the smallest one, for conditions about change, which
hold in no lasting state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, product
from typing import Literal

from pbmon.proof.promql.vectors import Unsteady
from pbmon.proof.search.effort import Unchanging
from pbmon.proof.search.solve import Leaf
from pbmon.proof.search.stage import Stage
from pbmon.proof.world.levels import Phase, Point, between, unique
from pbmon.proof.world.run import Run

_MOST_STEPS = 256
"""Steps tried before a condition counts as unsolved: each runs the alert through two phases."""

_EDGE_ROUNDS = 24
"""Halvings in search of the smallest step: each runs the alert through two phases."""

_ODD = 1.037
"""A step that is a little larger, where one of even numbers comes to lie on a limit exactly."""

_FACTORS = (1, 10, 1000)
"""How many times as far a step is tried to go: a slope over a long window needs a large one."""


def jump(stage: Stage, solved: Sequence[Leaf]) -> tuple[Point, Point]:
    """Two points, such that a condition about change fires after the step from one to the other."""
    afters = unique(point for leaf in solved for point in (*leaf.true, *leaf.false))
    befores = unique(
        [
            *(point for leaf in solved for point in reversed(leaf.false)),
            stage.usual,
            *afters,
        ]
    )
    resting = {key: 0.0 if key[0].kind == "gauge" else level for key, level in stage.usual.items()}
    steps = chain(_tried(afters, befores), _tried(afters, [resting]))
    for factor, after, before in islice(steps, _MOST_STEPS):
        far = after if factor == 1 else between(before, after, factor)
        if factor > 1 and (
            far == after
            or any((level or 0.0) < 0 for (atom, _), level in far.items() if atom.kind != "gauge")
        ):
            continue
        for step in (far, between(before, far, _ODD)):
            outcome = _outcome(stage, before, step)
            if outcome == "fires":
                return before, step
            if outcome == "silent":
                break
    raise Unchanging("no series were found that make it fire")


def _tried(afters: Sequence[Point], befores: Sequence[Point]) -> Iterator[tuple[int, Point, Point]]:
    """Every step, those between points near the beginning of both lists first."""
    pairs = sorted(product(range(len(afters)), range(len(befores))), key=sum)
    for factor in _FACTORS:
        yield from ((factor, afters[after], befores[before]) for after, before in pairs)


def smallest(
    stage: Stage, step: Callable[[float], tuple[Point, Point]]
) -> tuple[tuple[Point, Point], tuple[Point, Point]] | None:
    """The smallest step that makes it fire, and one that is too small; None where only the whole
    step does. step: gives the two points when this share is left out at one end.
    """
    if step(0.25) == step(0.5):  # series that begin or end: nothing lies between
        return None
    enough, short = 0.0, 1.0
    for _ in range(_EDGE_ROUNDS):
        middle = (enough + short) / 2
        if fires_after(stage, *step(middle)):
            enough = middle
        else:
            short = middle
    return (step(enough), step(short)) if enough else None


def fires_after(stage: Stage, before: Point, after: Point) -> bool:
    """Whether it is silent at the one point for long, and fires some time after the step to the
    other. Not where Prometheus's answer is one of several.
    """
    try:
        return _fires(_step(stage, before, after))
    except Unsteady:
        return False


def _step(stage: Stage, before: Point, after: Point) -> Run:
    return stage.run([Phase(before, stage.long), Phase(after, stage.long)])


def _fires(run: Run) -> bool:
    begin = run.begin(1)
    if any(run.condition(index) for index in (begin - 1, begin - 2)):
        return False
    return any(run.firing(index) for index in range(begin, run.end + 1))


def _outcome(stage: Stage, before: Point, after: Point) -> Literal["fires", "silent", "unsteady"]:
    """Unsteady where it is not known at every moment what it does."""
    run = _step(stage, before, after)
    try:
        if not _fires(run):
            return "silent"
        true = run.first(run.begin(1), run.end)
        over = None if true is None else run.first(true, run.end, true=False)
        for turn in (true, over):
            if turn is not None:
                run.check_turn(turn)
    except Unsteady:
        return "unsteady"
    return "fires"
