"""Whether there are just the series that were declared, and no more of them than planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pbmon.finding import Finding
from pbmon.live.checks.metrics import has_series
from pbmon.live.checks.targets import declared
from pbmon.live.names import family_names, sample_names
from pbmon.live.seen import Exposure, SeenPrometheus
from pbmon.model.metrics import Metric
from pbmon.model.service import Service
from pbmon.plan.plan import Plan

_OF_THE_CLIENT = ("python_", "process_")
_OF_PROMETHEUS = frozenset(
    {"up", "ALERTS", "ALERTS_FOR_STATE"}
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

ByService = Mapping[str, Sequence[Exposure]]
"""What each service exposes, by its name; services of which nothing was read are left out."""


def of_jobs(plan: Plan, seen: SeenPrometheus) -> ByService:
    """What Prometheus has of each service."""
    return {
        service.name: [seen.exposures[job.name] for job in service.jobs]
        for service in plan.catalog.services
    }


def of_scraped(plan: Plan, scraped: Sequence[Exposure]) -> ByService:
    """What was read directly, by the service most of whose metrics it has; what has none of any is
    left out.
    """
    exposed: dict[str, list[Exposure]] = {}
    for exposure in scraped:
        found: Counter[str] = Counter()
        for service, metric in declared(plan):
            if has_series(metric, [exposure]) or exposure.families.keys() & {
                *family_names(metric),
                *sample_names(metric),
            }:
                found[service.name] += 1
        for name, _ in found.most_common(1):
            exposed.setdefault(name, []).append(exposure)
    return exposed


def series_is_declared(plan: Plan, exposed: ByService) -> Iterator[Finding]:
    """A service with a generated module exposes nothing but its declared metrics.

    A metric that somebody added by hand has no bound, no help here and no place in a panel. What
    Python's client (`python_*`, `process_*`) and Prometheus itself add is known. Exporters expose
    what they like.
    """
    for service in plan.catalog.services:
        if not service.module:
            continue
        found: Counter[str] = Counter()
        known = {
            name
            for owner, metric in declared(plan)
            if owner is service
            for name in _exposed_names(metric)
        } | _OF_PROMETHEUS
        for exposure in exposed.get(service.name, ()):
            for name, series in exposure.series.items():
                if name not in known and ":" not in name and not name.startswith(_OF_THE_CLIENT):
                    found[name] += len(series)
        for name, count in sorted(found.items()):
            yield Finding(
                "series-is-declared",
                service.source,
                f"service {service.name} exposes {name} ({count} series), which no definition"
                " names",
                "define it beside the service, or stop counting it",
            )


def series_fit_the_budget(plan: Plan, exposed: ByService) -> Iterator[Finding]:
    """No metric has more series on a target than `metric_cardinality_limit`, and all have no more
    than `total_cardinality_limit`.

    `metric-fits-the-budget` computes both from the definitions; this counts what is there. Metrics
    that are read directly are those of one target; together they have to fit into the total as
    well, though that is only a part of it.
    """
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


def _by_target(service: Service, metric: Metric, exposed: ByService) -> Iterator[tuple[str, int]]:
    """How many series a metric has on each target, with its name in messages."""
    for exposure in exposed.get(service.name, ()):
        # a label of that name in what is read directly is the app's own
        label = "instance" if "instance" in exposure.target_labels else ""
        found = Counter(
            labels.get(label, "")
            for name in sample_names(metric)
            for labels in exposure.series.get(name, ())
        )
        for instance, count in found.items():
            yield f"{instance} of {exposure.origin}" if instance else exposure.origin, count


def _exposed_names(metric: Metric) -> set[str]:
    return {*sample_names(metric), f"{metric.name.removesuffix('_total')}_created"}
