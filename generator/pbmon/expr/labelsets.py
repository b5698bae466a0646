"""Which labels the result of an operation carries, and which operands can never meet.

A label set is a tuple of Labels sorted by name. Rules:
https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pbmon.errors import DefinitionError
from pbmon.expr.nodes import SET_OPERATORS, Matching
from pbmon.labels import Label, listed, names
from pbmon.source import here

LabelSet = tuple[Label, ...]


def label_set(labels: Iterable[Label]) -> LabelSet:
    """The labels sorted by name."""
    return tuple(sorted(labels, key=lambda label: label.name))


def require(subject: str, have: LabelSet, required: Sequence[Label]) -> None:
    """DefinitionError at the author's line when the subject lacks one of the required labels."""
    known = {label.name for label in have}
    for label in required:
        if label.name not in known:
            raise DefinitionError(
                here(), f"{subject} has no label {label.name!r}", f"it has {listed(have)}"
            )


def aggregated_labels(
    subject: str, have: LabelSet, by: Sequence[Label] | None, without: Sequence[Label] | None
) -> LabelSet:
    """The labels that an aggregation leaves. DefinitionError for a label that the subject lacks, or
    for `by` together with `without`.
    """
    if by is not None and without is not None:
        raise DefinitionError(
            here(),
            "an aggregation has both by and without; Prometheus takes one",
            "keep by, or keep without",
        )
    require(subject, have, [*(by or ()), *(without or ())])
    if without is not None:
        dropped = set(names(without))
        return tuple(label for label in have if label.name not in dropped)
    grouped = set(names(by or ()))
    return tuple(label for label in have if label.name in grouped)


def matched(operator: str, left: LabelSet, right: LabelSet, matching: Matching | None) -> LabelSet:
    """The labels of `left operator right`. DefinitionError when the sides have different labels and
    no matching is given.
    """
    if matching is None:
        if names(left) != names(right):
            raise DefinitionError(
                here(),
                f"the sides of `{operator}` have different labels, so no series finds a partner: "
                f"{listed(left)} and {listed(right)}",
                "aggregate both to the same labels, or say which to match: left / right.on(job)",
            )
        return left
    _check_sides(operator, left, right, matching)
    if operator in SET_OPERATORS:
        if operator == "or":
            return tuple(label for label in left if label.name in names(right))
        return left
    if matching.group == "group_left":
        return label_set(
            [
                *left,
                *(
                    label
                    for label in right
                    if label.name in matching.include and label.name not in names(left)
                ),
            ]
        )
    if matching.kind == "on":
        return tuple(label for label in left if label.name in matching.labels)
    return tuple(label for label in left if label.name not in matching.labels)


def _check_sides(operator: str, left: LabelSet, right: LabelSet, matching: Matching) -> None:
    if matching.group and operator in SET_OPERATORS:
        raise DefinitionError(
            here(),
            f"`{operator}` compares sets of series, so {matching.group} is refused",
            "leave it out",
        )
    for side, have in (("left", left), ("right", right)):
        missing = [
            name for name in matching.labels if matching.kind == "on" and name not in names(have)
        ]
        if missing:
            raise DefinitionError(
                here(),
                f"the {side} side of `{operator}` has no label {missing[0]!r} to match on",
                f"it has {listed(have)}",
            )
    if matching.kind == "ignoring":
        rest = [
            [name for name in names(side) if name not in matching.labels] for side in (left, right)
        ]
        if rest[0] != rest[1] and not matching.group:
            raise DefinitionError(
                here(),
                f"the sides of `{operator}` still differ after ignoring"
                f" {', '.join(matching.labels)}: {', '.join(rest[0]) or 'none'} and"
                f" {', '.join(rest[1]) or 'none'}",
                "match on labels that both have: left / right.on(job)",
            )
