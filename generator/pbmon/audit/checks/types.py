"""Checks that series are read as their types ask for."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.audit.case import Case, Use
from pbmon.audit.checks.grouping import findings
from pbmon.audit.dashboards import Query
from pbmon.audit.lacks import LOST_BUCKETS, Lack, loses_buckets
from pbmon.expr.nodes import (
    Aggregate,
    Binary,
    Call,
    Negation,
    Node,
    Number,
    Selector,
)
from pbmon.expr.walk import walk
from pbmon.finding import Finding

_OF_COUNTERS = frozenset({"rate", "irate", "increase"})
_KEEP_VALUES = frozenset({"sum", "avg", "max", "min", "topk", "bottomk", "quantile"})


def rate_reads_a_counter(case: Case) -> Iterator[Finding]:
    """What `rate()`, `irate()` and `increase()` read is a counter.

    Of a gauge every fall counts as a restart from 0, so the result is a sum of its rises. Types are
    those of the exposition; without one nothing is said.

    To fix it: `deriv()` or `delta()` for a gauge.
    """
    faults = [
        (
            use,
            Lack(
                "rate-reads-a-counter",
                f"{inner.function}() reads {name}, a gauge: every fall counts as a restart",
                "delta() or deriv()",
                "warning",
            ),
        )
        for use, node in case.read
        for inner in walk(node)
        if isinstance(inner, Call) and inner.function in _OF_COUNTERS
        for name in _ranged(inner)
        if case.exposed and case.exposed.type_of(name) == "gauge" and not name.endswith("_total")
    ]
    yield from findings(faults, lambda _: "")


def counter_is_read_by_its_rate(case: Case) -> Iterator[Finding]:
    """A counter is compared or drawn over time by its rate or increase.

    A counter says how much there was since its process started, and falls to 0 with it: a limit on
    it is exceeded once and for all, and a graph of it only rises. What counts as a counter: the
    exposition says so, or its name ends in `_total` and another expression here takes its rate. A
    comparison with 0 asks whether there was any, and is left alone.

    To fix it: `increase(x_total[1h]) > 5`.
    """
    rated = {
        name
        for _, node in case.read
        for inner in walk(node)
        if isinstance(inner, Call) and inner.function in _OF_COUNTERS
        for name in _ranged(inner)
        if name.endswith("_total")
    }
    faults: list[tuple[Use, Lack]] = []
    for use, node in case.read:
        for name, how in dict.fromkeys(_bare(use, node)):
            exposed = case.exposed.type_of(name) if case.exposed else ""
            if exposed == "counter" or (not exposed and name in rated):
                problem = f"{name} is a counter, and {how}"
                help = f"rate({name}[5m]), or increase({name}[1h])"
                lack = Lack("counter-is-read-by-its-rate", problem, help, "warning")
                faults.append((use, lack))
    yield from findings(faults, lambda _: "")


def quantile_has_buckets(case: Case) -> Iterator[Finding]:
    """What `histogram_quantile()` reads keeps the label `le` of its buckets.

    `sum(rate(x_bucket[5m]))` drops it, and the quantile has no value, without a message.

    To fix it: `sum by (le) (rate(x_bucket[5m]))`.
    """
    faults = [
        (use, LOST_BUCKETS)
        for use, node in case.read
        for inner in walk(node)
        if loses_buckets(inner)
    ]
    yield from findings(faults, lambda _: "")


def _ranged(call: Call) -> Iterator[str]:
    for argument in call.arguments:
        if isinstance(argument, Selector):
            yield argument.series.name


def _bare(use: Use, node: Node) -> Iterator[tuple[str, str]]:
    """(series, what is done with it) of values that have a limit, or are drawn over time."""
    for inner in walk(node):
        if isinstance(inner, Binary) and inner.operator in {">", ">="}:
            limit = inner.right.value if isinstance(inner.right, Number) else 0
            for name in _values(inner.left) if limit > 0 else ():
                yield name, "a limit on it is exceeded until its process restarts"
    panel = use.owner.panel if isinstance(use.owner, Query) and use.owner.ranged else None
    if panel is not None and panel.get("type") in {"timeseries", "graph"}:
        for name in _values(node):
            yield name, "drawn as it is it only rises until its process restarts"


def _values(node: Node) -> Iterator[str]:
    """Series whose values as they are make the value of the expression."""
    if isinstance(node, Selector) and not (node.window or node.offset):
        yield node.series.name
    elif isinstance(node, Negation) or (
        isinstance(node, Aggregate) and node.operator in _KEEP_VALUES
    ):
        yield from _values(node.operand)
