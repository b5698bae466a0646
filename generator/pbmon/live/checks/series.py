"""Whether only declared series exist, and no more of them than planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pbmon.finding import Finding
from pbmon.live.checks.case import ByService, Case, declared
from pbmon.live.names import sample_names
from pbmon.live.seen import Exposure
from pbmon.model.builtin import ALERT_SERIES
from pbmon.model.metrics import Metric
from pbmon.model.service import Service
from pbmon.plan.plan import Plan
from pbmon.source import Source

_OF_THE_CLIENT = ("python_", "process_")
_OF_PROMETHEUS = frozenset(
    {"up", *ALERT_SERIES}
    | {
        f"scrape_{name}"
        for name in (
            "duration_seconds",
            "samples_scraped",
            "samples_post_metric_relabeling",
            "series_added",
        )
    }
    | {f"scrape_{name}" for name in ("timeout_seconds", "sample_limit", "body_size_bytes")}
)


def exposition_is_of_a_service(case: Case) -> Iterator[Finding]:
    """An exposition that is read directly has a metric of a defined service."""
    for exposure in case.seen.scraped:
        if not any(exposure in exposures for exposures in case.exposed[-1].values()):
            yield Finding(
                "exposition-is-of-a-service",
                Source(exposure.origin, 0),
                "it has no metric of any service that is defined",
                "name the address of the metrics of one of them: --scrape http://host:port/metrics",
            )


def series_is_declared(case: Case) -> Iterator[Finding]:
    """A service with a generated module exposes nothing but its declared metrics.

    A metric that somebody added by hand has no budget, no documentation and no panel. Metrics that
    Python's client (`python_*`, `process_*`) and Prometheus itself add are known. Exporters may
    expose anything.
    """
    for exposed in case.exposed:
        for service in case.plan.catalog.services:
            if not service.module:
                continue
            exposures = exposed.get(service.name, ())
            for name, count in sorted(_undeclared(case.plan, service, exposures).items()):
                yield Finding(
                    "series-is-declared",
                    service.source,
                    f"service {service.name} exposes {name} ({count} series), which no definition"
                    " names",
                    "define it beside the service, or stop counting it",
                )


def series_fit_the_budget(case: Case) -> Iterator[Finding]:
    """No metric has more series on a target than `metric_cardinality_limit`, and all have no more
    than `total_cardinality_limit`.

    `metric-fits-the-budget` computes both from the definitions; this check counts the real series.
    An exposition that is read directly belongs to one target. Its series must fit into the total
    too, although they are only a part of it.
    """
    for exposed in case.exposed:
        yield from _over_budget(case.plan, exposed)


def _over_budget(plan: Plan, exposed: ByService) -> Iterator[Finding]:
    project, total = plan.catalog.project, 0
    for service, metric in declared(plan):
        for target, count in _by_target(service, metric, exposed):
            total += count
            if count > project.metric_cardinality_limit:
                yield Finding(
                    "series-fit-the-budget",
                    metric.source,
                    f"{metric.name} has {count:,} series on {target}, above the limit of"
                    f" {project.metric_cardinality_limit:,}",
                    "see which label has more values than expected",
                )
    if total > project.total_cardinality_limit:
        yield Finding(
            "series-fit-the-budget",
            project.source,
            f"all declared metrics have {total:,} series, above the limit of"
            f" {project.total_cardinality_limit:,}",
            "lower max_values of the largest, or raise total_cardinality_limit",
        )


def _undeclared(plan: Plan, service: Service, exposures: Sequence[Exposure]) -> Counter[str]:
    """How many series there are of each name that is not of the service, the client or
    Prometheus.
    """
    known = {
        name
        for owner, metric in declared(plan)
        if owner is service
        for name in _exposed_names(metric)
    } | _OF_PROMETHEUS
    return Counter(
        {
            name: sum(len(exposure.series.get(name, ())) for exposure in exposures)
            for name in {name for exposure in exposures for name in exposure.series} - known
            if ":" not in name and not name.startswith(_OF_THE_CLIENT)
        }
    )


def _by_target(service: Service, metric: Metric, exposed: ByService) -> Iterator[tuple[str, int]]:
    """How many series a metric has on each target, with its name in messages."""
    for exposure in exposed.get(service.name, ()):
        # a label of that name in what is read directly is the app's own
        label = "instance" if "instance" in exposure.target_labels else ""
        counts = Counter(
            labels.get(label, "")
            for name in sample_names(metric)
            for labels in exposure.series.get(name, ())
        )
        for instance, count in counts.items():
            yield f"{instance} of {exposure.origin}" if instance else exposure.origin, count


def _exposed_names(metric: Metric) -> set[str]:
    return {*sample_names(metric), f"{metric.name.removesuffix('_total')}_created"}
