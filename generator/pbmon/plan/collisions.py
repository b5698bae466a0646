"""Labels of one name from two hands, where they meet on one series or alert.

Target labels win over those of a metric, an alert's labels over those of its expression, and both
over external labels.
https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.labels import names
from pbmon.model.distributions import Histogram, Summary
from pbmon.model.metrics import Metric
from pbmon.plan.overlay import Settings


def mistakes(catalog: Catalog, decided: Settings) -> Iterator[DefinitionError]:
    """Labels that hide others of their name."""
    yield from _under_target_labels(catalog)
    yield from _under_alert_labels(catalog)
    yield from _over_external_labels(catalog, dict(decided.external_labels))


def _under_target_labels(catalog: Catalog) -> Iterator[DefinitionError]:
    """Labels that both a metric and the scrape job of its service set."""
    for service, metrics in catalog.metrics_of.items():
        for job in service.jobs:
            for metric in metrics:
                set_by_job = {*job.labels, *names(job.target_labels)}
                for name in sorted(set_by_job & _set_by(metric)):
                    yield DefinitionError(
                        job.source,
                        f"job {job.name} sets label {name!r}, which {metric.name} has too:"
                        f" Prometheus renames the metric's to exported_{name}, so no query finds"
                        " its values",
                        "name the label of the job differently",
                    )


def _set_by(metric: Metric) -> set[str]:
    """Labels that a metric's series carry before Prometheus adds those of the target."""
    of_type = {Histogram: ("le",), Summary: ("quantile",)}.get(type(metric), ())
    return {*names(metric.labels), *names(metric.generated_labels), *of_type}


def _under_alert_labels(catalog: Catalog) -> Iterator[DefinitionError]:
    """Labels that an alert sets and its expression keeps: series that differ in nothing else
    become the same alert, which Prometheus refuses to evaluate.
    """
    for alert in catalog.alerts:
        kept = names(alert.expr.label_set)
        hidden = sorted({"alertname", "severity", *alert.labels} & alert.expr.shape.free)
        if hidden:
            rest = ", ".join(name for name in kept if name not in hidden)
            own = [name for name in hidden if name in alert.labels]
            yield DefinitionError(
                alert.source,
                f"{alert.name} sets label {', '.join(map(repr, hidden))}, which its expression"
                " keeps: two series that differ only there become one alert, and Prometheus"
                " evaluates neither (vector contains metrics with the same labelset after applying"
                " alert labels)",
                f"aggregate to the other labels: .sum(by=[{rest}])"
                + (f"; or name {own[0]!r} of the alert differently" if own else ""),
            )


def _over_external_labels(
    catalog: Catalog, external: Mapping[str, str]
) -> Iterator[DefinitionError]:
    """Labels of targets and alerts that an external label is named after: Prometheus adds it only
    where there is none.
    """
    for name in sorted({"alertname", "severity", "job", "instance"} & external.keys()):
        yield DefinitionError(
            catalog.project.source,
            f"external label {name!r} is one that alerts have, so Prometheus never adds it to them",
            "a name of its own, as cluster",
        )
    for job in (job for service in catalog.services for job in service.jobs):
        for name in sorted(job.labels.keys() & external.keys()):
            if job.labels[name] != external[name]:
                yield DefinitionError(
                    job.source,
                    f"job {job.name} sets label {name!r} to {job.labels[name]!r}, and the external"
                    f" labels set it to {external[name]!r}: Prometheus keeps the job's, so alerts"
                    " and remote storage see two values",
                    "one name for each",
                )
    for alert in catalog.alerts:
        for name in sorted({*names(alert.expr.label_set), *alert.labels} & external.keys()):
            if alert.labels.get(name) != external[name]:
                yield DefinitionError(
                    alert.source,
                    f"{alert.name} has label {name!r}, and so do the external labels: Prometheus"
                    " keeps the alert's, so Alertmanager routes and inhibits by another value",
                    "one name for each, or aggregate the label away",
                )
