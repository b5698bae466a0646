"""The objectives of an OpenSLO file, in the kinds that a `Slo` has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from pbmon import durations
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.text import number
from pbmon.openslo.documents import Document
from pbmon.openslo.queries import Query, parse
from pbmon.source import Source

_INDICATOR = ("spec", "indicator")
_BOUND = re.compile(r"([0-9.]+(?:e[+-]?[0-9]+)?)(?:\(\\\.0\)\?)?")
_DAY = 86_400


@dataclass(frozen=True)
class Objective:
    """One objective. counted: what the numerator is; a gauge is 1 while all is well. bound: of a latency, in `le`.

    numerator, total: for a gauge and a latency both select the same series, without `le`.
    """

    name: str
    help: str
    counted: Literal["good", "bad", "gauge", "latency"]
    numerator: Query
    total: Query
    bound: str
    percent: Decimal
    window: str
    owner: str
    alerts: bool
    minimum_traffic: str
    source: Source


def objectives(documents: Iterable[Document]) -> list[Objective]:
    """Every objective of the documents, in order. Raises DefinitionErrors for each that a `Slo` cannot express."""
    documents = list(documents)
    indicators = {document.name: document for document in documents if document.kind == "SLI"}
    found, errors = [], []
    for document in documents:
        if document.kind == "SLO":
            try:
                found.append(_objective(document, indicators))
            except DefinitionError as error:
                errors.append(error)
    if errors:
        raise DefinitionErrors(errors)
    return found


def _objective(slo: Document, indicators: dict[str, Document]) -> Objective:
    if slo.get("spec", "alertPolicies"):
        slo.refuse(("spec", "alertPolicies"), "alert policies are not read", "pbmon makes burn alerts from the objective itself")
    if (method := slo.text("spec", "budgetingMethod")) != "Occurrences":
        problem = f"budgetingMethod {method or 'nothing'} counts time slices, which pbmon does not"
        slo.refuse(("spec", "budgetingMethod"), problem, "budgetingMethod: Occurrences counts events")
    percent, window = _percent(slo), _window(slo)
    indicator, path = _indicator(slo, indicators)
    metric = (*path, "ratioMetric")
    for other, what in (((*path, "thresholdMetric"), "a thresholdMetric"), ((*metric, "raw"), "a raw ratio")):
        if indicator.get(*other) is not None:
            problem = f"{what} has no events to weigh by, and a mean of ratios is no budget"
            indicator.refuse(other, problem, "ratioMetric with good or bad, and total")
    side: Literal["good", "bad"] = "bad" if indicator.get(*metric, "bad") is not None else "good"
    numerator, total = (_query(indicator, (*metric, name)) for name in (side, "total"))
    if numerator.by != total.by:
        problem = f"{side} is kept by {', '.join(numerator.by) or 'nothing'} and total by {', '.join(total.by) or 'nothing'}"
        indicator.refuse((*metric, side), problem + ", so they never meet", "sum both by the same labels")
    counted, bound = _counted(indicator, metric, side, numerator, total)
    annotations = ("metadata", "annotations")
    return Objective(
        _name(slo.name),
        slo.text("spec", "description"),
        counted,
        numerator,
        total,
        bound,
        percent,
        window,
        slo.text("metadata", "labels", "owner"),
        slo.text(*annotations, "pbmon.burn-alerts") != "off",
        _traffic(slo, (*annotations, "pbmon.minimum-traffic")),
        slo.source("metadata", "name"),
    )


def _name(name: str) -> str:
    """Lower case words and hyphens; OpenSLO allows more."""
    words = "-".join(re.findall("[a-z0-9]+", name.lower()))
    return words if words[:1].isalpha() else f"slo-{words}"


def _traffic(slo: Document, path: tuple[str, ...]) -> str:
    text = slo.text(*path)
    try:
        return number(Decimal(text)) if text else ""
    except InvalidOperation:
        slo.refuse(path, f"minimum traffic {text!r} is no number of events per second", "as 0.5")


def _percent(slo: Document) -> Decimal:
    path = ("spec", "objectives")
    given = slo.get(*path)
    if not isinstance(given, list) or len(given) != 1:
        slo.refuse(path, f"{slo.name} has {len(given or ())} objectives, and a Slo has one", "one document an objective")
    for key in ("op", "value", "timeSliceTarget", "timeSliceWindow"):
        if slo.get(*path, 0, key) is not None:
            slo.refuse((*path, 0, key), f"{key} is of thresholds and time slices, which are not read", "target, or targetPercent")
    share, percent = slo.text(*path, 0, "target"), slo.text(*path, 0, "targetPercent")
    try:
        if bool(share) == bool(percent):
            raise InvalidOperation
        return Decimal(percent) if percent else (Decimal(share) * 100).normalize()
    except InvalidOperation:
        slo.refuse((*path, 0), "the objective has not one number as its target", "target: 0.999, or targetPercent: 99.9")


def _window(slo: Document) -> str:
    path = ("spec", "timeWindow")
    duration = slo.text(*path, 0, "duration")
    if slo.get(*path, 1) is not None or not duration:
        slo.refuse(path, f"{slo.name} has not one time window", "timeWindow: [{duration: 30d, isRolling: true}]")
    if slo.get(*path, 0, "calendar") is not None or slo.text(*path, 0, "isRolling") != "true":
        problem = "the window is aligned to the calendar, which recording rules cannot follow"
        slo.refuse((*path, 0), problem, "isRolling: true")
    try:
        days, rest = divmod(durations.seconds(duration), _DAY)
    except ValueError:
        days, rest = 0, 1
    if rest or not days:
        slo.refuse((*path, 0, "duration"), f"window {duration!r} is no number of days", "as 30d or 4w")
    return duration if duration[-1] in "dw" and duration[:-1].isdigit() else f"{days:.0f}d"


def _indicator(slo: Document, indicators: dict[str, Document]) -> tuple[Document, tuple[str, ...]]:
    if slo.get(*_INDICATOR) is not None:
        return slo, (*_INDICATOR, "spec")
    name = slo.text("spec", "indicatorRef")
    if name not in indicators:
        listed = ", ".join(sorted(indicators)) or "none"
        slo.refuse(("spec", "indicatorRef"), f"there is no SLI {name!r} in this file", f"there is: {listed}")
    return indicators[name], ("spec",)


def _query(document: Document, path: tuple[str | int, ...]) -> Query:
    source = (*path, "metricSource")
    kind = document.text(*source, "type") or "Prometheus"
    if kind.lower() != "prometheus":
        document.refuse((*source, "type"), f"metrics of {kind} are not read", "type: Prometheus")
    text = document.text(*source, "spec", "query")
    if not text:
        document.refuse(source, f"{path[-1]} has no query", "metricSource: {type: Prometheus, spec: {query: ...}}")
    try:
        return parse(text)
    except ValueError as error:
        fact, form = error.args
        document.refuse((*source, "spec", "query"), f"query {' '.join(text.split())!r} {fact}", f"pbmon reads {form}")


def _counted(
    document: Document, metric: tuple[str | int, ...], side: Literal["good", "bad"], numerator: Query, total: Query
) -> tuple[Literal["good", "bad", "gauge", "latency"], str]:
    """What is counted, and the bound of a latency."""
    same = (numerator.metric, numerator.matchers) == (total.metric, total.matchers)
    if numerator.aggregation == "sum" and total.aggregation == "count" and same and side == "good":
        return "gauge", ""
    if "count" in (numerator.aggregation, total.aggregation):
        document.refuse((*metric, side), f"{side} and total count series of different things", "sum by () of counters")
    if document.text(*metric, "counter") != "true" and not (numerator.rated and total.rated):
        document.refuse((*metric, side), "the queries sum a gauge, whose samples are no events", "counter: true for counters")
    bounds = [value for name, _, value in numerator.matchers if name == "le"]
    if not bounds:
        return side, ""
    rest = tuple(matcher for matcher in numerator.matchers if matcher[0] != "le")
    found = _BOUND.fullmatch(bounds[0]) if len(bounds) == 1 else None
    whole = (numerator.metric.removesuffix("_bucket") + "_count", rest) == (total.metric, total.matchers)
    if side == "bad" or found is None or not whole or not numerator.metric.endswith("_bucket"):
        help = 'good: sum(x_bucket{le="0.3"}), total: sum(x_count)'
        document.refuse((*metric, side), "the queries pick a bucket, but are not good and total of one histogram", help)
    return "latency", found.group(1)
