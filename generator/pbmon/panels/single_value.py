"""What the kinds take that show one large number a series: Stat, GaugePanel and BarGauge."""

from __future__ import annotations

from typing import Unpack, assert_never

from pbmon.arguments import checked
from pbmon.expr.nodes import (
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
from pbmon.expr.vector import Vector
from pbmon.expr.walk import walk
from pbmon.model.panels import Reducer, SeriesArguments, SeriesChart
from pbmon.model.query import Query
from pbmon.model.standard_options import (
    NO_LIMITS,
    Limits,
    Mappings,
    Thresholds,
    checked_limits,
    checked_mappings,
    checked_thresholds,
)

_AMOUNTS = frozenset({"short", "none", "locale", "bytes", "decbytes", "bits", "decbits"})
"""Units of what is counted, and so never below 0 unless something is taken from it."""
_FALLING = frozenset({"delta", "deriv", "idelta", "predict_linear"})


@checked
class SingleValue(SeriesChart):
    """One number a series.

    reducer: how it is made of the series. limits: lowest and highest value of the scale.
    mappings: value → (text, colour). thresholds: value → colour from there upwards, in place of
    those of the alerts.
    """

    def __init__(
        self,
        title: str,
        *queries: Vector | Query,
        reducer: Reducer = "lastNotNull",
        limits: Limits = NO_LIMITS,
        mappings: Mappings | None = None,
        thresholds: Thresholds | None = None,
        **arguments: Unpack[SeriesArguments],
    ) -> None:
        super().__init__(title, queries, arguments)
        self.reducer: Reducer = reducer
        self.limits = checked_limits(self, limits)
        self.mappings = checked_mappings(self, mappings)
        self.thresholds = checked_thresholds(self, thresholds)


def scale(panel: SingleValue) -> Limits:
    """Limits of a bar or a dial. Of amounts it begins at 0 where its author names no lower limit:
    Grafana would begin at the smallest value there is, and draw that as nothing.
    """
    low, high = panel.limits
    if low is None and panel.unit in _AMOUNTS and (high is None or high > 0):
        nodes = (node for query in panel.queries for node in walk(query.expr.node))
        return (None if any(map(_can_fall_below, nodes)) else 0, high)
    return panel.limits


def _can_fall_below(node: Node) -> bool:
    match node:
        case Negation():
            return True
        case Binary():
            return node.operator == "-"
        case Call():
            return node.function in _FALLING
        case Number():
            return node.value < 0
        case Selector() | Names() | String() | Aggregate() | Subquery():
            return False
        case _:
            assert_never(node)
