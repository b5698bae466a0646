"""Quantiles that have no value, instead of NaN, while nothing is observed.

`histogram_quantile()` of no observations is NaN. Recorded, a single NaN makes every average over an
hour NaN, and no comparison is true of that: one quiet minute blinds an alert for the hour.
"""

from __future__ import annotations

from decimal import Decimal

from pbmon.expr.nodes import Binary, Call, Node, Number, Subquery
from pbmon.expr.walk import children, with_children

_LEAST = Number(Decimal("-Infinity"))
"""Every number is at least this; NaN is not."""


def numbers_only(node: Node, *, stored: bool) -> Node:
    """The expression with `>= -Inf` behind each quantile whose value is stored: by a recording rule
    (`stored`), or by a subquery in it. A quantile that is compared anyway stays as it is.
    """
    stored = stored or isinstance(node, Subquery)
    if isinstance(node, Call) and node.function == "histogram_quantile":
        return Binary(">=", node, _LEAST) if stored else node
    compared = isinstance(node, Binary) and node.filters
    operands = children(node)
    changed = [
        operand
        if compared and isinstance(operand, Call) and operand.function == "histogram_quantile"
        else numbers_only(operand, stored=stored)
        for operand in operands
    ]
    return with_children(node, changed) if operands else node
