"""Texts whose last digit is not the same in every Prometheus."""

from __future__ import annotations

from pbmon.expr.nodes import Call
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.template import every_digit


def unstable(alert: PlannedAlert, lineage: Lineage) -> str:
    """Why the alert's text differs between versions of Prometheus; empty where it does not.

    avg_over_time() adds up its samples in another order of operations since Prometheus 3.
    """
    averaged = any(
        isinstance(node, Call) and node.function == "avg_over_time"
        for node in lineage.nodes(alert.expr)
    )
    if averaged and any(every_digit(text) for _, text in alert.annotations):
        return (
            "its text shows every digit of a mean over time, and the last one depends on"
            " Prometheus's version: `| humanize` it"
        )
    return ""
