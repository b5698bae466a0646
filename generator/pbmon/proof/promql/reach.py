"""How far back an expression looks, and when it has the value that it had before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf
from weakref import WeakKeyDictionary

from pbmon import durations
from pbmon.expr.nodes import Call, Node, Selector, Subquery
from pbmon.expr.walk import walk
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.samples import LOOKBACK, Store

_OF_GROWTH = frozenset({"rate", "increase"})
"""Functions to which a counter that grows evenly looks the same at any time."""

_OF_TIME = frozenset(
    {"time", "timestamp", "minute", "hour", "month", "year", "days_in_month", "day_of_month"}
    | {"day_of_week", "day_of_year", "ts_of_last_over_time", "ts_of_max_over_time"}
    | {"ts_of_min_over_time"}
)


def reach(node: Node, lineage: Lineage) -> float:
    """How long, in seconds, the past can be seen in the expression's value."""
    records: dict[str, float] = {}

    def below(node: Node) -> float:
        return max(map(seconds_of, walk(node)))

    def seconds_of(inner: Node) -> float:
        if not isinstance(inner, Selector | Subquery):
            return 0.0
        seconds = durations.seconds(inner.window) if inner.window else 0.0
        if isinstance(inner, Subquery):
            return seconds + durations.shift(inner.offset) + below(inner.operand)
        name = inner.series.name
        if name in lineage.recorded and name not in records:
            records[name] = below(lineage.recorded[name])
        seconds += durations.shift(inner.offset)
        return seconds + records.get(name, 0.0)

    return below(node)


@dataclass(frozen=True)
class Past:
    """What an expression sees: the scraped series below it, and of each whether only its growth is
    seen; and how many seconds of them.
    """

    series: tuple[tuple[str, bool], ...]
    seconds: float

    def rest(self, store: Store, time: float) -> tuple[tuple[object, ...], float] | None:
        """What each series does in all of that past, where none of them changes what it does there,
        and until when all of them go on so. At times of evaluations with the same rest, the
        expression has the same value to the last digit: every step divides the time between two of
        them.
        """
        step = store.clock.sample
        first, stop = int(-((self.seconds - time) // step)), int(time // step) + 1
        if first < 0:
            return None
        rest: list[object] = []
        end = inf
        for name, growing in self.series:
            for line in store.lines.get(name, ()):
                only = line.only(first, stop)
                if only is None or (only.growth and not (growing and only.is_high(first, stop))):
                    return None
                # 0 and -0 are equal, and not the same
                rest.append(only.growth if only.growth else (only.first or repr(only.first),))
                end = min(end, only.stop)
        return tuple(rest), end * step


_pasts: WeakKeyDictionary[Lineage, dict[int, tuple[Node, Past | None]]] = WeakKeyDictionary()
"""By plan, and by the identity of its expressions."""


def past(node: Node, lineage: Lineage) -> Past | None:
    """What the expression of a rule sees; None where its value depends on the time itself, or on
    what a record was at another evaluation.
    """
    known = _pasts.setdefault(lineage, {})
    if id(node) not in known:
        known[id(node)] = node, _past(node, lineage)
    return known[id(node)][1]


def _past(node: Node, lineage: Lineage) -> Past | None:
    nodes = list(lineage.nodes(node))
    late = {name for _, name in lineage.late} & set(lineage.records(node))
    if late or any(map(_tells_time, nodes)):
        return None
    scraped = [
        inner
        for inner in nodes
        if isinstance(inner, Selector) and inner.series.name not in lineage.recorded
    ]
    reads = Counter(selector.series.name for selector in scraped)
    of_growth = Counter(
        inner.arguments[0].series.name
        for inner in nodes
        if isinstance(inner, Call)
        and inner.function in _OF_GROWTH
        and isinstance(inner.arguments[0], Selector)
    )
    seconds = reach(node, lineage)
    if not all(selector.window for selector in scraped):
        seconds += LOOKBACK
    series = tuple((name, of_growth[name] == count) for name, count in reads.items())
    return Past(series, seconds)


def _tells_time(node: Node) -> bool:
    """Whether the node's value depends on when it is evaluated, or on seconds that are no whole
    ones, whose differences are rounded.
    """
    match node:
        case Subquery():
            return True
        case Call():
            return node.function in _OF_TIME
        case Selector():
            lengths = [node.window or "0s", node.offset.removeprefix("-") or "0s"]
            whole = all(durations.milliseconds(length) % 1000 == 0 for length in lengths)
            return bool(node.at) or node.offset.startswith("-") or not whole
        case _:
            return False
