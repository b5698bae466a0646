"""What a proven alert does in the smallest situation that fires it, as points of a chart."""

from __future__ import annotations

from math import ceil

from pbmon import durations
from pbmon.expr.nodes import Binary, Node, Number
from pbmon.expr.text import promql
from pbmon.proof.cases.case import Case
from pbmon.proof.cases.proofs import Course, History
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.vectors import Unsteady, Vector
from pbmon.proof.search.solve import deciding, leaves
from pbmon.proof.world.run import Run

POINTS = 32
"""Evaluations shown at most, besides those at which something happens."""


def history(case: Case) -> History:
    """The evaluations around a case's only firing: from shortly before its series change until
    shortly after it resolves.
    """
    run, alert = case.run, case.run.alert
    fired = next(moment.index for moment in case.moments if moment.firing)
    over = next(
        (moment.index for moment in case.moments if moment.index > fired and not moment.firing),
        None,
    )
    pending = fired - ceil(durations.seconds(alert.for_) / run.clock.evaluation)
    indexes = _chart_steps(run, pending, fired, over)
    begin = run.time(run.begin(1))
    courses, operator, limit = _courses(run, indexes, fired)
    return History(
        alert,
        tuple(run.time(index) - begin for index in indexes),
        courses,
        operator,
        limit,
        run.time(pending) - begin,
        run.time(fired) - begin,
        None if over is None else run.time(over) - begin,
    )


def _chart_steps(run: Run, pending: int, fired: int, over: int | None) -> list[int]:
    """Numbers of the evaluations to show: some at equal distances, and those at which something
    happens.
    """
    begin, end = run.begin(1), run.end if over is None else over
    margin = max(2, (end - begin) // 8)
    first, last = max(0, begin - margin), min(run.end, end + margin)
    every = range(first, last + 1, max(1, ceil((last - first) / POINTS)))
    steps = {
        begin - 1,
        begin,
        run.begin(2) - 1,
        run.begin(2),
        pending - 1,
        pending,
        fired,
        end,
        last,
    }
    return sorted({*every, *(index for index in steps if first <= index <= last)})


def _courses(run: Run, indexes: list[int], fired: int) -> tuple[tuple[Course, ...], str, Course]:
    engine = run.engine
    before, times = run.time(run.begin(1) - 1), [run.time(index) for index in indexes]
    sides = [node for node in leaves(run.alert.expr) if isinstance(node, Binary) and node.filters]
    for side in sides:
        changed = bool(_values(engine, side, before)) != bool(
            _values(engine, side, run.time(fired))
        )
        if not changed or isinstance(side.left, Number):
            continue
        largest = side.operator in {">", ">="}
        alike = [
            other for other in sides if (other.operator, other.right) == (side.operator, side.right)
        ]
        if _values(engine, side.left, before) and _values(engine, side.left, run.time(fired)):
            courses = tuple(_course(engine, other.left, times, largest) for other in alike)
            return courses, side.operator, _course(engine, side.right, times, largest)
    holds = tuple(float(bool(run.condition(index))) for index in indexes)
    return (Course(promql(run.alert.expr), holds),), "", Course("", ())


def _course(engine: Engine, node: Node, times: list[int], largest: bool) -> Course:
    if isinstance(node, Number):
        return Course(promql(node), (float(node.value),) * len(times))
    return Course(
        promql(node),
        tuple(deciding(_values(engine, node, time), largest=largest) for time in times),
    )


def _values(engine: Engine, node: Node, time: int) -> Vector:
    """Of series with their names, as a part of a condition may read several; none where Prometheus
    would refuse to evaluate the part alone.
    """
    try:
        result = engine.evaluate(node, time)
    except Unsteady:
        return {}
    return result if isinstance(result, dict) else {(): result}
