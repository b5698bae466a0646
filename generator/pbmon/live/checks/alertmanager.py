"""Whether Alertmanager routes and silences as planned.

What it tells of its configuration has defaults filled in, and it may serve others too; so what was
rendered must be found in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pbmon.finding import Finding
from pbmon.live.seen import SeenAlertmanager
from pbmon.live.servers import routing
from pbmon.plan.plan import Plan

_HELP = "install the rendered monitoring/alertmanager.yml and reload Alertmanager"


def receiver_is_configured(plan: Plan, seen: SeenAlertmanager, rendered: str) -> Iterator[Finding]:
    """Alertmanager has every planned receiver, with the webhook that is planned for it.

    rendered: text of the rendered alertmanager.yml.
    """
    running = seen.routing.receivers
    for name, webhooks in routing.read(rendered).receivers.items():
        if name not in running:
            problem = (
                f"Alertmanager has no receiver {name}, so what is planned for it reaches nobody"
            )
            yield Finding("receiver-is-configured", plan.catalog.project.source, problem, _HELP)
        elif missing := webhooks - running[name]:
            problem = (
                f"receiver {name} of Alertmanager does not call the webhook in"
                f" {', '.join(sorted(missing))}"
            )
            yield Finding("receiver-is-configured", plan.catalog.project.source, problem, _HELP)


def route_is_configured(plan: Plan, seen: SeenAlertmanager, rendered: str) -> Iterator[Finding]:
    """Alertmanager has every planned route: its matchers, its receiver, its repeat interval.

    Where it serves this project alone (the receivers are the planned ones), the route on top must
    be the planned one too.
    """
    wanted, running = routing.read(rendered), seen.routing
    for route in wanted.routes[1:]:
        if route not in running.routes:
            problem = f"Alertmanager has no route of {route.shown}, so such alerts go elsewhere"
            yield Finding("route-is-configured", plan.catalog.project.source, problem, _HELP)
    if wanted.receivers.keys() == running.receivers.keys():
        for key, value in wanted.top.items():
            has = running.top.get(key)
            if has != value:
                problem = f"the route on top of Alertmanager has {key} {has!r}, not {value!r}"
                yield Finding("route-is-configured", plan.catalog.project.source, problem, _HELP)


def inhibition_is_configured(
    plan: Plan, seen: SeenAlertmanager, rendered: str
) -> Iterator[Finding]:
    """Alertmanager has every planned inhibition, so that one cause does not wake somebody for each
    of its effects.
    """
    sources = {alert.name: alert.source for alert in plan.alerts}
    for inhibition, planned in zip(
        routing.read(rendered).inhibitions, plan.inhibitions, strict=True
    ):
        if inhibition not in seen.routing.inhibitions:
            yield Finding(
                "inhibition-is-configured",
                sources[planned.source],
                f"in Alertmanager {planned.source} does not silence {', '.join(planned.targets)},"
                " so all of them notify",
                _HELP,
            )
