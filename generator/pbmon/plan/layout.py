"""The positions of panels in Grafana's grid, and the ids that links use."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from pbmon.model.panels import AnyPanel
from pbmon.panels.kind import Grid
from pbmon.panels.kinds import kind_of

COLUMNS = 24
_SMALL_SIZE = (6, 4)
_HEIGHT = 8
_MAX_ID = 2**31 - 1


def widths(panels: Sequence[AnyPanel]) -> list[int]:
    """Columns of each panel of a row: as asked; else small ones 6, and the others 24, 12 or 8 so
    that lines fill up.
    """
    large = [panel for panel in panels if not panel.width and not kind_of(panel).is_small]
    usual = COLUMNS // (3 if len(large) % 3 == 0 else 2) if len(large) > 1 else COLUMNS
    return [
        panel.width or (_SMALL_SIZE[0] if kind_of(panel).is_small else usual) for panel in panels
    ]


def positions(panels: Sequence[AnyPanel], top: int) -> tuple[list[Grid], int]:
    """A place for each panel, line by line from `top` down, and the first free line below them.

    All panels of a line get the height of its tallest, so that nothing leaves a hole.
    """
    lines: list[list[tuple[int, int]]] = [[]]
    x = 0
    for panel, width in zip(panels, widths(panels), strict=True):
        if x + width > COLUMNS:
            lines.append([])
            x = 0
        lines[-1].append(
            (width, panel.height or (_SMALL_SIZE[1] if kind_of(panel).is_small else _HEIGHT))
        )
        x += width
    grids: list[Grid] = []
    for line in lines:
        height = max((height for _, height in line), default=0)
        x = 0
        for width, _ in line:
            grids.append(Grid(x, top, width, height))
            x += width
        top += height
    return grids, top


def ids(names: Iterable[str]) -> list[int]:
    """A number from each name, so that inserting a panel does not renumber the others; the same
    name twice counts up.
    """
    used_numbers: set[int] = set()
    numbers = []
    for name in names:
        number = zlib.crc32(name.encode("utf-8", "surrogatepass")) % _MAX_ID + 1
        while number in used_numbers:
            number = number % _MAX_ID + 1
        used_numbers.add(number)
        numbers.append(number)
    return numbers
