"""What a live check looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pbmon.finding import Finding
from pbmon.live.names import family_names, sample_names
from pbmon.live.seen import Exposure, Seen, SeenAlertmanager, SeenGrafana, SeenPrometheus
from pbmon.model.builtin import BUILTIN
from pbmon.model.metrics import Metric
from pbmon.model.service import Service
from pbmon.plan.plan import Plan

ByService = Mapping[str, Sequence[Exposure]]
"""What each service exposes, by its name; services of which nothing was read are left out."""


@dataclass(frozen=True)
class Case:
    """The plan, what it renders to (text by path), and what was seen of the running systems.

    excused: metrics that may have no series.
    """

    plan: Plan
    rendered: Mapping[str, str]
    seen: Seen
    excused: frozenset[str] = frozenset()

    @property
    def prometheus(self) -> SeenPrometheus:
        """What was seen of Prometheus; only for checks that run when it was asked."""
        assert self.seen.prometheus
        return self.seen.prometheus

    @property
    def alertmanager(self) -> SeenAlertmanager:
        """The same for Alertmanager."""
        assert self.seen.alertmanager
        return self.seen.alertmanager

    @property
    def grafana(self) -> SeenGrafana:
        """The same for Grafana."""
        assert self.seen.grafana
        return self.seen.grafana

    @cached_property
    def exposed(self) -> Sequence[ByService]:
        """Expositions by service: those from Prometheus, then those that were read directly."""
        jobs = [_of_jobs(self.plan, self.seen.prometheus)] if self.seen.prometheus else []
        return [*jobs, _of_scraped(self.plan, self.seen.scraped)] if self.seen.scraped else jobs

    @cached_property
    def measured(self) -> Sequence[tuple[Metric, Sequence[Exposure]]]:
        """Every declared metric with the expositions that it is compared with: those of all jobs
        of its service together, or one that was read directly.

        Excused metrics without series are left out. So are services of which no target answers:
        target-is-up reports these.
        """
        pairs: list[tuple[Metric, Sequence[Exposure]]] = []
        for service, metric in declared(self.plan):
            if self.seen.prometheus:
                exposures = [self.seen.prometheus.exposures[job.name] for job in service.jobs]
                if any(exposure.up for exposure in exposures):
                    pairs.append((metric, exposures))
            if self.seen.scraped:
                pairs += [(metric, [each]) for each in self.exposed[-1].get(service.name, ())]
        return [
            (metric, exposures)
            for metric, exposures in pairs
            if metric.name not in self.excused or has_series(metric, exposures)
        ]


Check = Callable[[Case], Iterator[Finding]]
"""`target_is_up` is the check `target-is-up`, and its docstring is its text in docs/verify.md."""


def declared(plan: Plan) -> Iterator[tuple[Service, Metric]]:
    """Every defined metric with its service, without the metrics that every Prometheus has."""
    for metric in plan.catalog.metrics:
        service = plan.catalog.owner(metric)
        if service is not None and metric not in BUILTIN:
            yield service, metric


def has_series(metric: Metric, exposures: Iterable[Exposure]) -> bool:
    """Whether any of them holds a series of the metric."""
    return any(name in exposure.series for exposure in exposures for name in sample_names(metric))


def _of_jobs(plan: Plan, seen: SeenPrometheus) -> ByService:
    return {
        service.name: [seen.exposures[job.name] for job in service.jobs]
        for service in plan.catalog.services
    }


def _of_scraped(plan: Plan, scraped: Sequence[Exposure]) -> ByService:
    """By the service most of whose metrics an exposition has; what has none of any is left out."""
    exposed: dict[str, list[Exposure]] = {}
    for exposure in scraped:
        counts: Counter[str] = Counter()
        for service, metric in declared(plan):
            names = {*family_names(metric), *sample_names(metric)}
            if has_series(metric, [exposure]) or exposure.families.keys() & names:
                counts[service.name] += 1
        for name, _ in counts.most_common(1):
            exposed.setdefault(name, []).append(exposure)
    return exposed
