"""Every live check, listed by hand, and the figures that say how much of the plan was seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pbmon.finding import Finding
from pbmon.live.checks import alertmanager, alerts, grafana, panels, rules, series, targets
from pbmon.live.checks.metrics import METRIC_CHECKS, check_metric, has_series
from pbmon.live.observation import Servers, look
from pbmon.live.seen import Exposure, Seen, SeenAlertmanager, SeenGrafana, SeenPrometheus
from pbmon.live.servers.client import Unreachable
from pbmon.plan.paths import ALERTMANAGER
from pbmon.plan.plan import Plan
from pbmon.source import Source

Rendered = Mapping[str, str]
POLL = 2.0
"""Seconds between two looks while waiting; longer where a look takes longer, so that it costs at
most half of the time.
"""

PROMETHEUS_CHECKS: tuple[Callable[[Plan, SeenPrometheus], Iterator[Finding]], ...] = (
    targets.target_is_up,
    targets.target_labels_are_planned,
    targets.metrics_arrive_as_declared,
    rules.rule_is_loaded,
    rules.rule_is_as_rendered,
    rules.rule_is_evaluated,
    alerts.alert_can_be_evaluated,
    panels.panel_shows_data,
    panels.query_has_no_warning,
    panels.annotation_can_be_asked,
)
SERIES_CHECKS: tuple[Callable[[Plan, series.ByService], Iterator[Finding]], ...] = (
    series.series_is_declared,
    series.series_fit_the_budget,
)
ALERTMANAGER_CHECKS: tuple[Callable[[Plan, SeenAlertmanager, str], Iterator[Finding]], ...] = (
    alertmanager.receiver_is_configured,
    alertmanager.route_is_configured,
    alertmanager.inhibition_is_configured,
)
DELIVERY_CHECKS: tuple[Callable[[Plan, Seen], Iterator[Finding]], ...] = (
    alerts.alertmanager_is_told,
    alerts.firing_alert_arrives,
)
GRAFANA_CHECKS: tuple[Callable[[Plan, SeenGrafana, Rendered], Iterator[Finding]], ...] = (
    grafana.grafana_reaches_prometheus,
    grafana.dashboard_is_as_rendered,
)


@dataclass(frozen=True)
class Coverage:
    """How much of the plan was seen: what there is, of how many. figures: (what, seen, total), in
    the order shown.

    samples, seconds: what all panels together cost Prometheus.
    """

    figures: tuple[tuple[str, int, int], ...] = ()
    rightly_empty: int = 0
    samples: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        shown = ", ".join(f"{what} {seen}/{total}" for what, seen, total in self.figures)
        empty = f", {self.rightly_empty} rightly empty" if self.rightly_empty else ""
        cost = (
            f"; all panels read {self.samples:,} samples in {self.seconds:.2f} s"
            if self.seconds
            else ""
        )
        return f"{shown}{empty}{cost}"


@dataclass(frozen=True)
class Report:
    """What one look found.

    checks: ids of all that ran, in order. notes: for information. skipped: what was not looked at,
    and why. costs: of every query of every dashboard.
    """

    findings: tuple[Finding, ...]
    checks: tuple[str, ...]
    notes: tuple[str, ...]
    skipped: tuple[str, ...]
    coverage: Coverage
    costs: tuple[panels.QueryCost, ...] = ()

    @property
    def costliest(self) -> panels.QueryCost | None:
        """The query that reads most samples; of several, the slowest."""
        return max(self.costs, key=lambda cost: (cost.samples, cost.seconds), default=None)


def verify(plan: Plan, rendered: Rendered, servers: Servers) -> Report:
    """Look once and check. rendered: text of every artifact by path. Raises Unreachable or
    UsageError, see Client.ask.
    """
    seen = look(plan, servers)
    findings: list[Finding] = []
    checks: list[Callable[..., Iterator[Finding]]] = []
    if seen.prometheus:
        checks += [*PROMETHEUS_CHECKS, *METRIC_CHECKS, *SERIES_CHECKS]
        findings += [
            finding for check in PROMETHEUS_CHECKS for finding in check(plan, seen.prometheus)
        ]
        exposed = series.of_jobs(plan, seen.prometheus)
        findings += [finding for declared in SERIES_CHECKS for finding in declared(plan, exposed)]
    if seen.scraped:
        checks += [] if seen.prometheus else [*METRIC_CHECKS, *SERIES_CHECKS]
        findings += _scraped(plan, seen.scraped, servers.excused)
    if seen.alertmanager:
        checks += ALERTMANAGER_CHECKS
        text = rendered[ALERTMANAGER]
        findings += [
            finding
            for check in ALERTMANAGER_CHECKS
            for finding in check(plan, seen.alertmanager, text)
        ]
    if seen.prometheus and seen.alertmanager:
        checks += DELIVERY_CHECKS
        findings += [finding for delivery in DELIVERY_CHECKS for finding in delivery(plan, seen)]
    if seen.grafana:
        checks += GRAFANA_CHECKS
        findings += [
            finding
            for installed in GRAFANA_CHECKS
            for finding in installed(plan, seen.grafana, rendered)
        ]
    ids = tuple(
        check_id(check) for check in checks if check is not targets.metrics_arrive_as_declared
    )
    costs = tuple(panels.costs(plan, seen.prometheus)) if seen.prometheus else ()
    return Report(
        tuple(findings),
        ids,
        tuple(_notes(plan, seen)),
        tuple(_skipped(servers)),
        _coverage(plan, seen, costs),
        costs,
    )


def verify_until(
    plan: Plan, rendered: Rendered, servers: Servers, wait: float, progress: Callable[[str], None]
) -> Report:
    """Look again until there is no finding or `wait` seconds are over. progress hears, before each
    pause, what is still wrong.

    The report is of one look, the last. Raises as `verify` where a server gives no answer to the
    last look.
    """
    end = time.monotonic() + wait
    while True:
        begun = time.monotonic()
        try:
            report = verify(plan, rendered, servers)
        except Unreachable as error:
            if begun >= end:
                raise
            progress(error.problem)
        else:
            if not report.findings or begun >= end:
                return report
            progress(f"{len(report.findings)} findings, first: {report.findings[0].problem}")
        # the last look is at the end, not before it
        time.sleep(max(0.0, min(max(POLL, time.monotonic() - begun), end - time.monotonic())))


def check_id(check: Callable[..., object]) -> str:
    """`target_is_up` is the check `target-is-up`."""
    return check.__name__.replace("_", "-")


def _scraped(plan: Plan, scraped: Sequence[Exposure], excused: frozenset[str]) -> Iterator[Finding]:
    """Each exposition alone is held against the metrics of its service."""
    exposed = series.of_scraped(plan, scraped)
    for exposure in scraped:
        own = [name for name, exposures in exposed.items() if exposure in exposures]
        if not own:
            yield Finding(
                "metric-arrives",
                Source(exposure.origin, 0),
                "it has no metric of any service that is defined",
                "name the address of the metrics of one of them: --scrape http://host:port/metrics",
            )
        for service, metric in targets.declared(plan):
            if service.name in own:
                yield from check_metric(metric, [exposure], metric.name in excused)
    for check in SERIES_CHECKS:
        yield from check(plan, exposed)


def _notes(plan: Plan, seen: Seen) -> Iterator[str]:
    if seen.prometheus:
        yield from targets.undeclared_targets(plan, seen.prometheus)
        yield from alerts.active_alerts(plan, seen.prometheus)


def _skipped(servers: Servers) -> Iterator[str]:
    for what, named in (
        ("prometheus", servers.prometheus),
        ("alertmanager", servers.alertmanager),
        ("grafana", servers.grafana),
    ):
        if not named:
            yield f"{what.capitalize()} was not looked at: no --{what}"


def _coverage(plan: Plan, seen: Seen, costs: Sequence[panels.QueryCost]) -> Coverage:
    exposures = [*seen.scraped, *(seen.prometheus.exposures.values() if seen.prometheus else ())]
    metrics = [metric for _, metric in targets.declared(plan)]
    figures = (
        [("metrics seen", sum(has_series(metric, exposures) for metric in metrics), len(metrics))]
        if exposures
        else []
    )
    if not seen.prometheus:
        return Coverage(tuple(figures))
    shown = panels.count(plan, seen.prometheus)
    planned = {job.name for job in plan.jobs}
    up = sum(target.job in planned and target.health == "up" for target in seen.prometheus.targets)
    figures += [
        ("panels with data", shown.with_data, shown.total),
        ("alerts evaluable", alerts.evaluable(plan, seen.prometheus), len(list(plan.alerts))),
        ("targets up", up, sum(len(job.targets) for job in plan.jobs)),
    ]
    samples, seconds = sum(cost.samples for cost in costs), sum(cost.seconds for cost in costs)
    return Coverage(tuple(figures), shown.rightly_empty, samples, seconds)
