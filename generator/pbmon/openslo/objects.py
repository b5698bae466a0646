"""Creates the metrics and the `Slo` that the printed definitions describe.

So what pbmon refuses is an error before it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword
from typing import Any

from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.histograms import AnyHistogram
from pbmon.expr.selection import AnyCounter, AnyGauge
from pbmon.labels import TARGET_LABELS, Label
from pbmon.model.distributions import Histogram, Summary
from pbmon.model.metrics import Counter, Gauge, Metric
from pbmon.model.service import Exporter
from pbmon.model.slo import Slo
from pbmon.openslo.indicators import Events
from pbmon.openslo.known import Known
from pbmon.openslo.objectives import Objective
from pbmon.openslo.queries import Query
from pbmon.source import derived_from

HELP = "As the imported file has it."
MAX_VALUES = 50
METHOD = {"=": "is_", "!=": "is_not", "=~": "matches", "!~": "not_matches"}
TARGET = {label.name: label for label in TARGET_LABELS}
_KIND: Mapping[str, Any] = {
    "good": AnyCounter,
    "bad": AnyCounter,
    "latency": AnyHistogram,
    "gauge": AnyGauge,
}


def queries(objectives: Iterable[Objective]) -> Iterator[tuple[Events, Query]]:
    """Every query, with its events."""
    return (
        (objective.events, query) for objective in objectives for query in objective.events.queries
    )


def declared(
    objectives: Iterable[Objective], known: Mapping[str, Known], names_in_use: Iterable[str]
) -> dict[str, Known]:
    """The metrics that no definition knows yet, as observed, with the file's labels and buckets.

    A metric is a histogram where one objective counts its buckets, else of the kind that the first
    objective counts. names_in_use: names that the printed module gives to other things.
    Raises DefinitionErrors for a metric that pbmon refuses, at the first events that use it.
    """
    objectives = list(objectives)
    histograms = {query.metric for events, query in queries(objectives) if events.bound is not None}
    histograms |= {
        name for name, metric in known.items() if isinstance(metric.metric, Histogram | Summary)
    }
    first: dict[str, Events] = {}
    labels: dict[str, set[str]] = {}
    bounds: dict[str, set[float]] = {}
    for events, query in queries(objectives):
        if query.metric not in known:
            name = (
                query.metric.removesuffix("_count")
                if query.metric.removesuffix("_count") in histograms
                else query.metric
            )
            first.setdefault(name, events)
            labels.setdefault(name, set()).update(
                label for label in query.labels if label not in TARGET
            )
            bounds.setdefault(name, set()).update([] if events.bound is None else [events.bound])
    names = set(names_in_use)
    metric_names = {metric: _free(metric, "metric", names) for metric in sorted(first)}
    label_names = {
        label: _free(label, "label", names) for label in sorted(set().union(*labels.values()))
    }
    metrics: dict[str, Known] = {}
    errors = []
    for name, events in first.items():
        try:
            if (
                histogram := re.sub("_(bucket|sum)$", "", name)
            ) != name and histogram in histograms:
                problem = (
                    f"{name} is a part of {histogram} that counts no events, so its sum is no total"
                )
                raise DefinitionError(events.source, problem, f"{histogram}_count counts them")
            metric = _metric(name, events, sorted(labels[name]), sorted(bounds[name]))
            references = {label: label_names[label] for label in labels[name]} | {
                label: label for label in TARGET
            }
            metrics[name] = Known(metric, "", metric_names[name], references)
            if isinstance(metric, Histogram):
                metrics[f"{name}_count"] = metrics[name].count
        except DefinitionError as error:
            errors.append(error)
    if errors:
        raise DefinitionErrors(errors)
    return metrics


def _free(name: str, prefix: str, names_in_use: set[str]) -> str:
    """A free Python name, which is in use from now on."""
    while name in names_in_use or iskeyword(name):
        name = f"{prefix}_{name}"
    names_in_use.add(name)
    return name


def variables(objectives: Iterable[Objective], names_in_use: Iterable[str]) -> list[str]:
    """What each objective is bound to."""
    names = set(names_in_use)
    return [_free(objective.name.replace("-", "_"), "slo", names) for objective in objectives]


def _metric(name: str, events: Events, labels: Iterable[str], bounds: list[float]) -> Metric:
    if ":" in name:
        problem = f"{name} is recorded by a rule, so its samples are no events to count"
        raise DefinitionError(events.source, problem, "name the counters that it is recorded from")
    with derived_from(events.source):
        label_objects = [
            Label(label, HELP, max_values=MAX_VALUES, other="other") for label in labels
        ]
        exporter = Exporter("imported", version="unknown")
        if bounds:
            return Histogram(name, HELP, labels=label_objects, buckets=bounds, observed=exporter)
        return (Gauge if events.counted == "gauge" else Counter)(
            name, HELP, labels=label_objects, observed=exporter
        )


def slo(objective: Objective, known: Mapping[str, Known]) -> Slo:
    """The objective on these metrics. Raises DefinitionError at its events for what such a
    definition is refused for.
    """
    events = objective.events
    with derived_from(events.source):
        roles = ("bad" if events.counted == "bad" else "good", "total")
        selected = {
            role: _selected(events, query, known[query.metric])
            for role, query in zip(roles, events.queries, strict=False)
        }
        labels = known[events.queries[0].metric].metric.labels
        return Slo(
            objective.name,
            objective.help,
            **selected,
            objective=objective.percent,
            window=objective.window,
            by=[label for label in (*labels, *TARGET_LABELS) if label.name in events.by],
            minimum_traffic=objective.minimum_traffic or "0",
        )


def _selected(events: Events, query: Query, known: Known) -> Any:
    """The series that the query sums."""
    metric = known.metric
    series: Any = (
        metric.observations
        if known.observations and isinstance(metric, Histogram | Summary)
        else metric
    )
    if not isinstance(series, _KIND[events.counted]):
        kind = "counter" if known.observations else metric.kind
        help = f"it is defined at {metric.source}"
        raise DefinitionError(
            events.source, f"{query.metric} is a {kind}, which the query does not fit", help
        )
    labels = {label.name: label for label in metric.labels} | TARGET
    for label in query.labels:
        if label not in labels:
            problem = f"{metric.name} has no label {label!r}"
            raise DefinitionError(events.source, problem, f"it has {', '.join(sorted(labels))}")
        if label not in known.labels:
            problem = (
                f"label {label!r} of {metric.name} has no name in {known.module}, so nothing can be"
                " written with it"
            )
            raise DefinitionError(events.source, problem, f"bind it there: {label} = Label(...)")
    matchers = [getattr(labels[label], METHOD[op])(value) for label, op, value in query.matchers]
    selected = series.where(*matchers) if matchers else series
    return selected if events.bound is None else selected.at_most(events.bound)
