"""What Prometheus's HTTP API would answer to the queries of a dashboard.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from math import inf, isnan
from typing import Any

from pbmon import durations
from pbmon.expr.nodes import Aggregate, Node, Number, Series
from pbmon.expr.syntax import nodes
from pbmon.expr.walk import selectors
from pbmon.live.variables import Chosen, Variables, expand, variables, windows
from pbmon.panels.kind import PlannedPanel
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import Plan
from pbmon.preview.memory import Memory
from pbmon.preview.scenarios import World, inputs
from pbmon.preview.timeline import Span
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.vectors import UnknownSemantics, Unsteady, Vector

Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """A query of a dashboard. at: its panel's id and its letter; of an annotation, its name.
    repeat: variables for whose values it is asked, once for each.
    """

    at: str
    expr: str
    instant: bool
    interval: float
    repeat: tuple[str, ...] = ()


def questions(dashboard: PlannedDashboard, plan: Plan) -> Iterator[Question]:
    """Every query of a dashboard."""
    scraped = durations.seconds(plan.settings.scrape_interval)
    for row in dashboard.rows:
        for panel in row.panels:
            interval = durations.seconds(panel.interval) if panel.interval else scraped
            for target in panel.targets:
                at = f"{panel.id}.{target.ref_id}"
                repeat = tuple(filter(None, (row.repeat, _repeat_of(panel))))
                yield Question(at, target.expr, target.instant, interval, repeat)
    for annotation in dashboard.annotations:
        yield Question(f"annotation.{annotation.name}", annotation.expr, False, scraped)


def _repeat_of(panel: PlannedPanel[Any]) -> str:
    return panel.definition.repeat.name if panel.definition.repeat else ""


def queries(
    dashboard: PlannedDashboard, plan: Plan, span: Span, variables: Variables
) -> Iterator[tuple[str, str, bool]]:
    """Every query with its variables filled in: where it belongs, itself, whether it is instant."""
    for question in questions(dashboard, plan):
        lengths = windows(span.step, question.interval, span.length)
        lengths["__range_s"] = str(span.length)
        for mark, texts in variables.each(question.repeat):
            yield question.at + mark, expand(question.expr, {**texts, **lengths}), question.instant


class Answers:
    """Answers the queries of a plan's dashboards."""

    def __init__(self, plan: Plan, memory: Memory | None = None) -> None:
        self._plan = plan
        self._memory = memory or Memory()
        self._nodes: dict[str, Node] = {}

    def of(
        self,
        dashboard: PlannedDashboard,
        world: World,
        span: Span,
        variables: Variables,
        *,
        all_of_it: bool = True,
    ) -> Json:
        """Answers by `at` of the question. all_of_it: not only those that differ from when all is
        well.
        """
        answers: Json = {}
        for at, text, instant in queries(dashboard, self._plan, span, variables):
            try:
                node = self._read(text)
                read = {selector.series.name for selector in selectors(node)}
                if all_of_it or read & world.changed:
                    answers[at] = self._memory.of(
                        (text, span, instant),
                        inputs(node, world.store),
                        partial(_answer, node, world, span, instant=instant),
                    )
            except (UnknownSemantics, ValueError, KeyError) as error:
                answers[at] = failed(f"the preview cannot compute {text}: {error}")
        return answers

    def variables(
        self, dashboard: PlannedDashboard, world: World, span: Span, chosen: Chosen
    ) -> Variables:
        """The dashboard's variables, with the values that there are in this world."""
        engine = Engine(world.store)

        def values_of(label: str, selector: str) -> list[str]:
            node = self._read(selector)
            vectors = (_values(engine, node, moment) for moment in (span.begin, span.end))
            values = {dict(labels).get(label, "") for vector in vectors for labels in vector}
            return sorted(values - {""})

        return variables(dashboard.variables, chosen, values_of)

    def _read(self, text: str) -> Node:
        if text not in self._nodes:
            self._nodes[text] = nodes(text, self._find, lambda _: ())
        return self._nodes[text]

    def _find(self, name: str) -> Series:
        return self._series[name]

    @cached_property
    def _series(self) -> dict[str, Series]:
        """Every series that an expression may read, by name."""
        every = {each.name: each for metric in self._plan.catalog.metrics for each in metric.series}
        expressions = [
            *(record.expr for record in self._plan.records),
            *(alert.expr for alert in self._plan.alerts),
            *(
                target.node
                for dashboard in self._plan.dashboards
                for row in dashboard.rows
                for panel in row.panels
                for target in panel.targets
            ),
        ]
        for node in expressions:
            every |= {selector.series.name: selector.series for selector in selectors(node)}
        return every


def _answer(node: Node, world: World, span: Span, *, instant: bool) -> Json:
    engine = Engine(world.store)
    moments = [span.end] if instant else span.moments
    series: dict[tuple[tuple[str, str], ...], list[tuple[int, str]]] = {}
    for moment in moments:
        vector = _values(engine, node, moment)
        for labels, value in vector.items():
            series.setdefault(labels, []).append((moment, text_of(value)))
    if instant:
        ranked = sorted(series.items(), key=lambda each: -float(each[1][0][1]))
        found = [{"metric": dict(labels), "value": values[0]} for labels, values in ranked]
        return success("vector", found)
    return success(
        "matrix",
        [{"metric": dict(labels), "values": values} for labels, values in sorted(series.items())],
    )


def _values(engine: Engine, node: Node, moment: int) -> Vector:
    """What the expression gives. Where several series are equally the largest, Prometheus takes any
    of them; here the first by their labels.
    """
    try:
        result = engine.evaluate(node, moment)
    except Unsteady:
        if not isinstance(node, Aggregate) or node.operator not in {"topk", "bottomk"}:
            raise
        if node.labels or not isinstance(node.parameter, Number):
            raise
        every = engine.evaluate(node.operand, moment)
        assert isinstance(every, dict)
        sign = -1 if node.operator == "topk" else 1
        ranked = sorted(every.items(), key=lambda each: (sign * each[1], each[0]))
        return dict(ranked[: int(node.parameter.value)])
    return result if isinstance(result, dict) else {(): result}


def success(kind: str, result: list[Json]) -> Json:
    """An answer that holds series."""
    return {"status": "success", "data": {"resultType": kind, "result": result}}


def failed(why: str) -> Json:
    """An answer that says why there are none."""
    return {"status": "error", "errorType": "execution", "error": why}


def text_of(value: float) -> str:
    """As Prometheus writes it, with seven digits: a picture shows no more."""
    if isnan(value):
        return "NaN"
    if value in {inf, -inf}:
        return "+Inf" if value > 0 else "-Inf"
    return f"{value:.7g}" if abs(value) < 1e6 else repr(value)
