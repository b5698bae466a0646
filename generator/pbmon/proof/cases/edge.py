"""Cases of a condition about change: the smallest step that makes an alert fire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from pbmon.proof.cases.case import Case, fires, silent
from pbmon.proof.promql.vectors import Unsteady
from pbmon.proof.search.solve import Leaf
from pbmon.proof.search.stage import Stage
from pbmon.proof.search.steps import fires_after, smallest
from pbmon.proof.world.levels import Phase, Point, between


def at_the_edge(
    stage: Stage, solved: Sequence[Leaf], before: Point, after: Point
) -> Iterator[Case]:
    """For a condition about change: a step that ends just short of a limit, and the smallest step
    that is large enough.
    """
    for point in (leaf.false[0] for leaf in solved if leaf.false):
        if not stage.holds(point) and not fires_after(stage, before, point):
            phases = [Phase(before, stage.long), Phase(point, stage.brief)]
            with suppress(Unsteady):
                yield silent(
                    stage, "stays silent after a step that ends just short of its limit", phases
                )
            break
    with suppress(Unsteady):
        yield from _smallest_step(
            stage, "begins", lambda share: (between(before, after, share), after)
        )
    with suppress(Unsteady):
        yield from _smallest_step(
            stage, "ends", lambda share: (before, between(after, before, share))
        )


def _smallest_step(
    stage: Stage, what: str, step: Callable[[float], tuple[Point, Point]]
) -> Iterator[Case]:
    """Fires after the smallest step that is large enough, and not after one that is too small."""
    pair = smallest(stage, step)
    if pair is None:
        return
    enough, (begin, end) = pair
    yield fires(
        stage,
        f"fires after the smallest step that is large enough, where it {what} nearer",
        *enough,
    )
    phases = [Phase(begin, stage.long), Phase(end, stage.brief)]
    yield silent(
        stage,
        f"stays silent after a step that is a little too small, where it {what} nearer",
        phases,
    )
