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
from pbmon.patterns import compiled
from pbmon.source import Source

_MATCHER = re.compile(r'\s*"?([\w.:-]+)"?\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|.*?)\s*', re.DOTALL)
_BETWEEN = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""A comma outside of quotes."""
_DEEPEST = 20
_LONGEST = 10_000
"""Characters of matchers that are split; the time grows with the square."""
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
    """jobs: None where some stand in files that are not read. loads_rules: whether it evaluates
    rules. alertmanagers: whether alerts are sent anywhere.
    """

    document: Document
    source: Source
    jobs: tuple[Job, ...] | None
    loads_rules: bool
    alertmanagers: bool


@dataclass(frozen=True, eq=False)
class Route:
    """proceeds: whether later routes beside it are tried, too (`continue`). matchers: its own.
    unread: texts that are no matchers.
    """

    source: Source
    receiver: str
    matchers: tuple[Matcher, ...]
    proceeds: bool
    routes: tuple[Route, ...]
    unread: tuple[str, ...] = ()


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
    return Prometheus(
        document,
        source,
        None if elsewhere else jobs,
        bool(data.get("rule_files")),
        alertmanagers,
    )


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
    matchers: list[Matcher] = []
    unread: list[str] = []
    for text, matcher in _matchers(data):
        if matcher is not None and _is_pattern(matcher):
            matchers.append(matcher)
        else:
            unread.append(text)
    return Route(
        document.source(*place),
        str(receiver),
        tuple(matchers),
        str(data.get("continue", "")).lower() == "true",
        tuple(
            _route(document, (*place, "routes", number), route, str(receiver), depth + 1)
            for number, route in enumerate(below if isinstance(below, list) else ())
            if isinstance(route, dict) and depth < _DEEPEST
        ),
        tuple(unread),
    )


def _matchers(data: dict[str, Any]) -> Iterator[tuple[str, Matcher | None]]:
    """Each matcher as it is written, and what it says; None for what is none."""
    operators: tuple[tuple[str, MatchOp], ...] = (("match", "="), ("match_re", "=~"))
    for key, operator in operators:
        pairs = data.get(key)
        for name, value in pairs.items() if isinstance(pairs, dict) else ():
            yield f"{name}{operator}{value}", _matcher(str(name), operator, str(value))
    texts = data.get("matchers")
    for text in texts if isinstance(texts, list) else ():
        for each in _split(str(text)):
            match = _MATCHER.fullmatch(each)
            yield each, _matcher(match[1], match[2], _unquoted(match[3])) if match else None


def _split(text: str) -> list[str]:
    """Matchers that stand in one text: `{a="b",c="d"}`."""
    inner = text.strip()
    if len(inner) > _LONGEST or not (inner.startswith("{") and inner.endswith("}")):
        return [inner]
    return [each for each in _BETWEEN.split(inner[1:-1]) if each.strip()]


def _unquoted(value: str) -> str:
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _matcher(name: str, operator: Any, value: str) -> Matcher:
    return Matcher(Label("label", name, max_values=1), operator, value)


def _is_pattern(matcher: Matcher) -> bool:
    try:
        return matcher.op in {"=", "!="} or compiled(matcher.value) is not None
    except ValueError:
        return False


def _seconds(text: Any, otherwise: str) -> float:
    try:
        return durations.seconds(str(text))
    except ValueError:
        return durations.seconds(otherwise)


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))
