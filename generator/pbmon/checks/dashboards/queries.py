"""Checks of the queries of a dashboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import promql_parser

from pbmon.checks.dashboards.parts import Board, Json, charts, name, part, parts, text
from pbmon.checks.dashboards.variables import USE, WINDOW, expanded
from pbmon.expr.parsing import parsed
from pbmon.finding import Finding

WINDOWED = frozenset(("rate", "irate", "increase"))
BUILT_IN_SOURCES = frozenset(("-- Grafana --", "-- Mixed --", "-- Dashboard --"))


class Query(NamedTuple):
    """A PromQL expression of the dashboard.

    where: its place in messages. instant: whether it is evaluated at one moment only. panel: None
    for an annotation.
    """

    where: str
    expr: str
    instant: bool
    panel: Json | None


def panel_has_query(board: Board) -> Iterator[Finding]:
    """Every panel that shows values has a query.

    A panel without a query says "No data", which looks like an outage.

    To fix it: give the panel an expression, or take it out.
    """
    for panel in charts(board.json):
        if not parts(panel, "targets"):
            yield Finding(
                "panel-has-query",
                board.author(panel),
                f"{name(panel)} has no query, so it always says No data",
                "give it an expression, or make it a text panel",
            )


def query_letters_are_unique(board: Board) -> Iterator[Finding]:
    """No two queries of a panel have the same letter (refId).

    Grafana stores answers by letter. When two queries share a letter, one answer is lost.

    To fix it: name them A, B, C.
    """
    for panel in charts(board.json):
        for letter, times in Counter(
            text(target, "refId") for target in parts(panel, "targets")
        ).items():
            if times > 1:
                yield Finding(
                    "query-letters-are-unique",
                    board.author(panel),
                    f"{name(panel)} has {times} queries with refId {letter}, so only one of their"
                    " answers shows",
                    "name them A, B, C",
                )


def dashboard_query_parses(board: Board) -> Iterator[Finding]:
    """Every query is PromQL once Grafana has put values in place of its variables.

    Otherwise Prometheus refuses the query, and the panel shows an error.

    To fix it: mend the expression where the message points.
    """
    for query in _queries(board.json):
        try:
            parsed(expanded(query.expr, board.json))
        except ValueError as error:
            yield Finding(
                "dashboard-query-parses",
                board.author(query.panel),
                f"{query.where} is not PromQL, so Prometheus refuses it:"
                f" {' '.join(str(error).split())[:200]}",
                "the expression is " + query.expr[:200],
            )


def rate_follows_zoom(board: Board) -> Iterator[Finding]:
    """Every rate over raw series in a graph uses the window $__rate_interval.

    With `rate(x[5m])` a graph over a week draws a point each half hour and skips 25 minutes of
    samples between; with a window under four scrape intervals it has holes. `$__rate_interval` fits
    both. Recorded series (with a colon in the name) have their window already, and a query for one
    moment has no step, so any window is right.

    To fix it: `rate(x[$__rate_interval])`.
    """
    for query in _queries(board.json):
        if query.instant:
            continue
        for function, series in _fixed_windows(expanded(query.expr, board.json)):
            yield Finding(
                "rate-follows-zoom",
                board.author(query.panel),
                f"{query.where} has a fixed window in {function}({series}[...]), so it skips"
                " samples when zoomed out",
                "use [$__rate_interval], or a recorded series",
                level="warning",
            )


def dashboard_datasource_is_a_variable(board: Board) -> Iterator[Finding]:
    """Every panel, variable and annotation asks the data source chosen at the top of the dashboard.

    A data source written into the file exists in one Grafana only. In any other one the panel shows
    an error, and readers cannot switch between staging and production.

    To fix it: `"uid": "${datasource}"`.
    """
    owners: list[tuple[str, Json, Json | None]] = [
        (name(panel), panel, panel) for panel in charts(board.json)
    ]
    owners += [
        (f"{name(panel)}, query {target.get('refId')},", target, panel)
        for panel in charts(board.json)
        for target in parts(panel, "targets")
    ]
    for key, what in (("templating", "variable"), ("annotations", "annotation")):
        owners += [
            (f"{what} '{text(item, 'name')}'", item, None)
            for item in parts(board.json, key, "list")
        ]
    for where, owner, panel in owners:
        uid = text(part(owner, "datasource"), "uid")
        if uid and uid not in BUILT_IN_SOURCES and not USE.fullmatch(uid):
            yield Finding(
                "dashboard-datasource-is-a-variable",
                board.author(panel),
                f"{where} asks data source '{uid}', so it works in one Grafana only",
                "use ${datasource}",
            )


def _queries(dashboard: Json) -> Iterator[Query]:
    for panel in charts(dashboard):
        for target in parts(panel, "targets"):
            if expr := text(target, "expr"):
                yield Query(
                    f"{name(panel)}, query {target.get('refId')},",
                    expr,
                    target.get("instant") is True,
                    panel,
                )
    for annotation in parts(dashboard, "annotations", "list"):
        if expr := text(annotation, "expr"):
            yield Query(f"annotation '{text(annotation, 'name')}'", expr, False, None)


def _fixed_windows(expr: str) -> list[tuple[str, str]]:
    """(function, series) of each rate with a fixed window; none where expr does not parse."""
    window = promql_parser.parse_duration(WINDOW)
    calls: list[tuple[str, str]] = []

    def visit(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.Call) and node.func.name in WINDOWED:
            series = node.args[0]
            if isinstance(series, promql_parser.MatrixSelector) and series.range != window:
                selected = series.vector_selector.name or "..."
                if ":" not in selected:
                    calls.append((node.func.name, selected))
        return True

    try:
        promql_parser.walk(parsed(expr), visit)
    except ValueError:
        return []
    return calls
