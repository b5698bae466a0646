"""Checks of what an alert needs so that the person on call can act."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from pbmon import durations
from pbmon.checks.case import Case
from pbmon.expr.nodes import SET_OPERATORS, Aggregate, Binary, Call, Node, Number, Selector
from pbmon.finding import Finding
from pbmon.plan.lineage import Lineage
from pbmon.plan.paths import RUNBOOKS
from pbmon.plan.rules import PlannedAlert

_MUCH_LONGER = 1.5


def alert_has_panel(case: Case) -> Iterator[Finding]:
    """Every alert is shown by a panel.

    The person on call looks at a graph first: since when, how bad, is it getting better? Without a
    panel the alert has no `dashboard_url`, and no graph shows its threshold. Name the alert in the
    panel that shows its value: `Panel(..., alerts=[high_error_rate])`. An alert that always fires
    has nothing to show.
    """
    for alert in case.plan.alerts:
        if alert.panel is None and not alert.always_fires:
            yield Finding(
                "alert-has-panel",
                alert.source,
                f"no panel shows alert {alert.name}, so no graph tells since when and by how much"
                " its limit is exceeded",
                "name it in the panel with its value: Panel(..., alerts=[...])",
                level="warning",
            )


def alert_has_action(case: Case) -> Iterator[Finding]:
    """Every alert says what happens, what users notice and what to do first.

    An alert that nobody can act on trains people to ignore alerts
    (https://sre.google/sre-book/monitoring-distributed-systems/#tying-these-principles-together).
    `summary`, `impact` and `action` each need at least three words.
    """
    for alert in case.plan.alerts:
        definition = alert.definition
        if definition is None:
            continue
        for name, text in (
            ("summary", definition.summary),
            ("impact", definition.impact),
            ("action", definition.action),
        ):
            if len(text.split()) < 3:
                excerpt = text if len(text) <= 60 else f"{text[:60]}…"
                yield Finding(
                    "alert-has-action",
                    alert.source,
                    f"{name} of {alert.name} is {excerpt!r}, which does not help the person on"
                    " call",
                    "one sentence: what happens, what users notice, what to do first",
                    level="warning",
                )


def alert_has_runbook(case: Case) -> Iterator[Finding]:
    """Every alert's `runbook_url` ends in a runbook that is rendered.

    The runbooks lie in `docs/runbooks/`; the project's `runbook_url` is the address under which
    that folder is published.
    """
    for alert in case.plan.alerts:
        url = dict(alert.annotations).get("runbook_url", "")
        if f"{RUNBOOKS}/{url.rpartition('/')[2]}" not in case.texts:
            yield Finding(
                "alert-has-runbook",
                alert.source,
                f"runbook_url of {alert.name} leads to {url!r}, which is not rendered",
                "see docs/runbooks/",
            )


def for_is_waited_as_written(case: Case) -> Iterator[Finding]:
    """An alert's `for` is about as long as the time that it waits.

    A rule is evaluated once an interval of its group, so an alert fires at the first evaluation
    behind its `for`. In a group that is run every 5m, `for_="1m"` waits 5m. Write the time that it
    waits, or shorten the group's interval.
    """
    for group in case.plan.alerting:
        interval = group.interval or case.plan.settings.evaluation_interval
        every = durations.seconds(interval)
        for rule in group.rules:
            written = durations.seconds(rule.for_) if isinstance(rule, PlannedAlert) else 0.0
            waited = ceil(written / every) * every
            if waited >= _MUCH_LONGER * written > 0:
                yield Finding(
                    "for-is-waited-as-written",
                    rule.source,
                    f"{rule.name} says for {durations.text(written)}, but its group is run every"
                    f" {interval}, so it waits {durations.text(waited)}",
                    f'for_="{durations.text(waited)}", or a shorter interval',
                    level="warning",
                )


def severity_has_receiver(case: Case) -> Iterator[Finding]:
    """Every severity that alerts have goes to a receiver, where the project has any.

    Alertmanager sends an alert without a route to its default receiver, which notifies no one.
    """
    routed = {severity for route in case.plan.routes for severity in route.severities}
    without_receiver = [alert for alert in case.plan.alerts if alert.severity not in routed]
    if case.plan.routes and without_receiver:
        first = without_receiver[0]
        yield Finding(
            "severity-has-receiver",
            case.plan.catalog.project.source,
            f"no receiver takes severity {first.severity!r}, so no one is notified of {first.name}"
            + (f" and {len(without_receiver) - 1} more" if len(without_receiver) > 1 else ""),
            f"Receiver(name=..., severities=[{first.severity!r}])",
        )


def alert_unit_is_the_panels(case: Case) -> Iterator[Finding]:
    """A panel has the unit of the alerts whose thresholds it draws.

    A threshold of 0.05 (a ratio) on an axis from 0 to 100 is a line at the bottom, which every
    value exceeds.
    """
    with_threshold = {alert.definition for alert in case.plan.alerts if alert.threshold}
    for dashboard in case.plan.catalog.dashboards:
        for panel in dashboard.panels:
            for alert in (alert for alert in panel.alerts if alert in with_threshold):
                unit = alert.expr.unit
                if unit and panel.unit and unit != panel.unit:
                    yield Finding(
                        "alert-unit-is-the-panels",
                        panel.source,
                        f"panel {panel.title!r} is in {panel.unit!r} but draws the threshold of"
                        f" {alert.name}, which is in {unit!r}",
                        "show the alert's expression in its own unit",
                        level="warning",
                    )


def threshold_is_below_the_top_bucket(case: Case) -> Iterator[Finding]:
    """A quantile is compared with a value below the histogram's largest finite bucket.

    `histogram_quantile()` never returns more than the largest finite bound
    (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), so `>
    bound` can never be true. Add a bucket above the threshold, or lower the threshold.
    """
    for alert in case.plan.alerts:
        for compared, operator, threshold in _upper_limits(alert):
            for top, metric in _reach(compared, case.plan.lineage):
                if threshold > top or (threshold == top and operator == ">"):
                    yield Finding(
                        "threshold-is-below-the-top-bucket",
                        alert.source,
                        f"{alert.name} waits for more than {threshold:g}, but the largest bucket of"
                        f" {metric} ends at {top:g}, so it can never fire",
                        "add a bucket above the threshold, or lower the threshold",
                    )


def _upper_limits(alert: PlannedAlert) -> Iterator[tuple[Node, str, float]]:
    """The expressions that the alert compares by `>` or `>=`, each with operator and number."""
    pending: list[Node] = [alert.expr]
    while pending:
        node = pending.pop()
        if not isinstance(node, Binary):
            continue
        if node.operator in SET_OPERATORS:
            pending += [node.left] if node.operator == "unless" else [node.left, node.right]
        elif node.operator in {">", ">="} and isinstance(node.right, Number):
            yield node.left, node.operator, float(node.right.value)


def _reach(node: Node, lineage: Lineage) -> Iterator[tuple[float, str]]:
    """(largest finite bucket, metric) of the quantile that the node is.

    It follows recorded series.
    """
    if isinstance(node, Selector) and node.series.metric in lineage.recorded:
        yield from _reach(lineage.recorded[node.series.metric], lineage)
    elif isinstance(node, Aggregate) and node.operator in {"max", "min", "avg", "topk", "bottomk"}:
        yield from _reach(node.operand, lineage)
    elif isinstance(node, Binary) and node.filters:
        yield from _reach(node.left, lineage)  # as a recorded quantile, without NaN
    elif isinstance(node, Call) and node.function == "histogram_quantile":
        quantiles = (below.series for below in lineage.raw(node) if below.series.bounds)
        yield from dict.fromkeys((max(series.bounds), series.metric) for series in quantiles)
