"""What Prometheus's HTTP API would answer to the queries of a dashboard.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf, isnan
from typing import Any

from pbmon import durations
from pbmon.expr.nodes import Aggregate, Node, Number, Series
from pbmon.expr.syntax import nodes
from pbmon.expr.walk import selectors
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import Plan
from pbmon.preview.scenarios import World
from pbmon.preview.timeline import END, Timeline
from pbmon.proof.promql.engine import Engine
from pbmon.proof.promql.vectors import UnknownSemantics, Unsteady, Vector

Json = dict[str, Any]
_VARIABLE = re.compile(r"\$(?:\{(\w+)[^}]*\}|(\w+))")


@dataclass(frozen=True)
class Question:
    """A query of a dashboard. at: its panel's id and its letter; of an annotation, its name."""

    at: str
    expr: str
    instant: bool
    interval: float


class Answers:
    """Answers the queries of a plan's dashboards, with All chosen in each variable."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._nodes: dict[str, Node] = {}

    def of(self, dashboard: PlannedDashboard, world: World, *, all_of_it: bool = True) -> Json:
        """Answers by `at` of the question. all_of_it: not only those that differ from when all is
        well.
        """
        answers: Json = {}
        for question in self._questions(dashboard):
            try:
                node = self._node(question, dashboard, world.timeline)
                read = {selector.series.name for selector in selectors(node)}
                if all_of_it or read & world.changed:
                    answers[question.at] = _answer(node, world, instant=question.instant)
            except (UnknownSemantics, ValueError, KeyError) as error:
                answers[question.at] = {
                    "status": "error",
                    "errorType": "execution",
                    "error": f"the preview cannot compute {question.expr}: {error}",
                }
        return answers

    def _questions(self, dashboard: PlannedDashboard) -> Iterator[Question]:
        scraped = durations.seconds(self._plan.settings.scrape_interval)
        for row in dashboard.rows:
            for panel in row.panels:
                interval = durations.seconds(panel.interval) if panel.interval else scraped
                for target in panel.targets:
                    at = f"{panel.id}.{target.ref_id}"
                    yield Question(at, target.expr, target.instant, interval)
        for annotation in dashboard.annotations:
            yield Question(f"annotation.{annotation.name}", annotation.expr, False, scraped)

    def _node(self, question: Question, dashboard: PlannedDashboard, timeline: Timeline) -> Node:
        rate = max(timeline.step + question.interval, 4 * question.interval)
        values = {
            **dict.fromkeys((each.name for each in dashboard.variables), ".*"),
            **self._chosen(dashboard),
            "__interval": durations.text(timeline.step),
            "__rate_interval": durations.text(rate),
            "__range": durations.text(timeline.length),
            "__range_s": str(timeline.length),
        }
        text = _VARIABLE.sub(
            lambda match: values.get(match[1] or match[2], match[0]), question.expr
        )
        if text not in self._nodes:
            self._nodes[text] = nodes(text, self._find, lambda _: ())
        return self._nodes[text]

    def _chosen(self, dashboard: PlannedDashboard) -> Mapping[str, str]:
        """All jobs that the dashboard's variable offers: those its query names."""
        for variable in dashboard.variables:
            if variable.name == "job" and (match := re.search(r'job=~?"([^"]*)"', variable.query)):
                return {"job": match[1]}
        return {}

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


def _answer(node: Node, world: World, *, instant: bool) -> Json:
    engine = Engine(world.store)
    moments = [END] if instant else world.timeline.shown
    series: dict[tuple[tuple[str, str], ...], list[tuple[int, str]]] = {}
    for moment in moments:
        vector = _values(engine, node, moment)
        for labels, value in vector.items():
            series.setdefault(labels, []).append((moment, _text(value)))
    if instant:
        ranked = sorted(series.items(), key=lambda each: -float(each[1][0][1]))
        found = [{"metric": dict(labels), "value": values[0]} for labels, values in ranked]
        return _success("vector", found)
    return _success(
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


def _success(kind: str, result: list[Json]) -> Json:
    return {"status": "success", "data": {"resultType": kind, "result": result}}


def _text(value: float) -> str:
    """As Prometheus writes it, with seven digits: a picture shows no more."""
    if isnan(value):
        return "NaN"
    if value in {inf, -inf}:
        return "+Inf" if value > 0 else "-Inf"
    return f"{value:.7g}" if abs(value) < 1e6 else repr(value)
