"""Cases of a dead man's switch: an alert that has to fire from the beginning, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.proof.cases.case import Case, Moment, at
from pbmon.proof.search.effort import Unchanging
from pbmon.proof.search.stage import Stage
from pbmon.proof.world.levels import Phase, Point


def always(stage: Stage) -> Iterator[Case]:
    """It fires without any data, and while its series come, change and go. Raises Unchanging for an
    alert that does not.
    """
    nothing: Point = dict.fromkeys(stage.keys)
    yield _firing(stage, "without any data", [nothing])
    if stage.keys:
        zero: Point = dict.fromkeys(stage.keys, 0.0)
        much: Point = {key: 1e6 * (level or 1.0) for key, level in stage.usual.items()}
        points = [stage.usual, zero, much, nothing]
        yield _firing(stage, "while its series come, change and go", points)


def _firing(stage: Stage, when: str, points: list[Point]) -> Case:
    run = stage.run([Phase(point, stage.long) for point in points])
    begins = [run.begin(phase) for phase in range(1, len(points))]
    indexes = sorted({stage.wait, *begins, run.end})
    silent = next((index for index in indexes if not run.firing(index)), None)
    if silent is not None:
        raise Unchanging(f"it is declared to fire always (always_fires), and is silent {when}")
    early = [Moment(stage.wait - 1)] if stage.wait else []
    return Case(f"fires {when}", run, (*early, *(at(run, index) for index in indexes)))
