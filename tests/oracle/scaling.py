"""Rules whose windows and waits are a fifteenth as long, and whose values are the same.

One second stands for fifteen. What Prometheus counts by the second is brought back to the proof's
seconds: a rate is divided by 15, an age multiplied. So every limit stays as it was defined.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from oracle.traces import SCALE
from pbmon import durations
from pbmon.expr.nodes import Binary, Call, Negation, Node, Number, Selector, Series, Subquery
from pbmon.expr.walk import rewrite
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, PlannedGroup, PlannedRecord

_PER_SECOND = frozenset({"rate", "irate", "deriv"})
_DATES = frozenset(
    {
        "day_of_month",
        "day_of_week",
        "day_of_year",
        "days_in_month",
        "hour",
        "minute",
        "month",
        "year",
    }
)


def shorter(duration: str) -> str:
    """A fifteenth of a duration; of none, none."""
    if not duration:
        return ""
    sign = "-" * duration.startswith("-")
    return sign + durations.text(durations.seconds(duration.removeprefix("-")) / SCALE)


@dataclass(frozen=True)
class Scaling:
    """space: begins the names of series and alerts, so that trials never meet. begin: of the trial,
    seconds since 1970. first: the proof's second at which it begins. kept: series that keep their
    names, for Prometheus makes them.
    """

    space: str
    begin: float
    first: float
    kept: frozenset[str] = frozenset()

    def node(self, node: Node) -> Node:
        """The expression in the trial's time and names."""
        return rewrite(node, self._changed)

    def group(self, plan: Plan, alert: PlannedAlert) -> PlannedGroup:
        """The alert behind the records that it reads, in a group of their own."""
        below = set(plan.lineage.records(alert.expr))
        records = [
            replace(rule, name=self.space + rule.name, expr=self.node(rule.expr))
            for group in plan.evaluated
            for rule in group.rules
            if isinstance(rule, PlannedRecord) and rule.name in below
        ]
        scaled = replace(
            alert,
            name=self.space + alert.name,
            expr=self.node(alert.expr),
            for_=shorter(alert.for_),
            keep_firing_for=shorter(alert.keep_firing_for),
        )
        return PlannedGroup(
            self.space, f"{self.space}.yml", "A trial.", "", (*records, scaled), alert.source
        )

    def _changed(self, node: Node) -> Node:
        match node:
            case Selector(series, window=window, offset=offset):
                return replace(
                    node,
                    series=self._renamed(series),
                    window=shorter(window),
                    offset=shorter(offset),
                )
            case Subquery(_, window, step, offset):
                return replace(
                    node, window=shorter(window), step=shorter(step), offset=shorter(offset)
                )
            case Call("predict_linear", (vector, ahead)):
                return replace(node, arguments=(vector, _over(ahead)))
            case Call("time" | "timestamp"):
                return self._seconds(node)
            case Call(function) if function in _PER_SECOND:
                return _over(node)
            case Call(function, ()) if function in _DATES:
                now = self._seconds(Call("time", ()))
                return Call(function, (Call("vector", (now,)),))
            case _:
                return node

    def _renamed(self, series: Series) -> Series:
        if series.metric in self.kept:
            return series
        return replace(series, name=self.space + series.name, metric=self.space + series.metric)

    def _seconds(self, moment: Node) -> Node:
        """Seconds since 1970 as seconds of the proof."""
        passed = Binary("-", moment, _number(self.begin))
        return Binary("+", Binary("*", passed, _number(SCALE)), _number(self.first))


def _over(node: Node) -> Node:
    return Binary("/", node, _number(SCALE))


def _number(value: float) -> Node:
    number = Number(Decimal(repr(abs(value))))
    return Negation(number) if value < 0 else number
