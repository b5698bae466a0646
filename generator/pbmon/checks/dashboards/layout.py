"""Checks of where the panels of a dashboard are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, takewhile

from pbmon.checks.dashboards.parts import Board, box, name, panels_and_rows, parts, top_level
from pbmon.finding import Finding

COLUMNS = 24
"""Width of Grafana's grid.
https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""


def panel_ids_are_unique(board: Board) -> Iterator[Finding]:
    """No two panels or rows of a dashboard have the same id.

    Links to a panel (`?viewPanel=7`), alerts and annotations find it by its id. When two panels
    share an id, Grafana renumbers the second on loading, and a link opens the wrong panel.

    To fix it: give one of the two another title, since pbmon makes the id from the title.
    """
    counted = Counter(
        panel["id"] for panel in panels_and_rows(board.json) if isinstance(panel.get("id"), int)
    )
    for number, times in counted.items():
        if times > 1:
            alike = [panel for panel in panels_and_rows(board.json) if panel.get("id") == number]
            yield Finding(
                "panel-ids-are-unique",
                board.author(alike[-1]),
                f"{' and '.join(map(name, alike))} share id {number}, so a link to one may open the"
                " other",
                "rename one of them, since the id comes from the title",
            )


def panels_do_not_overlap(board: Board) -> Iterator[Finding]:
    """No panel covers another.

    Grafana pushes an overlapped panel down when it loads the file, so the page is not the one that
    was designed, and saving it changes positions that no author touched. Panels inside a collapsed
    row are compared only with each other.

    To fix it: leave positions to pbmon, or move one of the two.
    """
    for group in (
        top_level(board.json),
        *(parts(panel, "panels") for panel in top_level(board.json)),
    ):
        placed = [(panel, place) for panel in group if (place := box(panel))]
        placed.sort(key=lambda panel_and_place: panel_and_place[1].y)
        pairs = (
            (above, below)
            for index, above in enumerate(placed)
            for below in takewhile(
                lambda below, end=above[1].y + above[1].h: below[1].y < end,  # type: ignore[misc]
                islice(placed, index + 1, None),
            )
        )
        for (one, a), (other, b) in pairs:
            if a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h:
                yield Finding(
                    "panels-do-not-overlap",
                    board.author(other),
                    f"{name(one)} and {name(other)} overlap, so Grafana moves one of them",
                    f"they are at x={a.x} y={a.y} {a.w}x{a.h} and x={b.x} y={b.y} {b.w}x{b.h}",
                )


def panels_fit_the_grid(board: Board) -> Iterator[Finding]:
    """No panel reaches beyond the 24 columns of Grafana's grid.

    Grafana pulls such a panel in when it loads the file, over its neighbour.

    To fix it: keep x + w of each panel at 24 or less.
    """
    for panel in panels_and_rows(board.json):
        place = box(panel)
        if place and place.x + place.w > COLUMNS:
            yield Finding(
                "panels-fit-the-grid",
                board.author(panel),
                f"{name(panel)} ends at column {place.x + place.w} of {COLUMNS}, so Grafana moves"
                " it over its neighbour",
                f"x + w is {COLUMNS} at most",
            )
