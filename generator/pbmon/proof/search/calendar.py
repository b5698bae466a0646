"""Times of day, days of the week and of the month that a condition asks for, as tests reach them.

The clock of a test begins at 1970-01-01 00:00 UTC, a Thursday.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from pbmon.expr.nodes import COMPARISONS, Binary, Call, Names, Node, Selector
from pbmon.expr.text import promql
from pbmon.expr.walk import walk
from pbmon.proof.promql.dates import DATES
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.samples import Clock, Store
from pbmon.proof.search.effort import Unsolved
from pbmon.proof.search.stage import Stage

_STEP = 600
"""Seconds from one tried time to the next; where minutes are asked for, a tenth of it."""

_MOST_TIMES = 8


def times(stage: Stage, longest: float) -> Iterator[float]:
    """The first time, in seconds from the beginning of a test, of every way in which the
    conditions on the date can hold together; not the way in which they do at the beginning.

    longest: the last time to try. Raises Unsolved where a condition that the alert needs holds at
    none.
    """
    conditions = _conditions(stage.alert.expr)
    if not conditions:
        return
    step = _STEP // 10 if any(_reads(node, {"minute"}) for node in conditions) else _STEP
    firsts: dict[tuple[bool, ...], float] = {}
    for time in range(0, int(longest) + 1, step):
        firsts.setdefault(tuple(_is_true(node, time) for node in conditions), float(time))
    for side in _needed(stage.alert.expr):
        if side in conditions and not any(way[conditions.index(side)] for way in firsts):
            raise Unsolved(
                f"the clock of its test begins in 1970 and goes on for {longest / 86400:.0f} days,"
                f" so {promql(side)} never holds there"
            )
    yield from [time for time in firsts.values() if time][:_MOST_TIMES]


def _conditions(node: Node) -> tuple[Binary, ...]:
    """Comparisons that read the date or the time, and no series."""
    return tuple(
        dict.fromkeys(
            inner
            for inner in walk(node)
            if isinstance(inner, Binary) and inner.operator in COMPARISONS
            if _reads(inner, {*DATES, "time"})
            and not any(isinstance(below, Selector | Names) for below in walk(inner))
        )
    )


def _reads(node: Node, functions: Container[str]) -> bool:
    return any(isinstance(inner, Call) and inner.function in functions for inner in walk(node))


def _needed(node: Node) -> Iterator[Node]:
    """The sides that `and` joins: the alert fires while all of them hold."""
    if isinstance(node, Binary) and node.operator == "and":
        yield from _needed(node.left)
        yield from _needed(node.right)
    elif isinstance(node, Binary) and node.operator == "unless":
        yield from _needed(node.left)
    else:
        yield node


def _is_true(node: Binary, time: int) -> bool:
    result = Engine(Store(Clock(1, 1))).vector(node, time)
    return any(result.values()) if node.returns_bool else bool(result)
