"""Texts whose last digit is not the same in every Prometheus."""

from __future__ import annotations

from math import nextafter

from pbmon.expr.nodes import Call
from pbmon.plan.lineage import Lineage
from pbmon.plan.rules import PlannedAlert
from pbmon.proof.texts.expand import expanded
from pbmon.proof.texts.values import UnknownTemplate

_THIRD = 1 / 3


def unstable(alert: PlannedAlert, lineage: Lineage) -> str:
    """Why the alert's text differs between versions of Prometheus; empty where it does not.

    avg_over_time() adds up its samples in another order of operations since Prometheus 3.
    """
    averaged = any(
        isinstance(node, Call) and node.function == "avg_over_time"
        for node in lineage.nodes(alert.expr)
    )
    if averaged and any(_shows_last(text) for _, text in alert.annotations):
        return (
            "its text shows every digit of a mean over time, and the last one depends on"
            " Prometheus's version: `| humanize` it"
        )
    return ""


def _shows_last(text: str) -> bool:
    """Whether the text is another one when the value's last digit is."""
    try:
        return expanded(text, _THIRD, {}) != expanded(text, nextafter(_THIRD, 1), {})
    except UnknownTemplate:
        return False
