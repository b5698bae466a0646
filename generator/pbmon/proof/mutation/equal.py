"""Why a changed expression has the same meaning as before."""

from __future__ import annotations

from decimal import Decimal

from pbmon.expr.nodes import COMPARISONS, Binary, Node, Number
from pbmon.expr.walk import selectors, walk
from pbmon.proof.mutation.faults import Fault, Others
from pbmon.proof.values.bounds import Bounds

NOT_ABOVE = "what stands in for missing series is not above the limit"
_ONLY_EXISTENCE = "only whether it has a value is asked"
_ONLY_LABELS = "the value is multiplied by 0, and the same scraped series give it its labels"
_NEVER_BETWEEN = "no value lies between the two limits"
_NOTHING = "without traffic the share is NaN, which no comparison lets through"
_SAME = "both are recorded from the same series in the same way"
_BELOW_ZERO = Fault("number", "0", "-0.1")
"""Of a guard `total > 0`, which keeps out a total of 0."""


def same_series(fault: Fault, others: Others) -> str:
    """Why the other series has the same values, or empty."""
    lineage = others.lineage
    same = fault.kind == "series" and lineage.origin(fault.before) == lineage.origin(fault.after)
    return _SAME if same else ""


def unseen(node: Binary, right: Node, fault: Fault, others: Others, *, in_alert: bool) -> str:
    """Why a fault in the right side of a node changes no result, or empty. right: the side with the
    fault.
    """
    guarded = in_alert and node.operator == "/" and isinstance(node.right, Binary)
    if guarded and fault == _BELOW_ZERO:
        return _NOTHING
    limit = node.right
    if node.operator in COMPARISONS and isinstance(limit, Number) and isinstance(right, Number):
        return _between_limits(node, limit, right, others)
    if node.operator == "*" and node.left == Number(Decimal(0)):
        alike = others.lineage.metrics(node.right) == others.lineage.metrics(right)
        other_window = fault.kind == "window" or _is_swap(node.right, right)
        if fault.kind == "aggregation" or (alike and other_window):
            return _ONLY_LABELS
    return _ONLY_EXISTENCE if _asks_existence(node) and fault.kind == "aggregation" else ""


def _between_limits(node: Binary, limit: Number, other: Number, others: Others) -> str:
    low, high = Bounds(others.lineage).of(node.left)
    near, far = sorted((limit.value, other.value))
    if node.operator in {"==", "!="}:
        return "" if low <= near <= high or low <= far <= high else _NEVER_BETWEEN
    reached = low < far and near <= high and not (low == near and node.operator in {">=", "<"})
    return "" if reached else _NEVER_BETWEEN


def _is_swap(before: Node, after: Node) -> bool:
    """Whether the two differ in the names of their series."""
    names, others = ([inner.series.name for inner in selectors(node)] for node in (before, after))
    return names != others


def _asks_existence(node: Binary) -> bool:
    """Whether the value of the right side does not matter: it follows `and` or `unless`, and
    nothing in it is compared.
    """
    return node.operator in {"and", "unless"} and not any(
        isinstance(inner, Binary) and inner.operator in COMPARISONS for inner in walk(node.right)
    )


def stand_ins(node: Node) -> list[tuple[str, Node]]:
    """The substitutes for missing series in shares that are compared with a limit, if a substitute
    is at most the limit.

    The alert is silent then, whichever series the substitute reads (functions.ratio() makes such
    shares, with 0).
    """
    pairs: list[tuple[str, Node]] = []
    for inner in walk(node):
        match inner:
            case Binary(
                operator=">" | ">=",
                left=Binary(
                    operator="/",
                    left=Binary(
                        operator="or" | "and" as operator, right=Binary(operator="*") as stand_in
                    ),
                ),
                right=Number(value=limit),
            ) if isinstance(stand_in.left, Number) and stand_in.left.value <= limit > 0:
                pairs.append((operator, stand_in))
            case _:
                pass  # no share that is compared with a limit
    return pairs
