"""Whether Prometheus scrapes what was planned, and gets what was declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pbmon.finding import Finding
from pbmon.live.metrics import check_metric
from pbmon.live.names import sample_names
from pbmon.live.seen import ActiveTarget, SeenPrometheus
from pbmon.model.builtin import BUILTIN
from pbmon.model.metrics import Metric
from pbmon.model.service import Service
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob

_OF_THE_CLIENT = ("python_", "process_")
_OF_PROMETHEUS = frozenset(
    {"up", "ALERTS", "ALERTS_FOR_STATE"}
    | {f"scrape_{name}" for name in ("duration_seconds", "samples_scraped", "samples_post_metric_relabeling", "series_added")}
    | {f"scrape_{name}" for name in ("timeout_seconds", "sample_limit", "body_size_bytes")}
)


def target_is_up(plan: Plan, seen: SeenPrometheus) -> Iterator[Finding]:
    """Every scrape job has as many targets as are planned, and each answers.

    The message holds what Prometheus got instead of metrics.
    """
    for job in plan.jobs:
        own = _of(job, seen)
        if len(own) < len(job.targets):
            counted = f"{_count(len(own), 'target')} in Prometheus, but {_count(len(job.targets), 'target')} in the plan"
            yield Finding(
                "target-is-up",
                job.source,
                f"job {job.name} has {counted}, so what runs there is unwatched",
                "see whether Prometheus runs the rendered monitoring/prometheus.yml, or sets this job's name otherwise",
            )
        for target in own:
            if target.health != "up":
                why = target.error or "it has not been scraped yet"
                yield Finding(
                    "target-is-up",
                    job.source,
                    f"target {target.instance} of job {job.name} is {target.health}: {why}",
                    f"see whether it runs and answers at {job.path}",
                )


def target_labels_are_planned(plan: Plan, seen: SeenPrometheus) -> Iterator[Finding]:
    """Every target carries the labels that its scrape job adds. Others, of discovery or relabelling, are welcome."""
    for job in plan.jobs:
        for target in _of(job, seen):
            wrong = {name: target.labels.get(name, "") for name, value in job.labels if target.labels.get(name, "") != value}
            if wrong:
                has = ", ".join(f"{name}={value!r}" for name, value in sorted(wrong.items()))
                wanted = ", ".join(f"{name}={value!r}" for name, value in job.labels)
                yield Finding(
                    "target-labels-are-planned",
                    job.source,
                    f"target {target.instance} of job {job.name} has {has}, so what asks for its planned labels finds nothing",
                    f"planned: {wanted}",
                )


def metrics_arrive_as_declared(plan: Plan, seen: SeenPrometheus) -> Iterator[Finding]:
    """Every metric arrives from the jobs of its service as it is declared: see the checks of one metric."""
    for service, metric in declared(plan):
        exposures = [seen.exposures[job.name] for job in service.jobs]
        if any(exposure.up for exposure in exposures):  # else target-is-up says why nothing arrives
            yield from check_metric(metric, exposures, metric.name in seen.excused)


def series_is_declared(plan: Plan, seen: SeenPrometheus) -> Iterator[Finding]:
    """The jobs of services with a generated module expose nothing but their declared metrics.

    A metric that somebody added by hand has no bound, no help here and no place in a panel. What Python's client
    (`python_*`, `process_*`) and Prometheus itself add is known.
    """
    for service in plan.catalog.services:
        if not service.module:
            continue
        known = {name for owner, metric in declared(plan) if owner is service for name in _exposed_names(metric)} | _OF_PROMETHEUS
        found: Counter[str] = Counter()
        for job in service.jobs:
            for name, series in seen.exposures[job.name].series.items():
                if name not in known and ":" not in name and not name.startswith(_OF_THE_CLIENT):
                    found[name] += len(series)
        for name, count in sorted(found.items()):
            yield Finding(
                "series-is-declared",
                service.source,
                f"service {service.name} exposes {name} ({_count(count, 'series', 'series')}), which no definition names",
                "define it beside the service, or stop counting it",
            )


def series_fit_the_budget(plan: Plan, seen: SeenPrometheus) -> Iterator[Finding]:
    """No metric has more series on a target than `metric_cardinality_limit`, and all have no more than `total_cardinality_limit`.

    `metric-fits-the-budget` computes both from the definitions; this counts what is there.
    """
    project, total = plan.catalog.project, 0
    for service, metric in declared(plan):
        by_target: Counter[tuple[str, str]] = Counter()
        for job in service.jobs:
            for name in sample_names(metric):
                for labels in seen.exposures[job.name].series.get(name, ()):
                    by_target[job.name, labels.get("instance", "")] += 1
        total += by_target.total()
        for (job_name, instance), count in by_target.items():
            if count > project.metric_cardinality_limit:
                yield Finding(
                    "series-fit-the-budget",
                    metric.source,
                    f"{metric.name} has {count:,} series on {instance} of job {job_name}, above the limit of "
                    f"{project.metric_cardinality_limit:,}",
                    "see which label has more values than expected",
                )
    if total > project.total_cardinality_limit:
        yield Finding(
            "series-fit-the-budget",
            project.source,
            f"all declared metrics have {total:,} series, above the limit of {project.total_cardinality_limit:,}",
            "lower max_values of the largest, or raise total_cardinality_limit",
        )


def declared(plan: Plan) -> Iterator[tuple[Service, Metric]]:
    """Every metric that somebody defined, with its service; those of every Prometheus left out."""
    for metric in plan.catalog.metrics:
        service = plan.catalog.owner(metric)
        if service is not None and metric not in BUILTIN:
            yield service, metric


def undeclared_targets(plan: Plan, seen: SeenPrometheus) -> list[str]:
    """Jobs that Prometheus scrapes and the plan does not know: noted, since a Prometheus may serve others too."""
    jobs = sorted({target.job for target in seen.targets} - {job.name for job in plan.jobs})
    return [f"Prometheus also scrapes {', '.join(jobs)}, which no definition names"] if jobs else []


def _of(job: ScrapeJob, seen: SeenPrometheus) -> list[ActiveTarget]:
    return [target for target in seen.targets if target.job == job.name]


def _exposed_names(metric: Metric) -> set[str]:
    return {*sample_names(metric), f"{metric.name.removesuffix('_total')}_created"}


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
