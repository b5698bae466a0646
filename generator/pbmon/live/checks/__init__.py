"""The checks of running systems: every one a function from a `Case` to findings.

This list is the only one: `verify`, its page docs/verify.md and the tests read it. A new check is a
function in one of these modules and a line here. Nothing here asks a server: `live/servers/` did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pbmon.finding import id_of
from pbmon.live.checks import (
    alertmanager,
    alerts,
    grafana,
    labels,
    metrics,
    panels,
    records,
    rules,
    series,
    targets,
)
from pbmon.live.checks.case import Check
from pbmon.live.seen import Seen


@dataclass(frozen=True)
class Shelf:
    """Checks under a heading. runs: whether enough was seen for them."""

    heading: str
    runs: Callable[[Seen], bool]
    checks: tuple[Check, ...]


CHECKS: tuple[Shelf, ...] = (
    Shelf(
        "A metric, from Prometheus or read directly",
        lambda seen: bool(seen.prometheus or seen.scraped),
        (
            metrics.metric_arrives,
            metrics.metric_type_is_declared,
            metrics.metric_help_is_declared,
            metrics.metric_labels_are_declared,
            metrics.label_values_are_declared,
            metrics.label_values_are_bounded,
            metrics.buckets_are_declared,
            labels.declared_labels_tell_series_apart,
        ),
    ),
    Shelf(
        "The series of a service, from Prometheus or read directly",
        lambda seen: bool(seen.prometheus or seen.scraped),
        (
            series.exposition_is_of_a_service,
            series.series_is_declared,
            series.series_fit_the_budget,
        ),
    ),
    Shelf(
        "Prometheus",
        lambda seen: bool(seen.prometheus),
        (
            targets.target_is_up,
            targets.target_labels_are_planned,
            rules.rule_is_loaded,
            rules.rule_is_as_rendered,
            rules.rule_is_evaluated,
            records.record_has_no_gaps,
            records.window_is_retained,
            alerts.alert_can_be_evaluated,
            panels.panel_shows_data,
            panels.query_has_no_warning,
            panels.annotation_can_be_asked,
        ),
    ),
    Shelf(
        "Alertmanager",
        lambda seen: bool(seen.alertmanager),
        (
            alertmanager.receiver_is_configured,
            alertmanager.route_is_configured,
            alertmanager.inhibition_is_configured,
        ),
    ),
    Shelf(
        "From Prometheus to Alertmanager",
        lambda seen: bool(seen.prometheus and seen.alertmanager),
        (alerts.alertmanager_is_told, alerts.firing_alert_arrives),
    ),
    Shelf(
        "Grafana",
        lambda seen: bool(seen.grafana),
        (grafana.grafana_reaches_prometheus, grafana.dashboard_is_as_rendered),
    ),
)


IDS = frozenset(id_of(check) for shelf in CHECKS for check in shelf.checks)
"""What findings of `pbmon verify` can be called."""
