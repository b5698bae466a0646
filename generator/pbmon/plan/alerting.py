"""Pass 4: alerting rules, routes between them, and the links they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pbmon.catalog.alert_keys import AlertKey
from pbmon.catalog.catalog import Catalog
from pbmon.expr.derivation import shape
from pbmon.expr.nodes import Node
from pbmon.expr.walk import selectors
from pbmon.labels import names
from pbmon.model.rules import Alert, RuleGroup
from pbmon.plan.overlay import Settings, condition
from pbmon.plan.paths import ALERTS
from pbmon.plan.quantiles import numbers_only
from pbmon.plan.rules import Inhibition, PlannedAlert, PlannedGroup
from pbmon.plan.scope import Scope

_LINKED = ("job", "instance")


@dataclass(frozen=True)
class PanelAddress:
    """The panel that shows an alert: dashboard uid and panel id."""

    uid: str
    panel: int


def groups(
    catalog: Catalog, scope: Scope, decided: Settings, panels: Mapping[Alert, PanelAddress]
) -> tuple[PlannedGroup, ...]:
    """One group and file per RuleGroup; alerts without one go into a group of their service.
    panels: that show alerts.
    """
    members: dict[str, list[Alert]] = {}
    group_of: dict[str, RuleGroup | None] = {}
    for alert in catalog.alerts:
        service = catalog.owner(alert)
        name = (
            alert.group.name if alert.group else (service.name if service else catalog.project.name)
        )
        group_of[name] = alert.group or group_of.get(name)
        members.setdefault(name, []).append(alert)
    planned = []
    for name, alerts in sorted(members.items()):
        group = group_of[name]
        in_order = sorted(alerts, key=lambda alert: alert.source)
        rules = tuple(
            _planned(alert, catalog, scope, decided, panels.get(alert)) for alert in in_order
        )
        planned.append(
            PlannedGroup(
                name,
                f"{ALERTS}/{name}.yml",
                group.help if group else f"Alerts of {name}.",
                group.interval if group else "",
                rules,
                group.source if group else in_order[0].source,
            )
        )
    return tuple(planned)


def inhibitions(catalog: Catalog, decided: Settings) -> tuple[Inhibition, ...]:
    """What each alert silences, grouped by the labels that must be equal, and by the severity of
    alerts that share their name.

    These are the labels that both expressions keep, and the external labels: an Alertmanager may
    serve several clusters.
    """
    planned = []
    external = {name for name, _ in decided.external_labels}
    for alert in catalog.alerts:
        by_labels: dict[tuple[tuple[str, ...], str], list[AlertKey]] = {}
        label_names = names(alert.expr.label_set)
        for silenced in alert.silences:
            kept = {name for name in names(silenced.expr.label_set) if name in label_names}
            shared, key = tuple(sorted(kept | external)), catalog.alert_keys[silenced]
            by_labels.setdefault((shared, key.severity), []).append(key)
        planned += [
            Inhibition(catalog.alert_keys[alert], tuple(sorted(targets)), equal)
            for (equal, _), targets in sorted(by_labels.items())
        ]
    return tuple(planned)


def _planned(
    alert: Alert, catalog: Catalog, scope: Scope, decided: Settings, panel: PanelAddress | None
) -> PlannedAlert:
    node, threshold = condition(alert, catalog)
    overlay = catalog.environment.alerts.get(str(catalog.alert_keys[alert]))
    labels = {
        **_target_labels(alert, node, catalog, scope),
        **alert.labels,
        "severity": alert.severity,
    }
    scoped = numbers_only(scope.in_rules(node), stored=False)
    return PlannedAlert(
        name=alert.name,
        expr=scoped,
        for_=overlay.for_ if overlay and overlay.for_ else alert.for_,
        keep_firing_for=alert.keep_firing_for,
        severity=alert.severity,
        labels=tuple(sorted(labels.items())),
        annotations=tuple(sorted(_annotations(alert, decided, panel).items())),
        result_labels=names(shape(scoped).labels),
        threshold=threshold,
        panel=(panel.uid, panel.panel) if panel else None,
        definition=alert,
        external_labels=decided.external_labels,
        shares_name=bool(catalog.alert_keys[alert].severity),
    )


def _target_labels(alert: Alert, node: Node, catalog: Catalog, scope: Scope) -> dict[str, str]:
    """Labels that all scrape jobs in the expression agree on, and that it does not keep: what is
    known of the alert's target without the series.
    """
    kept = names(alert.expr.label_set)
    jobs = {name for selector in selectors(node) for name in scope.jobs(selector)}
    labels_of = catalog.labels_of_job
    job_labels = [dict(labels_of[name]) for name in sorted(jobs)]
    if not job_labels:
        return {}
    # Prometheus expands templates in an alert's labels, but not in a target's: a value that looks
    # like one is left to the series.
    return {
        name: value
        for name, value in job_labels[0].items()
        if name not in kept
        and "{{" not in value
        and all(labels.get(name) == value for labels in job_labels)
    }


def _annotations(alert: Alert, decided: Settings, panel: PanelAddress | None) -> dict[str, str]:
    annotations = {
        **alert.annotations,
        "summary": alert.summary,
        "description": alert.description or alert.summary,
        "impact": alert.impact,
        "action": alert.action,
        "runbook_url": f"{decided.runbook_url}/{alert.name}.md",
    }
    if panel:
        link_labels = [name for name in _LINKED if name in names(alert.expr.label_set)]
        variables = "".join(
            f"&var-{name}={{{{ $labels.{name} | urlquery }}}}" for name in link_labels
        )
        annotations["dashboard_url"] = (
            f"{decided.grafana_url}/d/{panel.uid}?viewPanel={panel.panel}{variables}"
        )
    return annotations
