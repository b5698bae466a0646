"""Alerts whose labels can change at every evaluation, so that their `for` begins again."""

from __future__ import annotations

from typing import assert_never

from pbmon import durations
from pbmon.expr.derivation import shape
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
from pbmon.labels import names
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert

_PICKS = frozenset({"topk", "bottomk", "limitk"})
_STATES = frozenset({"absent", "absent_over_time", "present_over_time", "sgn"})
"""Functions that give one of a few values."""

Causes = dict[str, str]
"""By the labels of a result that may have another value at each evaluation: which operator does
that.
"""


def unsteady(alert: PlannedAlert, lineage: Lineage) -> str:
    """Why the alert may stay pending for ever; empty where it does not.

    topk() keeps the labels of whichever series is the largest at the time: while two take turns,
    neither holds for long. count_values() makes a label of a value, which the next one replaces.
    """
    causes = _causes(alert.expr, lineage) if durations.seconds(alert.for_) else {}
    again = f"time its `for` of {alert.for_} begins again"
    for label, operator in causes.items():
        if operator == "count_values":
            return (
                f"count_values() makes each value a label, {label!r}: when the value changes, the"
                f" alert is another one, and each {again}: count the values that matter, as in"
                " `count(x == 3)`, or drop the label: sum() without it"
            )
        return (
            f"{operator}() keeps the labels of another series whenever another one is in front, and"
            f" each {again}: max() or min() by the labels that matter says the same and stays"
        )
    return ""


def _causes(node: Node, lineage: Lineage) -> Causes:
    match node:
        case Aggregate():
            return _aggregated(node, lineage)
        case Binary("or"):
            return {**_causes(node.right, lineage), **_causes(node.left, lineage)}
        case Binary() if node.operator in SET_OPERATORS:
            # a series stays or goes with its partner
            beside = {
                label: cause
                for label, cause in _causes(node.right, lineage).items()
                if node.matching is None
                or (label in node.matching.labels) == (node.matching.kind == "on")
            }
            return {**beside, **_causes(node.left, lineage)}
        case Binary():
            own, partner, group = node.left, node.right, "group_left"
            if node.matching and node.matching.group == "group_right":
                own, partner, group = node.right, node.left, "group_right"
            every = {**_from_partner(partner, node, group, lineage), **_causes(own, lineage)}
            return _kept(every, node)
        case Call():
            every = Causes()
            for each in node.arguments:
                every |= _causes(each, lineage)
            return _kept(every, node)
        case Negation() | Subquery():
            return _causes(node.operand, lineage)
        case Selector():
            if node.series.name not in lineage.recorded:
                return {}
            return _kept(lineage.of_record(node.series.name, _causes), node)
        case Names() | Number() | String():
            return {}
        case _:
            assert_never(node)


def _kept(causes: Causes, node: Node) -> Causes:
    """Those of labels that the node keeps."""
    kept = _labels(node)
    return {label: cause for label, cause in causes.items() if label in kept}


def _aggregated(node: Aggregate, lineage: Lineage) -> Causes:
    """What the operand has and the result keeps, and what the aggregation itself changes."""
    kept = _labels(node)
    below = _kept(_causes(node.operand, lineage), node)
    if node.operator in _PICKS:
        grouped = kept & set(node.labels) if node.grouping == "by" else kept - set(node.labels)
        return below | dict.fromkeys(sorted(kept - grouped), node.operator)
    if (
        node.operator == "count_values"
        and isinstance(node.parameter, String)
        and not _has_states(node.operand, lineage)
    ):
        return {**below, node.parameter.value: node.operator}
    return below


def _from_partner(partner: Node, of: Binary, group: str, lineage: Lineage) -> Causes:
    """Those of the side of a match that gives the result only the labels it includes, or that are
    matched on.
    """
    causes = _causes(partner, lineage)
    if of.matching is None or of.matching.group != group:
        return causes
    on = of.matching.labels if of.matching.kind == "on" else ()
    return {label: cause for label, cause in causes.items() if label in (*of.matching.include, *on)}


def _labels(node: Node) -> set[str]:
    """Labels that may have several values."""
    known = shape(node)
    every = (*names(known.labels), *names(known.optional))
    return {name for name in every if not known.fixed(name)}


def _has_states(node: Node, lineage: Lineage) -> bool:
    """Whether the values are a few that stay for a while, so that a label of them says which: yes
    or no, or the 1 of what is there.
    """
    match node:
        case Selector():
            name, unit = node.series.name, node.series.unit
            recorded = lineage.recorded.get(name)
            if recorded is not None:
                return _has_states(recorded, lineage)
            return unit.startswith("bool") or name.endswith("_info")
        case Binary():
            return node.returns_bool or (node.filters and _has_states(node.left, lineage))
        case Aggregate():
            keeps = node.operator in {"min", "max"} and _has_states(node.operand, lineage)
            return node.operator == "group" or keeps
        case Call():
            return node.function in _STATES
        case _:
            return False
