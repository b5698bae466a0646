"""Checks of where alerts go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pbmon.audit.case import Case
from pbmon.audit.configuration import Alertmanager, Route
from pbmon.audit.rules import Rule
from pbmon.expr.shapes import fulfils
from pbmon.finding import Finding
from pbmon.labels import Matcher


def matcher_is_read(case: Case) -> Iterator[Finding]:
    """Every matcher of a route is one that Alertmanager reads.

    It refuses a configuration with a matcher that is none, or whose pattern is no regular
    expression, and keeps the old one on a reload.

    To fix it: `name="value"`, `name=~"pattern"`, and `!=` and `!~`.
    """
    for manager in case.alertmanagers:
        for route in _routes(manager.route):
            for text in route.unread:
                yield Finding(
                    "matcher-is-read",
                    route.source,
                    f"the route to {route.receiver!r} has {text[:80]!r}, which is no matcher:"
                    " Alertmanager refuses the file",
                    'name="value", or name=~"pattern"',
                )


def receiver_exists(case: Case) -> Iterator[Finding]:
    """Every receiver that a route names is defined.

    Alertmanager does not start with a route to nowhere, and keeps its old configuration on a
    reload.

    To fix it: define it under `receivers`, or correct the name.
    """
    for manager in case.alertmanagers:
        for route in _routes(manager.route):
            if route.receiver and route.receiver not in manager.receivers:
                yield Finding(
                    "receiver-exists",
                    route.source,
                    f"the route names receiver {route.receiver!r}, which is not defined:"
                    " Alertmanager refuses the file",
                    f"there are {', '.join(sorted(manager.receivers)) or 'none'}",
                )


def route_is_reached(case: Case) -> Iterator[Finding]:
    """Every route takes an alert.

    One whose matchers no alert fulfils, or behind another that takes everything it would take, is
    dead: the team that it names hears nothing. Labels that an alert's series may carry count as
    fulfilled. Held against the alerts that were given; other Prometheus servers may send others.

    To fix it: correct the matcher, move the route up, or take it out.
    """
    alerts = [rule for rule in case.rules if rule.is_alert]
    for manager in case.alertmanagers:
        yield from _shadowed(manager.route)
        for route in _routes(manager.route):
            if alerts and route.matchers and not any(_may_take(route, rule) for rule in alerts):
                yield Finding(
                    "route-is-reached",
                    route.source,
                    f"none of the {len(alerts)} alerts here fulfils {_text(route.matchers)}, so the"
                    f" route to {route.receiver!r} takes none",
                    level="warning",
                )


def alert_reaches_somebody(case: Case) -> Iterator[Finding]:
    """Every alert reaches a receiver that tells somebody.

    An alert that no route takes goes to the receiver of the first route; where that has no address,
    nobody hears of it. So it is where Prometheus knows no Alertmanager at all.

    To fix it: give the default receiver an address, or add a route.
    """
    alerts = [rule for rule in case.rules if rule.is_alert]
    for each in case.prometheus:
        if alerts and each.loads_rules and not each.alertmanagers:
            yield Finding(
                "alert-reaches-somebody",
                each.source,
                f"the configuration names no Alertmanager, so the {len(alerts)} alerts here reach"
                " nobody",
                "alerting: {alertmanagers: [...]}",
                "warning",
            )
    for manager in case.alertmanagers:
        for rule in alerts:
            if manager.receivers.get(manager.route.receiver, True) or _is_taken(manager, rule):
                continue
            yield Finding(
                "alert-reaches-somebody",
                rule.at("alert"),
                f"no route of {manager.document.file} takes alert {rule.text.name}, and the default"
                f" receiver {manager.route.receiver!r} tells nobody",
                level="warning",
            )


def _routes(route: Route) -> Iterator[Route]:
    yield route
    for inner in route.routes:
        yield from _routes(inner)


def _is_taken(manager: Alertmanager, rule: Rule) -> bool:
    return any(_may_take(route, rule) for route in manager.route.routes)


def _may_take(route: Route, rule: Rule) -> bool:
    """Whether the alert may fulfil the route's own matchers. A label that it does not set may be
    one of its series, or an external one.
    """
    fixed = {**rule.text.labels, "alertname": rule.text.name}
    return all(
        "{{" in fixed[label] or fulfils(matcher, fixed[label])
        for matcher in route.matchers
        if (label := matcher.label.help) in fixed
    )


def _shadowed(route: Route) -> Iterator[Finding]:
    for number, later in enumerate(route.routes):
        for earlier in route.routes[:number]:
            if not earlier.proceeds and set(_keys(earlier.matchers)) <= set(_keys(later.matchers)):
                yield Finding(
                    "route-is-reached",
                    later.source,
                    f"the route in line {earlier.source.line} takes everything that the route to"
                    f" {later.receiver!r} would take",
                    "move it up, or `continue: true` above",
                    "warning",
                )
                break
        yield from _shadowed(later)


def _keys(matchers: Sequence[Matcher]) -> Iterator[tuple[str, str, str]]:
    return ((matcher.label.help, matcher.op, matcher.value) for matcher in matchers)


def _text(matchers: Sequence[Matcher]) -> str:
    return ", ".join(f"{each.label.help}{each.op}{each.value!r}" for each in matchers)
