"""The series that Prometheus stores of alerts, as the alerts that there are have them.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#inspecting-alerts-during-runtime
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from pbmon import durations
from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.derivation import shape
from pbmon.expr.nodes import Node, Selector, Series, String
from pbmon.expr.shapes import fulfils, label_set
from pbmon.expr.walk import asked_labels, rewrite, selectors, walk
from pbmon.labels import TARGET_LABELS, Matcher, listed, names
from pbmon.model.builtin import ALERT_SERIES, alertname, alerts, alertstate, severity
from pbmon.model.rules import Alert
from pbmon.source import Source


def exact(node: Node, catalog: Catalog) -> Node:
    """The expression with `ALERTS` as the alert has it that a matcher names; other series of alerts
    keep of their labels those that the expression asks for.
    """
    if not any(selector.series.name in ALERT_SERIES for selector in selectors(node)):
        return node
    texts = (inner.value for inner in walk(node) if isinstance(inner, String))
    asked = {*asked_labels(node), *texts}  # label_replace() names labels in texts

    def change(part: Node) -> Node:
        if not isinstance(part, Selector) or part.series.name not in ALERT_SERIES:
            return part
        named = _named(part, catalog)
        return replace(
            part, series=_series(part, named, catalog) if named else _narrow(part.series, asked)
        )

    return rewrite(node, change)


def _named(selector: Selector, catalog: Catalog) -> Sequence[Alert]:
    """The alerts of the one name that the selector asks for."""
    of_name, of_severity = _of(selector, alertname.name), _of(selector, severity.name)
    if not any(matcher.op == "=" for matcher in of_name):
        return ()
    return [
        alert
        for alert in catalog.alerts
        if _pass(of_name, alert.name) and _pass(of_severity, alert.severity)
    ]


def _series(selector: Selector, named: Sequence[Alert], catalog: Catalog) -> Series:
    """An alert is pending or firing, never both: where the selector does not ask, it fires."""
    pends = _of(selector, alertstate.name) and any(_waits(alert, catalog) for alert in named)
    always = [
        replace(alertname, values=(named[0].name,)),
        replace(severity, values=tuple(dict.fromkeys(alert.severity for alert in named))),
    ]
    if selector.series.name == alerts.name:
        always.append(replace(alertstate, values=("pending", "firing") if pends else ("firing",)))
    carried = {label.name: label for alert in named for label in (*alert.carried, *always)}
    kept = {name for alert in named for name in alert.expr.shape.key}
    key = tuple(sorted({*kept, *names(always)} & carried.keys()))
    return replace(selector.series, labels=label_set(carried.values()), key=key)


def _narrow(series: Series, asked: Container[str]) -> Series:
    always = {*names(TARGET_LABELS), alertname.name, alertstate.name, severity.name}
    kept = [label for label in series.labels if label.name in always or label.name in asked]
    return replace(series, labels=label_set(kept))


def misread(what: str, source: Source, node: Node, catalog: Catalog) -> Iterator[DefinitionError]:
    """What the expression asks of alerts that none of those it names has or can be. what, source:
    who asks.
    """
    of_alerts = [each for each in selectors(node) if each.series.name in ALERT_SERIES]
    errors = [error for each in of_alerts for error in _mistakes(each, what, source, catalog)]
    yield from errors
    if of_alerts and not errors:
        try:
            shape(exact(node, catalog))
        except DefinitionError as error:
            yield DefinitionError(source, f"{what}: {error.problem}", error.help)


def _mistakes(
    selector: Selector, what: str, source: Source, catalog: Catalog
) -> Iterator[DefinitionError]:
    """What the selector asks of alerts that none of those it names has. what, source: who asks."""
    of_name = _of(selector, alertname.name)
    named = [alert for alert in catalog.alerts if _pass(of_name, alert.name)]
    if not named or not any(matcher.op in {"=", "=~"} for matcher in of_name):
        return
    of_severity = _of(selector, severity.name)
    asked = [alert for alert in named if _pass(of_severity, alert.severity)]
    if not asked:
        yield DefinitionError(
            source,
            f"{what} asks for a severity that {named[0].name} does not have, so it finds nothing",
            f"it has {', '.join(dict.fromkeys(alert.severity for alert in named))}",
        )
        return
    have = _series(selector, asked, catalog).labels
    for matcher in selector.matchers if _named(selector, catalog) else ():
        if matcher.label.name not in names(have):
            yield DefinitionError(
                source,
                f"{what} asks for label {matcher.label.name!r} of {asked[0].name}, which keeps"
                " none",
                f"it has {listed(have)}",
            )
    of_state = _of(selector, alertstate.name)
    if (
        of_state
        and not _pass(of_state, "firing")
        and not any(_waits(each, catalog) for each in asked)
    ):
        yield DefinitionError(
            source,
            f"{what} asks whether {asked[0].name} is pending, which it never is: it has no for_,"
            " and fires at once",
            'alertstate="firing", or give it a for_',
        )


def _of(selector: Selector, label: str) -> Sequence[Matcher]:
    return [matcher for matcher in selector.matchers if matcher.label.name == label]


def _pass(matchers: Sequence[Matcher], value: str) -> bool:
    return all(fulfils(matcher, value) for matcher in matchers)


def _waits(alert: Alert, catalog: Catalog) -> bool:
    overlay = catalog.environment.alerts.get(str(catalog.alert_keys[alert]))
    return durations.seconds(overlay.for_ if overlay and overlay.for_ else alert.for_) > 0
