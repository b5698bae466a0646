"""Whether Alertmanager routes and silences as planned.

What it tells of its configuration has defaults filled in, and it may serve others too; so what was rendered must be found in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from pbmon import durations
from pbmon.finding import Finding
from pbmon.live.seen import SeenAlertmanager
from pbmon.plan.plan import Plan

_MATCHER = re.compile(r'\s*([\w:]+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*', re.DOTALL)
_HELP = "install the rendered monitoring/alertmanager.yml and reload Alertmanager"

Config = Mapping[str, Any]


def receiver_is_configured(plan: Plan, seen: SeenAlertmanager, rendered: str) -> Iterator[Finding]:
    """Alertmanager has every planned receiver, with the webhook that is planned for it.

    rendered: text of the rendered alertmanager.yml.
    """
    running = {receiver["name"]: receiver for receiver in seen.config.get("receivers") or ()}
    for receiver in yaml.safe_load(rendered)["receivers"]:
        name = receiver["name"]
        if name not in running:
            problem = f"Alertmanager has no receiver {name}, so what is planned for it reaches nobody"
            yield Finding("receiver-is-configured", plan.catalog.project.source, problem, _HELP)
        elif missing := _webhooks(receiver) - _webhooks(running[name]):
            problem = f"receiver {name} of Alertmanager does not call the webhook in {', '.join(sorted(missing))}"
            yield Finding("receiver-is-configured", plan.catalog.project.source, problem, _HELP)


def route_is_configured(plan: Plan, seen: SeenAlertmanager, rendered: str) -> Iterator[Finding]:
    """Alertmanager has every planned route: its matchers, its receiver, its repeat interval.

    Where it serves this project alone (the receivers are the planned ones), the route on top must be the planned one too.
    """
    wanted = yaml.safe_load(rendered)
    running = [_route(route) for route in _routes(seen.config["route"])]
    for route in wanted["route"].get("routes") or ():
        if _route(route) not in running:
            matchers = ", ".join(route["matchers"])
            problem = f"Alertmanager has no route of {matchers} to {route['receiver']} repeated every {route['repeat_interval']}"
            yield Finding("route-is-configured", plan.catalog.project.source, f"{problem}, so such alerts go elsewhere", _HELP)
    own = {receiver["name"] for receiver in wanted["receivers"]} == {
        receiver["name"] for receiver in seen.config.get("receivers") or ()
    }
    if own:
        for key, value in wanted["route"].items():
            has = seen.config["route"].get(key)
            if key != "routes" and has != value:
                problem = f"the route on top of Alertmanager has {key} {has!r}, not {value!r}"
                yield Finding("route-is-configured", plan.catalog.project.source, problem, _HELP)


def inhibition_is_configured(plan: Plan, seen: SeenAlertmanager, rendered: str) -> Iterator[Finding]:
    """Alertmanager has every planned inhibition, so that one cause does not wake somebody for each of its effects."""
    sources = {alert.name: alert.source for alert in plan.alerts}
    running = [_inhibition(rule) for rule in seen.config.get("inhibit_rules") or ()]
    for rule, planned in zip(yaml.safe_load(rendered).get("inhibit_rules") or (), plan.inhibitions, strict=True):
        if _inhibition(rule) not in running:
            yield Finding(
                "inhibition-is-configured",
                sources[planned.source],
                f"in Alertmanager {planned.source} does not silence {', '.join(planned.targets)}, so all of them notify",
                _HELP,
            )


def _routes(route: Config) -> Iterator[Config]:
    yield route
    for child in route.get("routes") or ():
        yield from _routes(child)


def _route(route: Config) -> tuple[Any, ...]:
    repeat = route.get("repeat_interval")
    return route.get("receiver"), _matchers(route.get("matchers")), durations.milliseconds(repeat) if repeat else None


def _inhibition(rule: Config) -> tuple[Any, ...]:
    return _matchers(rule.get("source_matchers")), _matchers(rule.get("target_matchers")), frozenset(rule.get("equal") or ())


def _matchers(texts: list[str] | None) -> frozenset[tuple[str, ...]]:
    """Matchers as (name, operator, value): Alertmanager writes them with other quotes and spaces than they were read with."""
    return frozenset(found.groups() if (found := _MATCHER.fullmatch(text)) else (text,) for text in texts or ())


def _webhooks(receiver: Config) -> set[str]:
    return {hook["url_file"] for hook in receiver.get("webhook_configs") or () if hook.get("url_file")}
