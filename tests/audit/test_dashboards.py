"""Queries of dashboards are read as Grafana sends them, and what they cannot mean is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from audited_files import dashboard, look, of, panel, problems

VARIABLES: list[dict[str, Any]] = [
    {"name": "job", "type": "query", "query": "label_values(up, job)"},
    {"name": "step", "type": "interval", "query": "1m,5m"},
    {"name": "by", "type": "custom", "options": [{"value": "job"}]},
    {"name": "metric", "type": "query", "query": "metrics(shop_.*)"},
    {"name": "limit", "type": "textbox", "query": "5"},
    {"name": "filter", "type": "textbox", "query": 'job="a"'},
    {"name": "prefix", "type": "constant", "query": "shop"},
]
QUERIES = {
    "in quotes": 'up{job=~"$job"}',
    "with a format": 'up{job=~"${job:regex}"}',
    "the old way": 'up{job=~"[[job]]"}',
    "as a window": "rate(a_total[$step])",
    "as a window of Grafana's": "rate(a_total[${__rate_interval}])",
    "as a label": "sum by ($by) (up)",
    "as a name": "rate($metric[5m])",
    "as a part of a name": "${prefix}_orders",
    "as a number": "topk($limit, up)",
    "as a matcher": "up{$filter}",
    "as seconds": "increase(a_total[${__range_s}s]) / $__range_s",
    "an offset": "up offset $step",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_variable_may_stand_anywhere(query: str, tmp_path: Path) -> None:
    report = look(tmp_path, {"a.json": dashboard(panel(query), variables=VARIABLES)})
    assert report.findings == ()


UNDEFINED = {
    "in quotes": ('up{job="$gone"}', ["gone"]),
    "as a name": ("${gone}_total", ["gone"]),
    "built in": ('up{job="$__all"}', []),
    "a dollar that is quoted": ('up{job!~"\\\\$SYS.*"}', []),
    "the end of a pattern": ('up{job=~"^a$|b$"}', []),
    "a group of a pattern": ('label_replace(up, "a", "$host", "b", "(?P<host>.*)")', []),
}


@pytest.mark.parametrize(("query", "names"), UNDEFINED.values(), ids=UNDEFINED)
def test_a_variable_that_is_not_defined_is_told(
    query: str, names: list[str], tmp_path: Path
) -> None:
    report = look(tmp_path, {"a.json": dashboard(panel(query))})
    told = problems(report, "dashboard-variables-are-defined")
    assert ["$gone" in problem for problem in told] == [True for _ in names]


OTHERS = {
    "of Loki by type": panel('{job="a"} |= "x"', datasource={"type": "loki", "uid": "x"}),
    "of Loki by its words": panel('sum(rate({job="a"} | json [5m]))', datasource=None),
    "of Loki by a variable": panel("up{", datasource="$logs"),
    "of Grafana": panel("up{", datasource={"type": "datasource", "uid": "grafana"}),
    "hidden": panel(targets=[{"refId": "A", "expr": "up{", "hide": True}]),
}


@pytest.mark.parametrize("board", OTHERS.values(), ids=OTHERS)
def test_what_no_prometheus_is_asked_is_left_alone(board: dict[str, Any], tmp_path: Path) -> None:
    logs = {"name": "logs", "type": "datasource", "query": "loki"}
    report = look(tmp_path, {"a.json": dashboard(board, variables=[logs])})
    assert of(report, "expression-parses") == [] and report.total.queries == 0


def test_a_query_that_is_no_promql_is_told_at_its_line(tmp_path: Path) -> None:
    text = dashboard(panel("sum(up)", "sum(up) or 1 or"))
    report = look(tmp_path, {"a.json": text})
    (finding,) = of(report, "expression-parses")
    assert '"sum(up) or 1 or"' in text.splitlines()[finding.source.line - 1]
    assert report.total.answered == 1 and of(report, "panel-can-show-data") == []


def test_a_panel_of_which_every_query_is_dead_is_told(tmp_path: Path) -> None:
    (finding,) = of(
        look(tmp_path, {"a.json": dashboard(panel("up{", "x / "))}), "panel-can-show-data"
    )
    assert finding.level == "error" and "all of its 2 queries" in finding.problem


def test_a_panel_that_asks_others_too_may_show_something(tmp_path: Path) -> None:
    logs = {"refId": "B", "expr": '{a="b"}', "datasource": {"type": "loki"}}
    mixed = panel(targets=[{"refId": "A", "expr": "up{"}, logs])
    assert of(look(tmp_path, {"a.json": dashboard(mixed)}), "panel-can-show-data") == []


def test_a_variable_whose_query_is_no_promql_is_told(tmp_path: Path) -> None:
    broken = {"name": "job", "type": "query", "query": {"query": "label_values(up{, job)"}}
    report = look(tmp_path, {"a.json": dashboard(panel("up"), variables=[broken])})
    assert "variable 'job'" in problems(report, "expression-parses")[0]


NOTES = {
    "no unit": (panel("up", fieldConfig={}), ["panel-has-unit"]),
    "a unit by override": (
        panel("up", fieldConfig={"overrides": [{"properties": [{"id": "unit", "value": "s"}]}]}),
        [],
    ),
    "a unit of old": (panel("up", type="graph", fieldConfig={}, yaxes=[{"format": "s"}]), []),
    "no data source": (panel("up", datasource=None), ["panel-has-datasource"]),
    "a table": (panel("up", type="table", fieldConfig={}), []),
}


@pytest.mark.parametrize(("board", "told"), NOTES.values(), ids=NOTES)
def test_what_costs_readers_little_is_a_note(
    board: dict[str, Any], told: list[str], tmp_path: Path
) -> None:
    report = look(tmp_path, {"a.json": dashboard(board)})
    assert [(f.check, f.level) for f in report.findings] == [(check, "note") for check in told]


def test_what_grafana_does_not_know_is_told_of_others_dashboards_too(tmp_path: Path) -> None:
    unknown = panel("up", fieldConfig={"defaults": {"unit": "orders"}})
    for text in (dashboard(unknown), dashboard(rows=[{"panels": [unknown]}])):
        (finding,) = of(look(tmp_path, {"a.json": text}), "grafana-knows-the-name")
        assert text.splitlines()[finding.source.line - 1].strip() == "{"
        assert finding.source.line > 1


LEGENDS = {
    "a label that is kept": ("sum by (job) (up)", "{{job}}", 0),
    "one that is dropped": ("sum by (job) (up)", "{{ instance }} of {{job}}", 1),
    "of any series": ("up", "{{whatever}}", 0),
    "a variable's": ("sum by ($by) (up)", "{{instance}}", 0),
    "a plain text": ("sum(up)", "all", 0),
}


@pytest.mark.parametrize(("query", "legend", "count"), LEGENDS.values(), ids=LEGENDS)
def test_a_legend_that_prints_what_the_query_drops_is_told(
    query: str, legend: str, count: int, tmp_path: Path
) -> None:
    asked = panel(targets=[{"refId": "A", "expr": query, "legendFormat": legend}])
    report = look(tmp_path, {"a.json": dashboard(asked, variables=VARIABLES)})
    assert len(of(report, "legend-prints-kept-labels")) == count
