"""The labels of an exposition: which metrics share one, and which values it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_CLOSED = 12
"""Values of a label that looks like a closed set."""
_WORD = re.compile(r"[A-Za-z][A-Za-z_ -]*")
_STEPS = (2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class ObservedLabel:
    """values: all that were seen, sorted. metrics: those that have it. closed: whether it looks as
    if there were no others.
    """

    name: str
    values: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def closed(self) -> bool:
        """A few words, which no machine numbers."""
        return 1 < len(self.values) <= MOST_CLOSED and all(map(_WORD.fullmatch, self.values))

    @property
    def max_values(self) -> int:
        """Of an open set: twice as many as were seen, at least."""
        wanted = 2 * len(self.values)
        return next((step for step in _STEPS if step >= wanted), -(-wanted // 1000) * 1000)


def observed_labels(
    series: Mapping[str, Sequence[Mapping[str, str]]], left_out: Iterable[str] = ()
) -> list[ObservedLabel]:
    """The labels of these metrics, by name. Metrics whose values of a label overlap share it; those
    that have none in common have one of the same name each.

    left_out: labels that say something else, such as `le`.
    """
    by_name: dict[str, list[tuple[set[str], list[str]]]] = {}
    for metric, every in series.items():
        seen: dict[str, set[str]] = {}
        for labels in every:
            for name, value in labels.items():
                seen.setdefault(name, set()).update(filter(None, [value]))
        for name in seen.keys() - set(left_out):
            _add(by_name.setdefault(name, []), seen[name], metric)
    return [
        ObservedLabel(name, tuple(sorted(values)), tuple(metrics))
        for name in sorted(by_name)
        for values, metrics in sorted(by_name[name], key=_by_size)
    ]


def _by_size(group: tuple[set[str], list[str]]) -> tuple[int, int, list[str]]:
    """The one of most metrics first."""
    values, metrics = group
    return -len(metrics), -len(values), metrics


def _add(groups: list[tuple[set[str], list[str]]], values: set[str], metric: str) -> None:
    """Joins the groups that have one of the values."""
    joined, metrics = set(values), [metric]
    for group in [group for group in groups if group[0] & values]:
        groups.remove(group)
        joined |= group[0]
        metrics = [*group[1], *metrics]
    groups.append((joined, metrics))
