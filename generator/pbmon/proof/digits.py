"""Texts whose last digit is not the same in every Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pbmon.expr.nodes import Call, Node, Selector
from pbmon.expr.walk import walk
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.template import every_digit


def unstable(alert: PlannedAlert, records: Mapping[str, Node]) -> str:
    """Why the alert's text differs from one Prometheus to the other; empty where it does not.

    avg_over_time() adds up its samples in another order of operations since Prometheus 3.
    """
    averaged = any(
        isinstance(node, Call) and node.function == "avg_over_time"
        for node in _below(alert.expr, records)
    )
    if averaged and any(every_digit(text) for _, text in alert.annotations):
        return (
            "its text shows every digit of a mean over time, and the last one depends on"
            " Prometheus's version: `| humanize` it"
        )
    return ""


def _below(node: Node, records: Mapping[str, Node]) -> Iterator[Node]:
    """Every node of the expression and of the records it reads."""
    for inner in walk(node):
        yield inner
        if isinstance(inner, Selector) and inner.series.name in records:
            yield from _below(records[inner.series.name], records)
