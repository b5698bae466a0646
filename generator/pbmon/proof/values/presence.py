"""Which series an expression has as long as Prometheus runs: those that Prometheus itself writes
for each target of a static list, at every scrape, also while the target is down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import inf
from typing import NamedTuple, assert_never

from pbmon.expr.derivation import is_scalar
from pbmon.expr.nodes import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Names,
    Negation,
    Node,
    Number,
    Selector,
    String,
    Subquery,
)
from pbmon.expr.shapes import fulfils
from pbmon.expr.signatures import SIGNATURES
from pbmon.expr.text import promql
from pbmon.plan.lineage import Lineage
from pbmon.plan.supply import LabelSet

_PICKS = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_SOMETIMES = frozenset(
    {"clamp", "rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"}
    | {"holt_winters", "double_exponential_smoothing"}
)
"""Functions that may give nothing for a series that is there."""


class Presence(NamedTuple):
    """always: series that are there whenever the rule is evaluated. most: all that can be; None
    where that is not known.
    """

    always: frozenset[LabelSet] = frozenset()
    most: frozenset[LabelSet] | None = None

    @property
    def sometimes(self) -> Presence:
        """Of some of them, nobody knows which."""
        return Presence(most=self.most)


_UNKNOWN = Presence()
_ONE = Presence(frozenset({()}), frozenset({()}))


def presence(node: Node, lineage: Lineage) -> Presence:
    """The series of a vector, as far as static lists of targets tell."""
    match node:
        case Selector():
            return _selected(node, lineage)
        case Negation() | Subquery():
            return presence(node.operand, lineage)
        case Aggregate():
            return _aggregated(node, presence(node.operand, lineage))
        case Call():
            return _called(node, lineage)
        case Binary():
            return _combined(node, lineage)
        case Names() | Number() | String():
            return _UNKNOWN
        case _:
            assert_never(node)


def sizes(node: Aggregate, lineage: Lineage) -> tuple[float, float]:
    """How many series one group of the aggregation has, at least and at most."""
    always, most = presence(node.operand, lineage)
    least = Counter(_grouped(node, labels) for labels in always)
    if most is None:
        one_group = node.grouping == "by" and not node.labels
        return (float(max(1, len(always))) if one_group else 1.0), inf
    groups = Counter(_grouped(node, labels) for labels in most)
    return (
        float(min((max(1, least[group]) for group in groups), default=1)),
        float(max(groups.values(), default=1)),
    )


def facts(node: Node, lineage: Lineage) -> Iterator[str]:
    """What is known of the number of series or samples below the expression, in words."""
    for inner in lineage.nodes(node):
        match inner:
            case Selector():
                if there := _targets(inner, lineage):
                    yield there
            case Call(function, (Selector() | Subquery() as ranged, *_)) if function.startswith(
                ("count_", "sum_")
            ) or function in {"changes", "resets"}:
                if (samples := lineage.supply.samples(ranged)) < inf:
                    yield f"{ranged.window} hold at most {samples:g} samples"
            case _:
                pass  # no number


def _targets(selector: Selector, lineage: Lineage) -> str:
    targets = lineage.supply.targets(selector)
    if targets is None:
        return ""
    if not targets:
        return f"no target of job {lineage.supply.described(selector)} fulfils {promql(selector)}"
    jobs = ", ".join(sorted({dict(labels)["job"] for labels in targets}))
    count = "the one target" if len(targets) == 1 else f"each of the {len(targets)} targets"
    return f"{count} of job {jobs} has {selector.series.name}, also while it is down"


def _selected(node: Selector, lineage: Lineage) -> Presence:
    if node.at or node.offset.startswith("-"):
        return _UNKNOWN
    if node.series.name not in lineage.recorded:
        targets = lineage.supply.targets(node)
        return _UNKNOWN if targets is None else Presence(frozenset(targets), frozenset(targets))

    def selected(series: Iterable[LabelSet]) -> frozenset[LabelSet]:
        return frozenset(
            labels
            for labels in series
            if all(
                fulfils(matcher, dict(labels).get(matcher.label.name, ""))
                for matcher in node.matchers
            )
        )

    always, most = lineage.of_record(node.series.name, presence)
    return Presence(selected(always), None if most is None else selected(most))


def _grouped(node: Aggregate, labels: LabelSet) -> LabelSet:
    return tuple(pair for pair in labels if (pair[0] in node.labels) == (node.grouping == "by"))


def _aggregated(node: Aggregate, operand: Presence) -> Presence:
    if node.operator == "count_values":
        return _UNKNOWN
    if node.operator in _PICKS:
        return operand.sometimes
    always, most = operand
    return Presence(
        frozenset(_grouped(node, labels) for labels in always),
        None if most is None else frozenset(_grouped(node, labels) for labels in most),
    )


def _called(node: Call, lineage: Lineage) -> Presence:
    match node:
        case Call("vector"):
            return _ONE
        case Call("absent" | "absent_over_time", (argument,)):
            return _absent(presence(argument, lineage))
        case Call("label_replace", (vector, String(name), String(value), String(""), String(""))):
            return _labelled(presence(vector, lineage), name, value.replace("$$", "$"))
    signature = SIGNATURES[node.function]
    if signature.labels != "same" or signature.result != "instant vector":
        return _UNKNOWN
    place = next((n for n, kind in enumerate(signature.arguments) if "vector" in kind), None)
    if place is None or place >= len(node.arguments):
        return _UNKNOWN
    operand = presence(node.arguments[place], lineage)
    return operand.sometimes if node.function in _SOMETIMES else operand


def _absent(operand: Presence) -> Presence:
    # An alert on absence guards against a Prometheus that runs with another configuration. Which
    # labels absence has does not matter: there is one.
    return Presence(frozenset({()})) if operand.most == frozenset() else _UNKNOWN


def _labelled(operand: Presence, name: str, value: str) -> Presence:
    """With a label of a fixed value, as rules set it."""

    def labelled(series: Iterable[LabelSet]) -> frozenset[LabelSet]:
        every = ({**dict(labels), name: value} for labels in series)
        return frozenset(tuple(sorted(labels.items())) for labels in every)

    always, most = operand
    return Presence(labelled(always), None if most is None else labelled(most))


def _combined(node: Binary, lineage: Lineage) -> Presence:
    left, right = (presence(side, lineage) for side in (node.left, node.right))
    if node.operator == "or":
        most = None if left.most is None or right.most is None else left.most | right.most
        return Presence(left.always | (frozenset() if node.matching else right.always), most)
    if node.operator in SET_OPERATORS:
        return left.sometimes
    if is_scalar(node.left) or is_scalar(node.right):
        vector = right if is_scalar(node.left) else left
        return vector.sometimes if node.filters else vector
    if node.matching:
        return _UNKNOWN
    most = left.most if right.most is None else right.most
    return Presence(frozenset() if node.filters else left.always & right.always, most)
