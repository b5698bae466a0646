"""Whether every panel shows something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pbmon.finding import Finding
from pbmon.live.checks.case import Case
from pbmon.live.checks.supply import Supply
from pbmon.live.seen import AskedPanel, Result, SeenPrometheus
from pbmon.plan.plan import Plan


def panel_shows_data(case: Case) -> Iterator[Finding]:
    """Every query of every panel returns at least one number, with All chosen in each variable and
    the dashboard's default time range.

    An empty answer is fine where it is the healthy state, such as server errors by endpoint, or
    targets that are down. Then the query has a condition (a comparison, `and`, `unless`, a matcher
    on a value), and every series that it reads exists. The check looks for these series without
    the query's comparisons, and without its matchers except for `job`. For a record it looks for
    the series that the record is computed from. An answer of NaN only is a finding: the panel
    draws nothing, not even "No data".
    """
    supply = Supply(case.plan, case.prometheus)
    for asked in case.prometheus.panels:
        problem = _problem(asked, supply)
        if problem:
            yield Finding(
                "panel-shows-data",
                asked.panel.source,
                f"{_named(asked)} {problem}",
                f"asked: {_one_line(asked.expr)}",
            )


def query_has_no_warning(case: Case) -> Iterator[Finding]:
    """Prometheus answers every panel's query without a warning.

    A warning says that the answer may be wrong or partial.
    """
    for asked in case.prometheus.panels:
        for warning in asked.result.warnings:
            yield Finding(
                "query-has-no-warning",
                asked.panel.source,
                f"{_named(asked)} brings a warning: {warning}",
                f"asked: {_one_line(asked.expr)}",
            )


def annotation_can_be_asked(case: Case) -> Iterator[Finding]:
    """The query of every annotation is answered; having nothing to mark is fine."""
    for asked in case.prometheus.annotations:
        if asked.result.error:
            yield Finding(
                "annotation-can-be-asked",
                asked.dashboard.source,
                f"annotation {asked.annotation.name!r} of {asked.dashboard.title!r} is refused:"
                f" {asked.result.error}",
                f"asked: {_one_line(asked.expr)}",
            )


@dataclass(frozen=True)
class QueryCost:
    """A query of a dashboard, its answer and its cost.

    panel, query: title and letter of a panel's query; empty and the name of an annotation.
    rows: series of the answer. answer: `data`, `nan`, `empty`, `rightly empty` or `refused`.
    samples: read by Prometheus. seconds: from question to answer.
    """

    dashboard: str
    panel: str
    query: str
    expression: str
    rows: int
    answer: str
    samples: int
    seconds: float

    def __str__(self) -> str:
        asked = (
            f"panel {self.panel!r} of {self.dashboard!r}, query {self.query},"
            if self.panel
            else f"annotation {self.query!r}"
        )
        return f"{asked} reads {self.samples:,} samples in {self.seconds:.3f} s"


def costs(plan: Plan, seen: SeenPrometheus) -> Iterator[QueryCost]:
    """Every query of every panel in the order of the dashboards, then those of annotations."""
    supply = Supply(plan, seen)
    for asked in seen.panels:
        result = asked.result
        answer = "rightly empty"
        if result.error or result.numbers:
            answer = "refused" if result.error else "data"
        elif _problem(asked, supply):
            answer = "nan" if result.series else "empty"
        yield _cost(
            asked.dashboard.title,
            asked.panel.title,
            asked.target.ref_id,
            asked.expr,
            result,
            answer,
        )
    for mark in seen.annotations:
        answer = (
            "refused" if mark.result.error else "data" if mark.result.numbers else "rightly empty"
        )
        yield _cost(mark.dashboard.title, "", mark.annotation.name, mark.expr, mark.result, answer)


def _cost(
    dashboard: str, panel: str, query: str, expr: str, result: Result, answer: str
) -> QueryCost:
    return QueryCost(
        dashboard, panel, query, expr, result.series, answer, result.samples, result.seconds
    )


@dataclass(frozen=True)
class PanelCount:
    """Panels with queries: how many there are, how many have data in every query, and how many are
    rightly empty.
    """

    total: int
    with_data: int
    rightly_empty: int


def count(plan: Plan, seen: SeenPrometheus) -> PanelCount:
    """The coverage figures of all dashboards."""
    supply = Supply(plan, seen)
    by_panel: dict[tuple[str, int], list[AskedPanel]] = {}
    for asked in seen.panels:
        by_panel.setdefault((asked.dashboard.uid, asked.panel.id), []).append(asked)
    with_data = sum(all(asked.result.numbers for asked in panel) for panel in by_panel.values())
    fine = sum(not any(_problem(asked, supply) for asked in panel) for panel in by_panel.values())
    return PanelCount(len(by_panel), with_data, fine - with_data)


def _one_line(expr: str) -> str:
    return " ".join(expr.split())[:300]


def _named(asked: AskedPanel) -> str:
    return f"panel {asked.panel.title!r} of {asked.dashboard.title!r}, query {asked.target.ref_id},"


def _problem(asked: AskedPanel, supply: Supply) -> str:
    """What is wrong with the answer; empty where nothing is."""
    result = asked.result
    if result.error:
        return f"is refused: {result.error}"
    if result.numbers:
        return ""
    if result.series:
        return (
            "shows nothing: every value is NaN, like a quantile or a mean while nothing is observed"
        )
    lacking: Sequence[str] = supply.lacking(asked.target.node)
    if lacking:
        return f"shows nothing: there are no series of {', '.join(lacking)}"
    if supply.may_be_empty(asked.target.node):
        return ""
    return (
        "shows nothing, though all series that it reads exist: too few samples yet, or labels that"
        " find no partner"
    )
