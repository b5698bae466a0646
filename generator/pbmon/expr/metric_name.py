"""Whether a result still carries its metric's name."""

from __future__ import annotations

from pbmon.expr.nodes import Aggregate, Binary, Call, Names, Node, Number, Selector

_KEEPING = frozenset({"last_over_time", "sort", "sort_desc"})


def kept_name(node: Node) -> str:
    """The name that every series of the result carries as `__name__`; empty where they carry none,
    or not all the same.
    """
    names = kept_names(node)
    return names[0] if len(names) == 1 else ""


def kept_names(node: Node) -> tuple[str, ...]:
    """Names that series of the result carry as `__name__`; none where some carry none.

    Comparisons, set operations, topk and bottomk keep it; whatever changes the value drops it
    (https://prometheus.io/docs/prometheus/latest/querying/operators/).
    """
    match node:
        case Selector():
            return (node.series.name,)
        case Names():
            return tuple(selector.series.name for selector in node.selectors)
        case Aggregate(operator="topk" | "bottomk"):
            return kept_names(node.operand)
        case Call() if node.function in _KEEPING:
            return kept_names(node.arguments[0])
        case Binary(operator="or"):
            left, right = kept_names(node.left), kept_names(node.right)
            return tuple(dict.fromkeys((*left, *right))) if left and right else ()
        case Binary() if node.operator in {"and", "unless"}:
            return kept_names(node.left)
        case Binary() if node.filters:
            if isinstance(node.left, Number):
                return kept_names(node.right)
            return kept_names(node.left) if _keeps(node) else ()
    return ()


def _keeps(node: Binary) -> bool:
    """Whether a comparison leaves its left side's labels as they are, or has the name among those
    that it matches on and so keeps.
    """
    matching = node.matching
    if isinstance(node.right, Number) or matching is None or matching.kind == "ignoring":
        return True
    return matching.group == "group_left" or "__name__" in matching.labels
