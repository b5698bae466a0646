"""Asks the running systems once. The checks then read the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbmon import durations
from pbmon.expr.text import quoted
from pbmon.live import panels_asked
from pbmon.live.names import one_of, sample_names
from pbmon.live.seen import ActiveTarget, Exposure, Family, Seen, SeenPrometheus
from pbmon.live.servers import alertmanager, exposition, grafana
from pbmon.live.servers.client import Client
from pbmon.live.servers.limits import Budget
from pbmon.live.servers.prometheus import Prometheus
from pbmon.model.builtin import BUILTIN
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob

LAST = 20
"""Evaluations of a record that are looked at for gaps."""


@dataclass(frozen=True)
class Servers:
    """The servers to ask. scrape: addresses of expositions to read directly. excused: metrics that
    may have no series.
    """

    prometheus: Client | None = None
    alertmanager: Client | None = None
    grafana: Client | None = None
    scrape: Sequence[Client] = ()
    excused: frozenset[str] = frozenset()


def look(plan: Plan, servers: Servers) -> Seen:
    """Ask every server that is named. Raises Unreachable or UsageError where one gives no usable
    answer.
    """
    budget = Budget()
    scraped = tuple(exposition.scrape(client, budget) for client in servers.scrape)
    uids = [dashboard.uid for dashboard in plan.dashboards]
    return Seen(
        (
            _prometheus(plan, Prometheus(servers.prometheus, budget), servers.excused)
            if servers.prometheus
            else None
        ),
        alertmanager.look(servers.alertmanager, budget) if servers.alertmanager else None,
        grafana.look(servers.grafana, uids, budget) if servers.grafana else None,
        scraped,
    )


def _prometheus(plan: Plan, prometheus: Prometheus, excused: frozenset[str]) -> SeenPrometheus:
    """Asks for series once for each scrape job, and for everything else once."""
    targets = prometheus.targets()
    families = prometheus.families()
    exposures = {
        job.name: _exposure(plan, job, prometheus, targets, families.get(job.name, {}))
        for job in plan.jobs
    }
    now = prometheus.now()
    panels, annotations = panels_asked.ask(plan, prometheus, now)
    groups = prometheus.groups(now)
    return SeenPrometheus(
        targets,
        exposures,
        _recorded(plan, prometheus),
        groups,
        prometheus.alertmanagers(),
        panels,
        annotations,
        excused,
        _gaps(plan, prometheus, now),
        prometheus.retention(),
    )


def _exposure(
    plan: Plan,
    job: ScrapeJob,
    prometheus: Prometheus,
    targets: Sequence[ActiveTarget],
    families: Mapping[str, Family],
) -> Exposure:
    """Every series of a job of the app; of an exporter, which exposes thousands, only the declared
    ones.
    """
    service = next(service for service in plan.catalog.services if service.name == job.service)
    selector = f"{{job={quoted(job.name)}}}"
    if not service.module:
        declared = [
            metric
            for metric in plan.catalog.metrics
            if metric in BUILTIN or plan.catalog.owner(metric) is service
        ]
        name_pattern = one_of([name for metric in declared for name in sample_names(metric)])
        selector = f"{{job={quoted(job.name)},__name__=~{quoted(name_pattern)}}}"
    active = [target for target in targets if target.job == job.name]
    names = frozenset(name for target in active for name in target.labels)
    up = any(target.health == "up" for target in active)
    return Exposure(f"job {job.name}", families, prometheus.series(selector), names, up)


def _recorded(plan: Plan, prometheus: Prometheus) -> dict[str, frozenset[str]]:
    names = [record.name for record in plan.records]
    if names:
        by_name = prometheus.series(
            f"group by (__name__, job) ({{__name__=~{quoted(one_of(names))}}})"
        )
        return {
            name: frozenset(labels.get("job", "") for labels in series)
            for name, series in by_name.items()
        }
    return {}


def _gaps(plan: Plan, prometheus: Prometheus, now: float) -> dict[str, tuple[int, int]]:
    """Of every record: evaluations without a value between the first and the last one that had one,
    and how many evaluations those are. One question for each interval of a group.
    """
    by_interval: dict[str, list[str]] = {}
    for group in plan.recording:
        interval = group.interval or plan.settings.evaluation_interval
        by_interval.setdefault(interval, []).extend(rule.name for rule in group.rules)
    gaps: dict[str, tuple[int, int]] = {}
    for interval, names in sorted(by_interval.items()):
        step = durations.seconds(interval)
        selector = f"{{__name__=~{quoted(one_of(names))}}}"
        for name, times in prometheus.present(selector, now - LAST * step, now, step).items():
            lasted = round((times[-1] - times[0]) / step) + 1
            gaps[name] = (lasted - len(times), lasted)
    return gaps
