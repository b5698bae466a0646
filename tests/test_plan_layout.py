"""Panels fill Grafana's grid without touching, and keep their ids."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from pbmon import GaugePanel, Panel, Stat, Table, Text
from pbmon.panels.kind import Grid
from pbmon.plan.layout import COLUMNS, ids, positions, widths
from small_projects import plan_of

KINDS = st.sampled_from((Panel, Stat, GaugePanel, Table))
panels = st.lists(
    st.builds(
        lambda kind, width, height: kind("P", width=width, height=height),
        KINDS,
        st.integers(0, 24),
        st.integers(0, 30),
    ),
    max_size=15,
)


def overlap(one: Grid, other: Grid) -> bool:
    return (
        one.x < other.x + other.w
        and other.x < one.x + one.w
        and one.y < other.y + other.h
        and other.y < one.y + one.h
    )


@given(panels, st.integers(0, 100))
def test_panels_stand_apart_inside_the_grid_and_below_the_top(some: list[Panel], top: int) -> None:
    grids, bottom = positions(some, top)
    assert len(grids) == len(some)
    for grid in grids:
        assert (
            grid.x >= 0
            and grid.x + grid.w <= COLUMNS
            and top <= grid.y
            and grid.y + grid.h <= bottom
            and grid.w > 0 < grid.h
        )
    assert not any(overlap(one, other) for one, other in combinations(grids, 2))


@given(panels)
def test_panels_stand_in_the_order_they_are_written(some: list[Panel]) -> None:
    places = [(grid.y, grid.x) for grid in positions(some, 0)[0]]
    assert places == sorted(places)


@given(panels)
def test_every_panel_of_a_line_is_as_high_as_the_highest_asked_for(some: list[Panel]) -> None:
    grids, bottom = positions(some, 0)
    lines = {
        grid.y: [
            (other, panel) for other, panel in zip(grids, some, strict=True) if other.y == grid.y
        ]
        for grid in grids
    }
    for line in lines.values():
        assert len({grid.h for grid, _ in line}) == 1
        assert line[0][0].h >= max(panel.height for _, panel in line)
    assert bottom == sum(line[0][0].h for line in lines.values())


@given(panels)
def test_a_width_that_is_asked_for_is_given(some: list[Panel]) -> None:
    for width, panel in zip(widths(some), some, strict=True):
        assert width == panel.width or (not panel.width and width in {6, 8, 12, 24})


@given(st.integers(1, 12))
def test_large_panels_fill_their_lines(count: int) -> None:
    """Except for the last line of an odd number that three does not divide."""
    grids, _ = positions([Panel("P")] * count, 0)
    lines = {grid.y: sum(other.w for other in grids if other.y == grid.y) for grid in grids}
    assert all(total == COLUMNS for total in list(lines.values())[:-1])
    assert lines[max(lines)] == COLUMNS or (count % 2 and count % 3)


names = st.lists(st.text(max_size=8), max_size=30)


@given(st.lists(st.sampled_from(("a", "b", "c")), max_size=20))
def test_ids_are_unique_even_of_equal_names_and_fit_grafanas_integers(some: list[str]) -> None:
    numbers = ids(some)
    assert len(set(numbers)) == len(some) and all(0 < number < 2**31 for number in numbers)


@given(names.filter(lambda some: len(set(some)) == len(some)), st.data())
def test_an_insertion_leaves_the_ids_of_the_others(some: list[str], data: st.DataObject) -> None:
    place, new = data.draw(st.integers(0, len(some))), data.draw(st.text(min_size=9))
    assert (
        dict(zip(some, ids(some), strict=True)).items()
        <= dict(
            zip(
                [*some[:place], new, *some[place:]],
                ids([*some[:place], new, *some[place:]]),
                strict=True,
            )
        ).items()
    )


ROWS = 'd = Dashboard("D", uid="d", file="d", rows=[{}])'


def test_rows_stand_one_below_the_other_and_a_closed_one_takes_one_line() -> None:
    rows = [
        'Row("A", Panel("P", lamps), Stat("Q", lamps))',
        'Row("B", Panel("P", lamps), collapsed=True)',
        'Row("C", Stat("P", lamps))',
    ]
    planned = plan_of(ROWS.format(", ".join(rows))).dashboards[0].rows
    assert [row.grid.y for row in planned] == [0, 13, 14]
    assert [[panel.grid for panel in row.panels] for row in planned] == [
        [Grid(0, 1, 24, 8), Grid(0, 9, 6, 4)],
        [Grid(0, 14, 24, 8)],
        [Grid(0, 15, 6, 4)],
    ]


def test_a_panel_keeps_its_id_when_rows_and_panels_come_before_it() -> None:
    before = plan_of(ROWS.format('Row("A", Panel("P", lamps))')).dashboards[0].rows[0].panels[0].id
    after = (
        plan_of(
            ROWS.format(
                'Row("N", Panel("P", lamps)), Row("A", Stat("Q", lamps), Panel("P", lamps))'
            )
        )
        .dashboards[0]
        .rows[1]
        .panels[1]
        .id
    )
    assert before == after


def test_every_id_of_a_dashboard_is_used_once() -> None:
    rows = (
        plan_of(
            ROWS.format(
                'Row("A", Panel("P", lamps), Panel("P", lamps)), Row("A", Panel("P", lamps))'
            )
        )
        .dashboards[0]
        .rows
    )
    numbers = [number for row in rows for number in (row.id, *(panel.id for panel in row.panels))]
    assert len(numbers) == len(set(numbers)) == 5


def test_a_text_panel_takes_part_in_the_layout() -> None:
    grids, _ = positions([Text("T", "x", width=12), Panel("P", width=12)], 0)
    assert grids == [Grid(0, 0, 12, 8), Grid(12, 0, 12, 8)]
