"""Check of the colours by value."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.checks.dashboards.parts import Board, charts, name, part, parts
from pbmon.finding import Finding


def thresholds_ascend(board: Board) -> Iterator[Finding]:
    """The steps of a threshold rise from a first one without a value.

    The first step is the colour of the lowest values. If it has a value, or the text "null", lower
    values have no colour. Grafana takes the last step that a value reaches, so it never shows steps
    that are out of order.

    To fix it: begin with a step whose value is null, then sort the rest.
    """
    for panel in charts(board.json):
        thresholds = part(panel, "fieldConfig", "defaults", "thresholds")
        values = [step.get("value") for step in parts(thresholds, "steps")]
        if not thresholds:
            continue
        if not values or values[0] is not None:
            yield Finding(
                "thresholds-ascend",
                board.author(panel),
                f"{name(panel)} has no first threshold of null, so low values have no colour",
                "begin with the colour of the lowest values, its value null",
            )
        numbers = [value for value in values[1:] if isinstance(value, int | float)]
        if numbers != sorted(set(numbers)):
            yield Finding(
                "thresholds-ascend",
                board.author(panel),
                f"{name(panel)} has thresholds {', '.join(map(str, numbers))}, which do not rise,"
                " so some never show",
                "sort them, each value once",
            )
