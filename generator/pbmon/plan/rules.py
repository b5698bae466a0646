"""Rules as they will be evaluated: every selector scoped, every label and link decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pbmon import durations
from pbmon.catalog.alert_keys import AlertKey
from pbmon.expr.nodes import Call, Node, String
from pbmon.expr.text import promql
from pbmon.labels import Label
from pbmon.model.rules import Alert, Record
from pbmon.source import Source


@dataclass(frozen=True)
class PlannedRecord:
    """A recording rule. expr: scoped syntax. labels: sorted pairs that are added to its result.

    definition: None for a rule of somebody else's file, which is written at `written`.
    shares_name: whether another rule, with other labels, records its name, too.
    """

    name: str
    expr: Node
    definition: Record | None
    labels: tuple[tuple[str, str], ...] = ()
    written: Source | None = None
    shares_name: bool = False

    @property
    def title(self) -> str:
        """What tells it apart from all other rules."""
        if not self.shares_name:
            return self.name
        return f"{self.name}{{{', '.join(f'{name}={value}' for name, value in self.labels)}}}"

    @property
    def recorded(self) -> Node:
        """The expression with the rule's labels on its result."""
        node = self.expr
        for name, value in self.labels:
            texts = (name, value.replace("$", "$$"), "", "")
            node = Call("label_replace", (node, *map(String, texts)))
        return node

    @property
    def source(self) -> Source:
        """Where it is defined."""
        return _source(self)


@dataclass(frozen=True)
class PlannedAlert:
    """An alerting rule. labels and annotations are sorted pairs; labels hold the severity.

    external_labels: those of its Prometheus, which its texts may show.
    result_labels: names of the labels its expression keeps. threshold: the number compared with,
    None without one.
    panel: (dashboard uid, panel id) of the panel that shows it, None without one.
    severity: may be any in a rule of somebody else's file. definition, written: as of a record.
    shares_name: whether an alert of another severity has its name, too.
    """

    name: str
    expr: Node
    for_: str
    keep_firing_for: str
    severity: str
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    result_labels: tuple[str, ...]
    threshold: Threshold | None
    panel: tuple[str, int] | None
    definition: Alert | None
    external_labels: tuple[tuple[str, str], ...] = ()
    written: Source | None = None
    shares_name: bool = False

    @property
    def key(self) -> AlertKey:
        """What tells it apart from all other alerts."""
        return AlertKey(self.name, self.severity if self.shares_name else "")

    @property
    def title(self) -> str:
        """Its key as a text."""
        return str(self.key)

    @property
    def source(self) -> Source:
        """Where it is defined."""
        return _source(self)

    @property
    def always_fires(self) -> bool:
        """Whether it is meant to (a dead man's switch)."""
        return self.definition is not None and self.definition.always_fires

    @property
    def is_excused(self) -> bool:
        """Whether its author accepts that it never or always fires in the world as declared."""
        accepted = self.definition.accept if self.definition is not None else ()
        return any(each.check == "rule-is-proven" for each in accepted)


@dataclass(frozen=True)
class Threshold:
    """`expression operator value`: value in the unit of the expression."""

    operator: str
    value: float


@dataclass(frozen=True)
class PlannedGroup:
    """Rules evaluated one after another, in one file. file: path of the artifact. interval: empty
    for the global one.
    """

    name: str
    file: str
    help: str
    interval: str
    rules: tuple[PlannedRecord | PlannedAlert, ...]
    source: Source

    def namesakes(self, rule: PlannedRecord | PlannedAlert) -> tuple[PlannedAlert, ...]:
        """The other alerts of the group that have the rule's name."""
        if not isinstance(rule, PlannedAlert) or not rule.shares_name:
            return ()
        alerts = (other for other in self.rules if isinstance(other, PlannedAlert))
        return tuple(other for other in alerts if other.name == rule.name and other.key != rule.key)


@dataclass(frozen=True)
class Inhibition:
    """While the alert `source` fires, Alertmanager does not notify of those in `targets`.

    equal: labels that must have the same values in both. targets: of one severity, or none that
    shares its name.
    """

    source: AlertKey
    targets: tuple[AlertKey, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """Alerts of these severities go to this receiver.

    webhook_url_file: empty for a receiver that notifies no one.
    """

    receiver: str
    severities: tuple[str, ...]
    repeat_interval: str
    webhook_url_file: str


@dataclass(frozen=True)
class ScrapeJob:
    """A scrape job. interval: always set. labels, params: sorted pairs. target_labels: those that
    expressions know.

    sample_limit, body_size_limit: samples and MiB of one scrape of a target; 0 for any number.
    """

    name: str
    targets: tuple[str, ...]
    path: str
    interval: str
    labels: tuple[tuple[str, str], ...]
    sample_limit: int
    body_size_limit: int
    service: str
    source: Source
    params: tuple[tuple[str, str], ...] = ()
    target_labels: tuple[Label, ...] = ()

    @property
    def is_discovered(self) -> bool:
        """Whether its targets may come from service discovery: they carry labels with values that
        only that knows.
        """
        return not {label.name for label in self.target_labels} <= dict(self.labels).keys()

    @property
    def timeout(self) -> float:
        """Seconds after which Prometheus gives a scrape up. `prometheus.yml` sets none, so it is
        10, or the interval where that is shorter.

        https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
        """
        return min(10.0, durations.seconds(self.interval))


def text(rule: PlannedRecord | PlannedAlert) -> str:
    """The rule's PromQL."""
    return promql(rule.expr)


def whole(rule: PlannedRecord | PlannedAlert, records: Recorded) -> Node:
    """What gives the rule's series: of a record, all rules that record its name."""
    return (
        records.recorded.get(rule.name, rule.expr) if isinstance(rule, PlannedRecord) else rule.expr
    )


class Recorded(Protocol):
    @property
    def recorded(self) -> Mapping[str, Node]:
        """Expressions by the name that they are recorded under."""


def _source(rule: PlannedRecord | PlannedAlert) -> Source:
    source = rule.definition.source if rule.definition is not None else rule.written
    assert source is not None
    return source
