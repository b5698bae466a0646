"""Whether every alert can fire, and reaches whom it should."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pbmon.catalog.alert_keys import AlertKey
from pbmon.finding import Finding
from pbmon.live.checks.case import Case
from pbmon.live.checks.supply import Supply
from pbmon.live.seen import ActiveAlert, SeenPrometheus
from pbmon.plan.plan import Plan


def alert_can_be_evaluated(case: Case) -> Iterator[Finding]:
    """Every series that an alert reads exists, directly or below the records it reads.

    An alert over series that do not exist never fires, and Prometheus reports no error. Series
    inside `absent()` or behind `unless` may be missing.
    """
    supply = Supply(case.plan, case.prometheus)
    for alert in case.plan.alerts:
        if lacking := supply.lacking(alert.expr):
            yield Finding(
                "alert-can-be-evaluated",
                alert.source,
                f"{alert.name} can never fire: there are no series of {', '.join(lacking)}",
                "see what metric-arrives, target-is-up and rule-is-loaded say about them",
            )


def evaluable(plan: Plan, seen: SeenPrometheus) -> int:
    """How many alerts could fire."""
    supply = Supply(plan, seen)
    return sum(not supply.lacking(alert.expr) for alert in plan.alerts)


def active(plan: Plan, seen: SeenPrometheus) -> list[ActiveAlert]:
    """Alerts of the plan that are pending or firing."""
    planned = {alert.name for alert in plan.alerts}
    return [
        alert
        for group in seen.groups
        for rule in group.rules
        if rule.kind == "alert" and rule.name in planned
        for alert in rule.alerts
    ]


def active_alerts(plan: Plan, seen: SeenPrometheus) -> list[str]:
    """A line for each alert that is pending or firing: information, not a fault of the
    monitoring.
    """
    titles = {alert.title for alert in plan.alerts}
    return sorted(
        f"{_title(alert, titles)} is {alert.state} since"
        f" {alert.since.partition('.')[0].rstrip('Z')}Z"
        + "".join(
            f" {name}={alert.labels[name]}" for name in ("job", "instance") if name in alert.labels
        )
        for alert in active(plan, seen)
    )


def _title(alert: ActiveAlert, titles: Collection[str]) -> str:
    """The title that the alert has in the plan; its name where it has none."""
    name = alert.labels["alertname"]
    title = str(AlertKey(name, alert.labels.get("severity", "")))
    return title if title in titles else name


def alertmanager_is_told(case: Case) -> Iterator[Finding]:
    """Prometheus knows an Alertmanager to send to."""
    if not case.prometheus.alertmanagers:
        yield Finding(
            "alertmanager-is-told",
            case.plan.catalog.project.source,
            "Prometheus knows no Alertmanager, so it sends no alert",
            f"planned: {', '.join(case.plan.settings.alertmanagers) or 'none'}",
        )


def firing_alert_arrives(case: Case) -> Iterator[Finding]:
    """Every alert that fires in Prometheus is in Alertmanager, and goes to the receiver that is
    planned for its severity.
    """
    alerts = list(case.plan.alerts)
    sources = {name: alert.source for alert in alerts for name in (alert.name, alert.title)}
    for alert in active(case.plan, case.prometheus):
        if alert.state != "firing":
            continue
        name, severity = _title(alert, sources), alert.labels.get("severity", "")
        arrived = [
            receivers
            for labels, receivers in case.alertmanager.alerts
            if alert.labels.items() <= labels.items()
        ]
        planned = next(
            (route.receiver for route in case.plan.routes if severity in route.severities),
            "default",
        )
        if not arrived:
            yield Finding(
                "firing-alert-arrives",
                sources[name],
                f"{name} fires in Prometheus, but Alertmanager does not have it, so nobody is"
                " notified",
                "Prometheus sends to"
                f" {', '.join(map(_host, case.prometheus.alertmanagers)) or 'nobody'}",
            )
        elif not any(planned in receivers for receivers in arrived):
            goes = (
                ", ".join(sorted({receiver for receivers in arrived for receiver in receivers}))
                or "nobody"
            )
            yield Finding(
                "firing-alert-arrives",
                sources[name],
                f"{name} goes to receiver {goes}, but severity {severity} is planned for {planned}",
                "see which route of Alertmanager's configuration takes it first",
            )


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]
