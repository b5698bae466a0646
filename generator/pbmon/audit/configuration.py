"""Takes the configuration of Prometheus and of Alertmanager apart, as far as checks read it.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/
https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pbmon import durations
from pbmon.audit.documents import Document
from pbmon.audit.recognition import Part
from pbmon.labels import Label, Matcher, MatchOp
from pbmon.source import Source

_MATCHER = re.compile(r'\s*"?([\w.:-]+)"?\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|.*?)\s*', re.DOTALL)
_DEEPEST = 20
_INTERVAL = "1m"
"""Of scrapes and evaluations where nothing is said."""


@dataclass(frozen=True)
class Job:
    """A scrape job. interval: seconds. labels: names that its targets are given, besides `job` and
    `instance`; None where discovery or relabelling may give any.
    """

    name: str
    source: Source
    interval: float
    labels: frozenset[str] | None


@dataclass(frozen=True, eq=False)
class Prometheus:
    """jobs: None where some stand in files that are not read. alertmanagers: whether alerts are
    sent anywhere.
    """

    document: Document
    source: Source
    jobs: tuple[Job, ...] | None
    interval: float
    alertmanagers: bool


@dataclass(frozen=True, eq=False)
class Route:
    """proceeds: whether later routes beside it are tried, too (`continue`). matchers: its own."""

    source: Source
    receiver: str
    matchers: tuple[Matcher, ...]
    proceeds: bool
    routes: tuple[Route, ...]


@dataclass(frozen=True, eq=False)
class Alertmanager:
    """receivers: whether each tells anybody, by name."""

    document: Document
    route: Route
    receivers: dict[str, bool]


def prometheus_of(part: Part) -> Prometheus:
    """A prometheus.yml."""
    document, data = part.document, part.data
    top = data.get("global")
    interval = _seconds(top.get("scrape_interval") if isinstance(top, dict) else "", _INTERVAL)
    configs = data.get("scrape_configs")
    listed = configs if isinstance(configs, list) else []
    jobs = tuple(
        Job(
            str(config["job_name"]),
            document.source(*part.place, "scrape_configs", number),
            _seconds(config.get("scrape_interval"), durations.text(interval)),
            _labels(config),
        )
        for number, config in enumerate(listed)
        if isinstance(config, dict) and config.get("job_name")
    )
    alerting = data.get("alerting")
    alertmanagers = isinstance(alerting, dict) and bool(alerting.get("alertmanagers"))
    elsewhere = "scrape_config_files" in data or any(map(_gives_jobs, listed))
    source = document.source(*part.place)
    return Prometheus(document, source, None if elsewhere else jobs, interval, alertmanagers)


def _gives_jobs(config: Any) -> bool:
    """Whether series of a scrape job may say themselves which job they are of."""
    if not isinstance(config, dict):
        return False
    rules = [config.get("relabel_configs"), config.get("metric_relabel_configs")]
    targets = [rule.get("target_label") for each in rules for rule in _mappings(each)]
    actions = [rule.get("action") for each in rules for rule in _mappings(each)]
    honours = str(config.get("honor_labels", "")).lower() == "true"
    return honours or "job" in targets or "labelmap" in actions


def _labels(config: dict[str, Any]) -> frozenset[str] | None:
    if any(key.endswith("_sd_configs") or key == "relabel_configs" for key in config):
        return None
    names: set[str] = set()
    for group in _mappings(config.get("static_configs")):
        labels = group.get("labels")
        names |= set(labels if isinstance(labels, dict) else ())
    return frozenset(names)


def alertmanager_of(part: Part) -> Alertmanager:
    """An alertmanager.yml."""
    receivers = {
        str(receiver.get("name", "")): any(
            key.endswith("_configs") and value for key, value in receiver.items()
        )
        for receiver in _mappings(part.data.get("receivers"))
    }
    top = _route(part.document, (*part.place, "route"), part.data["route"], "", 0)
    return Alertmanager(part.document, top, receivers)


def _route(
    document: Document, place: tuple[str | int, ...], data: dict[str, Any], above: str, depth: int
) -> Route:
    receiver = data.get("receiver") or above
    below = data.get("routes")
    return Route(
        document.source(*place),
        str(receiver),
        tuple(_matchers(data)),
        str(data.get("continue", "")).lower() == "true",
        tuple(
            _route(document, (*place, "routes", number), route, str(receiver), depth + 1)
            for number, route in enumerate(below if isinstance(below, list) else ())
            if isinstance(route, dict) and depth < _DEEPEST
        ),
    )


def _matchers(data: dict[str, Any]) -> Iterator[Matcher]:
    operators: tuple[tuple[str, MatchOp], ...] = (("match", "="), ("match_re", "=~"))
    for key, operator in operators:
        pairs = data.get(key)
        for name, value in pairs.items() if isinstance(pairs, dict) else ():
            yield _matcher(str(name), operator, str(value))
    texts = data.get("matchers")
    for text in texts if isinstance(texts, list) else ():
        for match in [_MATCHER.fullmatch(text.strip("{}"))] if isinstance(text, str) else ():
            if match:
                value = match[3]
                if value.startswith('"') and value.endswith('"') and len(value) > 1:
                    value = re.sub(r"\\(.)", r"\1", value[1:-1])
                yield _matcher(match[1], match[2], value)


def _matcher(name: str, operator: Any, value: str) -> Matcher:
    return Matcher(Label("label", name, max_values=1), operator, value)


def _seconds(text: Any, otherwise: str) -> float:
    try:
        return durations.seconds(str(text))
    except ValueError:
        return durations.seconds(otherwise)


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))
