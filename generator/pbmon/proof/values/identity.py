"""Alerts whose labels can change at every evaluation, so that their `for` begins again."""

from __future__ import annotations

from pbmon import durations
from pbmon.expr.nodes import COMPARISONS, SET_OPERATORS, Aggregate, Binary, Call, Node
from pbmon.plan.rules import PlannedAlert

_PICKS = frozenset({"topk", "bottomk", "limitk"})


def unsteady(alert: PlannedAlert) -> str:
    """Why the alert may stay pending for ever; empty where it does not.

    topk() keeps the labels of whichever series is the largest at the time: while two take turns,
    neither holds for long.
    """
    if not durations.seconds(alert.for_) or not (picks := _picks(alert.expr)):
        return ""
    return (
        f"{picks}() keeps the labels of another series whenever another one is in front, and each"
        f" time its `for` of {alert.for_} begins again: max() or min() by the labels that matter"
        " says the same and stays"
    )


def _picks(node: Node) -> str:
    """The function that picks which series the result has, where there is one."""
    match node:
        case Aggregate():
            return node.operator if node.operator in _PICKS else ""
        case Binary("or"):
            return _picks(node.left) or _picks(node.right)
        case Binary() if node.operator in SET_OPERATORS:
            return _picks(node.left)
        case Binary() if node.operator in COMPARISONS or node.matching is None:
            return _picks(node.left) or _picks(node.right)
        case Binary():
            return _picks(node.left)
        case Call():
            return next(filter(None, map(_picks, node.arguments)), "")
        case _:
            return ""
