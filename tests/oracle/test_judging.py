"""The oracle itself: what a server saw is told from what it should have seen."""

from __future__ import annotations

import pytest
from oracle.judging import problem
from oracle.traces import SCALE, Trace, replayed
from oracle.trials import Always, Expectation, Fires, Silent
from pbmon.proof.promql.samples import Segment

HALL = (("room", "hall"),)
ONCE = Fires(change=10, earliest=14, latest=20, end=40, labels=frozenset({HALL}))


def fired(*spans: range) -> dict[tuple[tuple[str, str], ...], list[float]]:
    return {HALL: [float(second) for span in spans for second in span]} if spans else {}


@pytest.mark.parametrize(
    ("expected", "spans"),
    [
        (ONCE, [range(16, 30)]),
        (ONCE, [range(3), range(16, 30)]),  # windows were filling
        (ONCE, [range(16, 30), range(50, 60)]),  # other trials go on
        (Silent(40), []),
        (Always(5, 40), [range(2, 41)]),
    ],
)
def test_what_is_as_proven_is_no_complaint(expected: Expectation, spans: list[range]) -> None:
    assert problem(expected, fired(*spans)) == ""


@pytest.mark.parametrize(
    ("expected", "spans", "told"),
    [
        (ONCE, [], "never firing"),
        (ONCE, [range(11, 30)], "before 14s"),
        (ONCE, [range(25, 30)], "from 25s only"),
        (ONCE, [range(16, 41)], "should be resolved"),
        (Silent(40), [range(7, 8)], "can never fire, and fired at 7s"),
        (Always(5, 40), [range(2, 20), range(21, 41)], "was silent at 20s"),
    ],
)
def test_what_is_not_as_proven_is_told(
    expected: Expectation, spans: list[range], told: str
) -> None:
    assert told in problem(expected, fired(*spans))


def test_what_fires_with_other_labels_is_told() -> None:
    kitchen = {(("room", "kitchen"),): [17.0]}
    assert "kitchen" in problem(ONCE, fired(range(16, 30)) | kitchen)


def test_counters_grow_between_their_samples_and_gauges_jump() -> None:
    counter = replayed([Segment(100, 10, 3), Segment(150, 30, 2)], 2 * SCALE, 0)
    assert [counter.at(second) for second in (0, 1, 2, 4, 5, 6, 7, 8)] == [
        *(100, 105, 110, 120, 135, 150, 165, 180)
    ]
    gauge = replayed([Segment(3, 0, 2), Segment(8, 0, 2), Segment(None, 0, 1)], 2 * SCALE, 0)
    assert [gauge.at(second) for second in (0, 3, 4, 7, 8)] == [3, 3, 8, 8, None]
    assert not gauge.lasts
    assert Trace([1.0], [False]).lasts
