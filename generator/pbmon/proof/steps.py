"""Conditions about change, which hold in no lasting state: the step that makes an alert fire, and
the smallest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

from pbmon.proof.cases import Case
from pbmon.proof.solve import Leaf
from pbmon.proof.stage import Stage, Unsolved
from pbmon.proof.world import Phase, Point, between, unique

_MOST_STEPS = 256
"""Steps tried before a condition counts as unsolved: each runs the alert through two phases."""

_EDGE_ROUNDS = 24
"""Halvings in search of the smallest step: each runs the alert through two phases."""

_FACTORS = (1, 10, 1000)
"""How many times as far a step is tried to go: a slope over a long window needs a large one."""


def jump(stage: Stage, solved: Sequence[Leaf]) -> tuple[Point, Point]:
    """For a condition about change, which holds in no lasting state: two points, and it fires after
    the step between them.
    """
    afters = unique(point for leaf in solved for point in (*leaf.true, *leaf.false))
    befores = unique(
        [
            *(point for leaf in solved for point in reversed(leaf.false)),
            stage.situation.usual,
            *afters,
        ]
    )
    for factor, after, before in islice(product(_FACTORS, afters, befores), _MOST_STEPS):
        far = after if factor == 1 else between(before, after, factor)
        if factor > 1 and (
            far == after
            or any((level or 0.0) < 0 for (atom, _), level in far.items() if atom.kind != "gauge")
        ):
            continue
        if _fires_after(stage, before, far):
            return before, far
    raise Unsolved("no series were found that make it fire")


def at_the_edge(
    stage: Stage, solved: Sequence[Leaf], before: Point, after: Point
) -> Iterator[Case]:
    """For a condition about change: a step that ends just short of a limit, and the smallest step
    that is large enough.
    """
    for point in (leaf.false[0] for leaf in solved if leaf.false):
        if not stage.holds(point) and not _fires_after(stage, before, point):
            phases = [Phase(before, stage.long), Phase(point, stage.brief)]
            yield stage.silent(
                "stays silent after a step that ends just short of its limit", phases
            )
            break
    yield from _smallest(stage, "begins", lambda share: (between(before, after, share), after))
    yield from _smallest(stage, "ends", lambda share: (before, between(after, before, share)))


def _smallest(
    stage: Stage, what: str, step: Callable[[float], tuple[Point, Point]]
) -> Iterator[Case]:
    """The smallest step that makes it fire, and one that is too small. step: by how much of it is
    left out at one end.
    """
    enough, short = 0.0, 1.0
    for _ in range(_EDGE_ROUNDS):
        middle = (enough + short) / 2
        if _fires_after(stage, *step(middle)):
            enough = middle
        else:
            short = middle
    if enough:
        yield stage.fires(
            f"fires after the smallest step that is large enough, where it {what} nearer",
            *step(enough),
        )
        begin, end = step(short)
        phases = [Phase(begin, stage.long), Phase(end, stage.brief)]
        yield stage.silent(
            f"stays silent after a step that is a little too small, where it {what} nearer", phases
        )


def _fires_after(stage: Stage, before: Point, after: Point) -> bool:
    """Whether it is silent at the one point for long, and fires some time after the step to the
    other.
    """
    run = stage.run([Phase(before, stage.long), Phase(after, stage.long)])
    engine, begin = run.engine(), run.begin(1)
    if any(run.condition(engine, index) for index in (begin - 1, begin - 2)):
        return False
    return any(run.firing(engine, index) for index in range(begin, run.end + 1))
