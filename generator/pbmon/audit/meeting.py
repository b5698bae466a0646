"""Which series of two sides meet, as Prometheus matches them.

https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from pbmon.audit.exposed import Series
from pbmon.expr.nodes import Matching

Key = tuple[tuple[str, str], ...]


class Meeting(NamedTuple):
    """left, right: series that have a partner. several: whether a series surely has several of a
    side that may have one only; `left`, `right`, or empty.
    """

    left: tuple[Series, ...]
    right: tuple[Series, ...]
    several: str = ""


def meeting(
    left: Sequence[Series], right: Sequence[Series], matching: Matching | None, whole: bool
) -> Meeting:
    """whole: whether all labels are known; else a label that one side lacks may be one of its
    target, unless both sides come from one exposition.
    """
    on = frozenset(matching.labels) if matching and matching.kind == "on" else None
    ignored = (
        frozenset(matching.labels) if matching and matching.kind == "ignoring" else frozenset()
    )
    sides = [_by_names(side, on, ignored) for side in (left, right)]
    met_left: dict[int, Series] = {}
    met_right: dict[int, Series] = {}
    several = ""
    group = matching.group if matching else ""
    for (names, origin), of_left in sides[0].items():
        for (others, of_origin), of_right in sides[1].items():
            exact = whole or (origin == of_origin and origin >= 0)
            if exact and names != others:
                continue
            shared = names & others
            here, there = _keyed(of_left, shared), _keyed(of_right, shared)
            for key in here.keys() & there.keys():
                met_left.update((id(each), each) for each in here[key])
                met_right.update((id(each), each) for each in there[key])
                if exact and len(here[key]) > 1 and group != "group_left":
                    several = several or "left"
                if exact and len(there[key]) > 1 and group != "group_right":
                    several = several or "right"
    return Meeting(tuple(met_left.values()), tuple(met_right.values()), several)


def _by_names(
    side: Sequence[Series], on: frozenset[str] | None, ignored: frozenset[str]
) -> dict[tuple[frozenset[str], int], list[Series]]:
    """The series of a side by the names of the labels that count, and where they come from."""
    by_names: dict[tuple[frozenset[str], int], list[Series]] = defaultdict(list)
    for series in side:
        names = frozenset(name for name, value in series.labels.items() if value)
        counted = names & on if on is not None else names - ignored
        by_names[counted, series.origin].append(series)
    return by_names


def _keyed(series: Sequence[Series], names: frozenset[str]) -> dict[Key, list[Series]]:
    ordered = sorted(names)
    keyed: dict[Key, list[Series]] = defaultdict(list)
    for each in series:
        keyed[tuple((name, each.labels[name]) for name in ordered)].append(each)
    return keyed
