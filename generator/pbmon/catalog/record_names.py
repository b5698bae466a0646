"""Records of one name: several rules may write it, if static labels tell their series apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from pbmon.errors import DefinitionError
from pbmon.expr.nodes import Series
from pbmon.labels import Label, names
from pbmon.model.rules import Record


def told_apart(first: Record, second: Record) -> DefinitionError | None:
    """Why two records cannot share their name; None where they can."""
    common = first.labels.keys() & second.labels.keys()
    kept = [names(record.selector.series.labels) for record in (first, second)]
    if not any(first.labels[name] != second.labels[name] for name in common):
        return DefinitionError(
            second.source,
            f"metric {second.name} is defined a second time",
            f"first at {first.source}; several rules may record it where labels={{...}} of each"
            " tell their series apart",
        )
    if kept[0] != kept[1]:
        return DefinitionError(
            second.source,
            f"record {second.name} keeps {', '.join(kept[1])}, and at {first.source} it keeps"
            f" {', '.join(kept[0])}: what reads it finds series of two kinds",
            "aggregate both by the same labels",
        )
    return None


def joined(series: Iterable[Series]) -> Series:
    """The series of all records of a name: static labels have the values of each."""
    return reduce(_both, series)


def _both(one: Series, other: Series) -> Series:
    others = {label.name: label for label in other.labels}
    return replace(
        one,
        labels=tuple(_label(label, others[label.name]) for label in one.labels),
        key=tuple(sorted({*(one.key or ()), *(other.key or ()), *_told(one, other)})),
        matchers=tuple(matcher for matcher in one.matchers if matcher in other.matchers),
    )


def _label(one: Label, other: Label) -> Label:
    if not (one.values and other.values):
        return one if other.values else other
    return replace(one, values=tuple(dict.fromkeys((*one.values, *other.values))))


def _told(one: Series, other: Series) -> Iterable[str]:
    """Labels that differ."""
    return (a.name for a, b in zip(one.labels, other.labels, strict=True) if a.values != b.values)
