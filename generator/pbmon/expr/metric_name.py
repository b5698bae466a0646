"""Whether a result still carries its metric's name."""

from __future__ import annotations

from pbmon.expr.nodes import COMPARISONS, Aggregate, Binary, Call, Node, Number, Selector

_KEEPING = frozenset({"last_over_time", "sort", "sort_desc"})


def kept_name(node: Node) -> str:
    """The name that every series of the result carries as `__name__`; empty where they carry none
    or where it is not known.

    Comparisons, set operations, topk and bottomk keep it; whatever changes the value drops it
    (https://prometheus.io/docs/prometheus/latest/querying/operators/).
    """
    match node:
        case Selector():
            return node.series.name
        case Aggregate(operator="topk" | "bottomk"):
            return kept_name(node.operand)
        case Call() if node.function in _KEEPING:
            return kept_name(node.arguments[0])
        case Binary(operator="or"):
            left = kept_name(node.left)
            return left if left == kept_name(node.right) else ""
        case Binary() if node.operator in {"and", "unless"}:
            return kept_name(node.left)
        case Binary() if node.operator in COMPARISONS:
            if isinstance(node.left, Number):
                return kept_name(node.right)
            by_name = node.matching is not None and node.matching.kind == "on"
            vectors = not isinstance(node.right, Number)
            return "" if by_name and vectors and not _many(node) else kept_name(node.left)
    return ""


def _many(node: Binary) -> bool:
    return node.matching is not None and node.matching.group == "group_left"
