"""Which labels the result of an operation carries, and which of them tell its series apart.

https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pbmon.errors import DefinitionError
from pbmon.expr.nodes import SET_OPERATORS, Matching
from pbmon.expr.shapes import LabelSet, Shape, label_set
from pbmon.labels import Label, Matcher, listed, names
from pbmon.source import here


def require(subject: str, have: LabelSet, required: Iterable[str]) -> None:
    """DefinitionError at the author's line when the subject lacks a label of one of the names."""
    known = set(names(have))
    for name in required:
        if name not in known:
            raise DefinitionError(
                here(), f"{subject} has no label {name!r}", f"it has {listed(have)}"
            )


def aggregated(
    subject: str, operand: Shape, grouping: str, labels: Sequence[str], *, keeps: bool = False
) -> Shape:
    """What an aggregation leaves. grouping: `by` or `without`. keeps: see signatures.Operator.
    DefinitionError for a label that the operand lacks.
    """
    require(subject, label_set({*operand.labels, *operand.optional}), labels)
    if keeps:
        return operand
    listed_names = set(labels)

    def left(name: str) -> bool:
        return (name in listed_names) == (grouping == "by")

    grouped = frozenset(filter(left, {*names(operand.labels), *names(operand.optional)}))
    return Shape(
        tuple(label for label in operand.labels if left(label.name)),
        tuple(label for label in operand.optional if left(label.name)),
        operand.key if operand.key <= grouped else grouped,
        tuple(matcher for matcher in operand.matchers if left(matcher.label.name)),
        operand.unit,
    )


def without(shape: Shape, dropped: Iterable[str]) -> Shape:
    """The shape when these labels are gone."""
    gone = set(dropped)
    return Shape(
        tuple(label for label in shape.labels if label.name not in gone),
        tuple(label for label in shape.optional if label.name not in gone),
        shape.key - gone,
        tuple(matcher for matcher in shape.matchers if matcher.label.name not in gone),
        shape.unit,
    )


def with_label(shape: Shape, label: Label) -> Shape:
    """The shape when every series gets this label, in place of another of its name.

    The others tell the series apart as before.
    """
    rest = without(shape, [label.name])
    key = rest.key if label.name not in shape.key else rest.key | {label.name}
    return replace(rest, labels=label_set((*rest.labels, label)), key=key)


def joined(operator: str, left: Shape, right: Shape, matching: Matching | None) -> Shape:
    """What `left operator right` carries. DefinitionError when no series of the one can find a
    partner in the other by the labels they are matched on.
    """
    if operator == "or":
        return _united(left, right)
    if matching is None:
        if names(left.labels) != names(right.labels) and not (left.optional or right.optional):
            raise DefinitionError(
                here(),
                f"the sides of `{operator}` have different labels, so no series finds a partner: "
                f"{listed(left.labels)} and {listed(right.labels)}",
                "aggregate both to the same labels, or say which to match: left / right.on(job)",
            )
    else:
        _check_sides(operator, left, right, matching)
    if operator in SET_OPERATORS:
        if operator == "unless":
            return left
        return replace(left, matchers=_both(left, right, matching))
    if matching is not None and matching.group:
        many, one = (left, right) if matching.group == "group_left" else (right, left)
        return replace(_with_included(many, one, matching), unit=left.unit)
    if matching is None:
        return replace(left, matchers=_both(left, right, matching))
    kept = matched_on(left, right, matching)
    result = aggregated("the left side", left, "by", sorted(kept & _all(left)))
    return replace(
        result,
        key=left.key & kept,
        matchers=tuple(
            matcher for matcher in _both(left, right, matching) if matcher.label.name in kept
        ),
    )


def matched_on(left: Shape, right: Shape, matching: Matching | None) -> frozenset[str]:
    """Names of the labels in which two series must agree to be partners."""
    if matching is not None and matching.kind == "on":
        return frozenset(matching.labels)
    ignored = set(matching.labels) if matching is not None else set()
    return frozenset((_all(left) | _all(right)) - ignored)


def _all(shape: Shape) -> set[str]:
    return {*names(shape.labels), *names(shape.optional)}


def _both(left: Shape, right: Shape, matching: Matching | None) -> tuple[Matcher, ...]:
    """What the left side's labels fulfil where they have a partner on the right."""
    shared = matched_on(left, right, matching) & _all(left)
    from_right = (matcher for matcher in right.matchers if matcher.label.name in shared)
    return tuple(dict.fromkeys((*left.matchers, *from_right)))


def _with_included(many: Shape, one: Shape, matching: Matching) -> Shape:
    included = [label for label in one.labels if label.name in matching.include]
    for label in included:
        many = with_label(many, label)
    copied = (matcher for matcher in one.matchers if matcher.label.name in matching.include)
    return replace(many, matchers=(*many.matchers, *copied))


def _united(left: Shape, right: Shape) -> Shape:
    """All series of the left side, and some of the right: labels that only one side has are on some
    series.
    """
    both = set(names(left.labels)) & set(names(right.labels))
    everything = {
        label.name: label for side in (right, left) for label in (*side.labels, *side.optional)
    }
    # a label that each side fixes, to another value, tells the two apart
    apart = {name for name in everything if left.values(name) != right.values(name)}
    return Shape(
        tuple(label for label in left.labels if label.name in both),
        label_set(label for name, label in everything.items() if name not in both),
        left.key | right.key | apart,
        tuple(matcher for matcher in left.matchers if matcher in right.matchers),
        left.unit if left.unit == right.unit else left.unit or right.unit,
    )


def _check_sides(operator: str, left: Shape, right: Shape, matching: Matching) -> None:
    if matching.group and operator in SET_OPERATORS:
        raise DefinitionError(
            here(),
            f"`{operator}` compares sets of series, so {matching.group} is refused",
            "leave it out",
        )
    for side, have in (("left", left), ("right", right)):
        missing = [
            name
            for name in matching.labels
            if matching.kind == "on" and name not in {*_all(have), "__name__"}
        ]
        if missing:
            raise DefinitionError(
                here(),
                f"the {side} side of `{operator}` has no label {missing[0]!r} to match on",
                f"it has {listed(have.labels)}",
            )
    if matching.kind == "ignoring":
        rest = [sorted(_all(side) - set(matching.labels)) for side in (left, right)]
        if rest[0] != rest[1] and not (left.optional or right.optional):
            raise DefinitionError(
                here(),
                f"the sides of `{operator}` still differ after ignoring"
                f" {', '.join(matching.labels)}: {', '.join(rest[0]) or 'none'} and"
                f" {', '.join(rest[1]) or 'none'}",
                "match on labels that both have: left / right.on(job)",
            )
