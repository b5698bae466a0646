"""Reads the parts of Alertmanager's configuration that the checks compare, from the rendered file
and from the running server alike.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from pbmon import durations
from pbmon.live.seen import Inhibition, Route, Routing
from pbmon.live.servers.reading import Mismatch, Part

_MATCHER = re.compile(r'\s*([\w:]+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*', re.DOTALL)
_LONGEST = 2**20
"""Characters of a configuration. PyYAML makes about 1 KB of each node, and is slow."""
_SIGNS = "[{,:-?"
_NODES = 100_000
"""Nodes of a configuration; each stands behind one of the signs."""
_INTERVALS = ("group_wait", "group_interval", "repeat_interval")


class _WithoutAliases(yaml.SafeLoader):
    """Refuses aliases: Alertmanager writes none, and a few of them can expand to more routes than
    memory holds.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError
        return super().compose_node(parent, index)


def read(text: str) -> Routing:
    """The configuration in this YAML. Raises Mismatch where it is none."""
    if len(text) > _LONGEST or sum(map(text.count, _SIGNS)) > _NODES:
        raise Mismatch("config is longer than any that Alertmanager needs")
    try:
        config = Part(yaml.load(text, _WithoutAliases), "config")  # noqa: S506 - a SafeLoader
    except yaml.YAMLError:
        raise Mismatch("config is no YAML that Alertmanager writes") from None
    top = config["route"]
    compared: dict[str, object] = {
        "receiver": top["receiver"].text(),
        "group_by": top.get("group_by", []).texts(),
    }
    compared |= {
        name: durations.text(top[name].duration())
        for name in _INTERVALS
        if top.get(name).value is not None
    }
    return Routing(
        {
            receiver["name"].text(): frozenset(_webhooks(receiver))
            for receiver in config.get("receivers", []).each()
        },
        compared,
        tuple(_routes(top)),
        tuple(_inhibition(rule) for rule in config.get("inhibit_rules", []).each()),
    )


def _routes(route: Part) -> Iterator[Route]:
    """The route and all below it, depth first."""
    receiver, matchers, repeat = (
        route.get("receiver", "").text(),
        route.get("matchers", []),
        route.get("repeat_interval"),
    )
    title = f"{', '.join(matchers.texts())} to {receiver} repeated every {repeat.value}"
    yield Route(
        receiver, _matchers(matchers), None if repeat.value is None else repeat.duration(), title
    )
    for child in route.get("routes", []).each():
        yield from _routes(child)


def _inhibition(rule: Part) -> Inhibition:
    source, target = (_matchers(rule.get(f"{side}_matchers", [])) for side in ("source", "target"))
    return Inhibition(source, target, frozenset(rule.get("equal", []).texts()))


def _matchers(texts: Part) -> frozenset[tuple[str, ...]]:
    """Matchers as (name, operator, value), since Alertmanager changes quotes and spaces when it
    writes them.
    """
    return frozenset(
        match.groups() if (match := _MATCHER.fullmatch(text)) else (text,) for text in texts.texts()
    )


def _webhooks(receiver: Part) -> Iterator[str]:
    for hook in receiver.get("webhook_configs", []).each():
        if file := hook.get("url_file", "").text():
            yield file
