"""Samples that are computed where they are read equal those that are added up."""

from __future__ import annotations

from itertools import accumulate, repeat
from math import inf

from hypothesis import example, given
from hypothesis import strategies as st
from pbmon.proof.promql.progressions import progressions
from pbmon.proof.promql.samples import Line, Segment, Window

_NUMBERS = st.one_of(
    st.floats(-1e7, 1e7),
    st.integers(-(2**20), 2**20).map(float),
    st.builds(lambda digits, power: digits * 2.0**power, st.integers(-9, 9), st.integers(-60, 20)),
    st.just(1e6),
)


@given(_NUMBERS, _NUMBERS, st.integers(1, 300))
@example(2.0**52, 0.5, 50)  # every sum lies in the middle between two floats
@example(-1.0, 0.1, 50)  # through 0
@example(1e300, 1e308, 30)  # beyond the largest float
def test_progressions_are_the_sums_that_adding_one_number_again_and_again_gives(
    first: float, growth: float, count: int
) -> None:
    added = (
        list(accumulate(repeat(growth, count - 1), initial=first)) if growth else [first] * count
    )
    parts = list(progressions(0, first, growth, count))
    assert [
        part.value(number) for part in parts for number in range(part.start, part.stop)
    ] == added


@given(
    st.lists(
        st.builds(Segment, st.none() | st.floats(-9, 9), st.floats(-2, 2), st.integers(0, 9)),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 40),
    st.integers(1, 20),
)
def test_a_window_has_the_samples_of_its_series(
    segments: list[Segment], start: int, length: int
) -> None:
    line, indexes = Line((), segments), range(start, start + length)
    values = [value for value in line.values(indexes) if value is not None]
    parts = line.inside(indexes)
    if not values:
        assert not parts
        return
    window = Window(parts, 1)
    assert [value for _, value in window] == window.values == values
    assert (window[0][1], window[-1][1], len(window)) == (values[0], values[-1], len(values))
    before = [-inf, *values[:-1]]
    assert list(window.resets) == [a for a, b in zip(before, values, strict=True) if b < a]
