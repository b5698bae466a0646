"""What an objective of an OpenSLO file counts: its queries, as events of a `Slo`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pbmon.openslo.documents import Document
from pbmon.openslo.queries import Query, parse
from pbmon.source import Source

_INDICATOR = ("spec", "indicator")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"
_BOUND = {
    "=": re.compile(f"({_NUMBER})"),
    "=~": re.compile(
        r"([0-9]+(?:e[+-]?[0-9]+)?)\(\\\.0\)\?|([0-9]+(?:\[\.\][0-9]+)?e\[\+\]0\?[0-9]+)"
    ),
}
"""What `le` may be compared with. Whole bounds are written as the pattern `1(\\.0)?`, because
Prometheus 3 stores `1.0`, large ones as `1e[+]0?10`, because of Python's client.
"""

_Side = Literal["good", "bad"]


@dataclass(frozen=True)
class Events:
    """The events of one objective. counted: what the numerator is; a gauge is 1 while all is well.
    source: of the numerator.

    queries: numerator and total; for a gauge and a latency only the numerator, which says both. A
    latency's is of the histogram itself, and bound is the number in its `le`.
    """

    counted: Literal["good", "bad", "gauge", "latency"]
    queries: tuple[Query, ...]
    bound: float | None
    source: Source

    @property
    def by(self) -> tuple[str, ...]:
        """Labels that the budget is kept for, sorted."""
        return self.queries[0].by


def events(slo: Document, indicators: Mapping[str, Document]) -> Events:
    """What the SLO counts, in its own indicator or in one of these. Raises DefinitionError for what
    a `Slo` cannot count.
    """
    document, path = _indicator(slo, indicators)
    metric = (*path, "ratioMetric")
    for other, what in (
        ((*path, "thresholdMetric"), "a thresholdMetric"),
        ((*metric, "raw"), "a raw ratio"),
    ):
        if document.get(*other) is not None:
            problem = f"{what} has no events to weigh by, and a mean of ratios is no budget"
            document.refuse(other, problem, "ratioMetric with good or bad, and total")
    side: _Side = "bad" if document.get(*metric, "bad") is not None else "good"
    if side == "bad" and document.get(*metric, "good") is not None:
        document.refuse(
            (*metric, "good"),
            "good and bad are both given, and only one would count",
            "good or bad, and total",
        )
    numerator, total = (_query(document, (*metric, name)) for name in (side, "total"))
    if numerator.by != total.by:
        problem = (
            f"{side} is kept by {', '.join(numerator.by) or 'nothing'} and total by"
            f" {', '.join(total.by) or 'nothing'}"
        )
        document.refuse(
            (*metric, side), problem + ", so they never meet", "sum both by the same labels"
        )
    result = _counted(document, metric, side, numerator, total)
    document.only(path, "description", "ratioMetric")
    document.only(metric, "counter", side, "total")
    return result


def _indicator(
    slo: Document, indicators: Mapping[str, Document]
) -> tuple[Document, tuple[str, ...]]:
    name = slo.text("spec", "indicatorRef")
    if slo.get(*_INDICATOR) is not None:
        if name:
            problem = "indicator and indicatorRef are both given, and only one would count"
            slo.refuse(("spec", "indicatorRef"), problem, "indicator, or indicatorRef")
        slo.only(_INDICATOR, "metadata", "spec")
        return slo, (*_INDICATOR, "spec")
    if name not in indicators:
        listed = ", ".join(sorted(indicators)) or "none"
        slo.refuse(
            ("spec", "indicatorRef"),
            f"there is no SLI {name!r} in this file",
            f"there is: {listed}",
        )
    return indicators[name], ("spec",)


def _query(document: Document, path: tuple[str | int, ...]) -> Query:
    source = (*path, "metricSource")
    kind = document.text(*source, "type") or "Prometheus"
    if kind.lower() != "prometheus":
        document.refuse((*source, "type"), f"metrics of {kind} are not read", "type: Prometheus")
    text = document.text(*source, "spec", "query")
    if not text:
        document.refuse(
            source,
            f"{path[-1]} has no query",
            "metricSource: {type: Prometheus, spec: {query: ...}}",
        )
    document.only(path, "metricSource")
    document.only(source, "metricSourceRef", "type", "spec")
    document.only((*source, "spec"), "query")
    try:
        return parse(text)
    except ValueError as error:
        fact, form = error.args
        document.refuse(
            (*source, "spec", "query"),
            f"query {' '.join(text.split())!r} {fact}",
            f"pbmon reads {form}",
        )


def _counted(
    document: Document, metric: tuple[str, ...], side: _Side, numerator: Query, total: Query
) -> Events:
    place = (*metric, side)
    source = document.source(*place)
    if numerator.rated != total.rated:
        problem = (
            f"{side} is of {numerator.rated or 'the series'} and total of"
            f" {total.rated or 'the series'}"
        )
        document.refuse(
            place,
            problem + ", so their ratio is no share of events",
            "the same function and window around both",
        )
    same = (numerator.metric, numerator.matchers) == (total.metric, total.matchers)
    if (
        numerator.aggregation == "sum"
        and total.aggregation == "count"
        and same
        and side == "good"
        and not numerator.rated
    ):
        return Events("gauge", (numerator,), None, source)
    if "count" in (numerator.aggregation, total.aggregation):
        document.refuse(
            place, f"{side} and total count series of different things", "sum by () of counters"
        )
    if not document.flag(*metric, "counter") and not numerator.rated:
        document.refuse(
            place,
            "the queries sum a gauge, whose samples are no events",
            "counter: true for counters",
        )
    if not any(name == "le" for name, _, _ in (*numerator.matchers, *total.matchers)):
        return Events(side, (numerator, total), None, source)
    bound = _bound(numerator)
    rest = tuple(matcher for matcher in numerator.matchers if matcher[0] != "le")
    histogram = numerator.metric.removesuffix("_bucket")
    whole = numerator.metric != histogram and (f"{histogram}_count", rest) == (
        total.metric,
        total.matchers,
    )
    if side == "bad" or bound is None or not whole:
        help = 'good: sum(x_bucket{le="0.3"}), total: sum(x_count)'
        document.refuse(
            place, "the queries pick a bucket, but are not good and total of one histogram", help
        )
    return Events("latency", (replace(numerator, metric=histogram, matchers=rest),), bound, source)


def _bound(query: Query) -> float | None:
    """The one number that `le` equals; None where it is another condition."""
    conditions = [(op, value) for name, op, value in query.matchers if name == "le"]
    op, value = conditions[0] if len(conditions) == 1 else ("", "")
    number = _BOUND[op].fullmatch(value) if op in _BOUND else None
    text = next(filter(None, number.groups()), "") if number else ""
    return float(text.replace("[.]", ".").replace("[+]0?", "+")) if text else None
