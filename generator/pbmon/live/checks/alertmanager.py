"""Whether Alertmanager routes and silences as planned.

Alertmanager shows its configuration with defaults filled in, and it may serve other projects too.
So the checks look for the rendered parts in it, and ignore the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.finding import Finding
from pbmon.live.checks.case import Case
from pbmon.live.seen import Routing
from pbmon.live.servers import routing
from pbmon.plan.paths import ALERTMANAGER
from pbmon.source import Source

_HELP = "install the rendered monitoring/alertmanager.yml and reload Alertmanager"


def receiver_is_configured(case: Case) -> Iterator[Finding]:
    """Alertmanager has every planned receiver, with the webhook that is planned for it."""
    running = case.alertmanager.routing.receivers
    for name, webhooks in _rendered(case).receivers.items():
        if name not in running:
            problem = (
                f"Alertmanager has no receiver {name}, so what is planned for it reaches nobody"
            )
            yield Finding("receiver-is-configured", _source(case, name), problem, _HELP)
        elif missing := webhooks - running[name]:
            problem = (
                f"receiver {name} of Alertmanager does not call the webhook in"
                f" {', '.join(sorted(missing))}"
            )
            yield Finding("receiver-is-configured", _source(case, name), problem, _HELP)


def route_is_configured(case: Case) -> Iterator[Finding]:
    """Alertmanager has every planned route: its matchers, its receiver, its repeat interval.

    Where it serves this project alone (the receivers are the planned ones), the route on top must
    be the planned one too.
    """
    planned, running = _rendered(case), case.alertmanager.routing
    for route in planned.routes[1:]:
        if route not in running.routes:
            problem = f"Alertmanager has no route of {route.title}, so such alerts go elsewhere"
            yield Finding("route-is-configured", _source(case, route.receiver), problem, _HELP)
    if planned.receivers.keys() == running.receivers.keys():
        for key, value in planned.top.items():
            has = running.top.get(key)
            if has != value:
                problem = f"the route on top of Alertmanager has {key} {has!r}, not {value!r}"
                yield Finding(
                    "route-is-configured", case.plan.catalog.project.source, problem, _HELP
                )


def inhibition_is_configured(case: Case) -> Iterator[Finding]:
    """Alertmanager has every planned inhibition. Without it, one cause notifies once for each of
    its effects.
    """
    sources = {alert.key: alert.source for alert in case.plan.alerts}
    for inhibition, planned in zip(_rendered(case).inhibitions, case.plan.inhibitions, strict=True):
        if inhibition not in case.alertmanager.routing.inhibitions:
            yield Finding(
                "inhibition-is-configured",
                sources[planned.source],
                f"in Alertmanager {planned.source} does not silence"
                f" {', '.join(map(str, planned.targets))},"
                " so all of them notify",
                _HELP,
            )


def _rendered(case: Case) -> Routing:
    return routing.read(case.rendered[ALERTMANAGER])


def _source(case: Case, receiver: str) -> Source:
    """Where the receiver is defined; the project for `default`, which no definition names."""
    project = case.plan.catalog.project
    sources = {defined.name: defined.source for defined in project.receivers}
    return sources.get(receiver, project.source)
