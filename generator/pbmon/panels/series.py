"""The series that a chart draws: how many there can be, their legend, colours that they have by
name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from typing import Any

from pbmon.labels import Label
from pbmon.model.query import LEGEND_LABEL, Query
from pbmon.panels import parts
from pbmon.panels.kind import Json, PlannedPanel, Target

_USUAL_HEIGHT = 8
_ROWS = 2
"""Rows of a table that Grafana shows below a graph of the usual height; it cuts the third in half,
and shows no other.
"""
_WIDE = 12
"""Columns that leave a graph half of its width beside a table."""

_STATUS = re.compile(r"([1-5])(?:[0-9][0-9]|xx)")
_STATUS_LABELS = frozenset({"code", "http_status_code", "status", "status_code"})
"""What HTTP status codes are called where their label does not say its values."""
_STATUS_COLORS = {"1": "purple", "2": "green", "3": "blue", "4": "orange", "5": "red"}
"""By the first digit."""


def at_most(panel: PlannedPanel[Any]) -> int:
    """How many names of series there can be: of each query as many as the labels in its legend
    have values.
    """
    return sum(
        prod(
            label.max_values or len(label.values)
            for label in query.expr.label_set
            if label.name in LEGEND_LABEL.findall(target.legend)
        )
        for query, target in zip(panel.definition.queries, panel.targets, strict=True)
    )


def graph_legend(panel: PlannedPanel[Any]) -> Json:
    """The legend of a graph: a table of newest value, mean and maximum where its rows have room
    below; beside the graph, whose width it takes, of two of them; else a list of names.
    """
    if at_most(panel) <= _ROWS or panel.grid.h > _USUAL_HEIGHT:
        return parts.legend("lastNotNull", "mean", "max", display="table")
    if panel.grid.w >= _WIDE:
        return parts.legend("lastNotNull", "max", display="table") | {"placement": "right"}
    return parts.legend()


def status_colors(panel: PlannedPanel[Any]) -> list[Json]:
    """Overrides that give each class of HTTP status codes its colour, where series are named by
    them; codes of one class get shades of it.
    """
    classes = {
        digit
        for query, target in zip(panel.definition.queries, panel.targets, strict=True)
        for digit in _status_classes(query, target)
    }
    return [
        {
            "matcher": {"id": "byRegexp", "options": f"/^{digit}(\\d\\d|xx)$/"},
            "properties": [
                {
                    "id": "color",
                    "value": {"fixedColor": _STATUS_COLORS[digit], "mode": "shades"},
                }
            ],
        }
        for digit in sorted(classes)
    ]


def _status_classes(query: Query, target: Target) -> Iterator[str]:
    """First digits of the status codes that name the query's series."""
    named_by = LEGEND_LABEL.fullmatch(target.legend.strip())
    if not named_by:
        if code := _STATUS.fullmatch(target.legend.strip()):
            yield code[1]
        return
    for label in query.expr.label_set:
        if label.name == named_by[1]:
            yield from _classes_of(label)


def _classes_of(label: Label) -> Iterator[str]:
    if not label.values:
        yield from _STATUS_COLORS if label.name in _STATUS_LABELS else ()
    for value in label.values:
        if code := _STATUS.fullmatch(value):
            yield code[1]
