"""Which fields the answers to a panel's queries have, as far as the queries alone say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pbmon.checks.dashboards.grafana.labels import labels_kept
from pbmon.checks.dashboards.parts import Json, part, parts, text
from pbmon.checks.dashboards.variables import A_WORD, expanded

_NUMBERED = re.compile(r"(.+) [1-9][0-9]*")


class Field(NamedTuple):
    """A column. name: as the data source calls it. shown: as Grafana shows it, which is what most
    transformations look for.
    """

    name: str
    shown: str


@dataclass(frozen=True)
class Fields:
    """All fields that there can be. Which of them there are, only an answer tells.

    numbered: whether fields of one name may stand beside each other, so that Grafana shows them
    with numbers: `Time 1`, `Time 2`.
    """

    all: frozenset[Field]
    numbered: bool = False

    def shows(self, name: str) -> bool:
        """Whether one can be shown under the name."""
        return any(name == field.shown or self._is_numbered(name, field) for field in self.all)

    def has(self, name: str) -> bool:
        """Whether one can have the name, or be shown under it."""
        return any(name == field.name for field in self.all) or self.shows(name)

    def named(self, names: Iterable[str]) -> frozenset[Field]:
        """Those that have one of the names, or are shown under it."""
        return frozenset(
            field
            for name in names
            for field in self.all
            if name in field or self._is_numbered(name, field)
        )

    def _is_numbered(self, name: str, field: Field) -> bool:
        number = _NUMBERED.fullmatch(name)
        return self.numbered and number is not None and number[1] in field


def fields_of(names: Iterable[str]) -> Fields:
    """Fields that are shown under their names."""
    return Fields(frozenset(Field(name, name) for name in names))


def fields_queried(panel: Json, dashboard: Json) -> Fields | None:
    """The fields of the answers before any transformation; None where they can have any name.

    Queries of Prometheus that are answered as tables have Time, the labels that they keep, and
    Value; of several queries each has a Value of its own, `Value #A`. Series over time are named by
    their legends, which hold values of labels.
    """
    asked = [target for target in parts(panel, "targets") if target.get("hide") is not True]
    letters = {text(target, "refId") for target in asked}
    if not asked or "" in letters or len(letters) < len(asked):
        return None
    names = {"Time"}
    for target in asked:
        labels = _labels(target, panel, dashboard)
        if labels is None:
            return None
        names |= labels | {f"Value #{text(target, 'refId')}" if len(asked) > 1 else "Value"}
    return fields_of(names)


def _labels(target: Json, panel: Json, dashboard: Json) -> frozenset[str] | None:
    source = part(target, "datasource") or part(panel, "datasource")
    # where the type is left out, only Prometheus has this format
    is_prometheus = text(source, "type") in ("", "prometheus")
    if not is_prometheus or target.get("format") != "table" or not text(target, "expr"):
        return None
    labels = labels_kept(expanded(text(target, "expr"), dashboard))
    # a variable may stand for the names of several labels
    return None if labels is None or A_WORD in labels else labels
