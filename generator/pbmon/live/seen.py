"""What was seen of the running systems, as plain values. The checks read them and ask no server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pbmon.panels.kind import PlannedPanel, Target
from pbmon.plan.dashboards import Annotation, PlannedDashboard

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Family:
    """What an exposition says about a metric: `# TYPE`, `# HELP`, `# UNIT`. type is `unknown` where
    nothing is said.
    """

    type: str = "unknown"
    help: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Exposure:
    """The metrics that arrive from one scrape job, or one exposition that was read directly.

    origin: how a message names it (`job api`, `the exposition`). series: labels of each series by
    its name, which is not among them. target_labels: names of the labels that Prometheus adds. up:
    whether a target answers at all.
    """

    origin: str
    families: Mapping[str, Family]
    series: Mapping[str, Sequence[Labels]]
    target_labels: frozenset[str] = frozenset()
    up: bool = True


@dataclass(frozen=True)
class ActiveTarget:
    """A target that Prometheus scrapes. health: `up`, `down`, or `unknown` before a scrape."""

    job: str
    instance: str
    health: str
    error: str
    labels: Labels


@dataclass(frozen=True)
class LoadedRule:
    """A rule as Prometheus has it. for_seconds, keep_seconds: 0 for a record. alerts: those pending
    or firing.
    """

    kind: Literal["record", "alert"]
    name: str
    expr: str
    labels: Labels
    annotations: Labels
    for_seconds: float
    keep_seconds: float
    health: str
    error: str
    alerts: Sequence[ActiveAlert] = ()


@dataclass(frozen=True)
class ActiveAlert:
    """An alert that is pending or firing. since: as Prometheus writes the time."""

    labels: Labels
    state: str
    since: str


@dataclass(frozen=True)
class LoadedGroup:
    """A rule group as Prometheus has it. interval, age (of the last evaluation; None before it),
    took: seconds.
    """

    name: str
    file: str
    interval: float
    age: float | None
    took: float
    rules: Sequence[LoadedRule]


@dataclass(frozen=True)
class Result:
    """The answer to a query. numbers: how many values are not NaN. error: why there is none.

    samples: read by Prometheus. seconds: from question to answer.
    """

    series: int = 0
    numbers: int = 0
    error: str = ""
    warnings: tuple[str, ...] = ()
    samples: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Samples:
    """One series of an answer. values: (seconds since 1970, value), oldest first."""

    labels: Labels
    values: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class AskedPanel:
    """A panel's query as Grafana would send it, and the answer."""

    dashboard: PlannedDashboard
    panel: PlannedPanel[Any]
    target: Target
    expr: str
    result: Result


@dataclass(frozen=True)
class AskedAnnotation:
    """A dashboard's annotation query as Grafana would send it, and the answer."""

    dashboard: PlannedDashboard
    annotation: Annotation
    expr: str
    result: Result


@dataclass(frozen=True)
class SeenPrometheus:
    """Everything the checks need of one Prometheus.

    exposures: by scrape job. recorded: the jobs of a record's series, by its name; "" for a series
    without a job. excused: metrics that may have no series because their events are rare; the
    caller names them. gaps: by record, how many of how many of its last evaluations brought
    nothing. retention: seconds that samples are kept; 0 where that is not known.
    """

    targets: Sequence[ActiveTarget]
    exposures: Mapping[str, Exposure]
    recorded: Mapping[str, frozenset[str]]
    groups: Sequence[LoadedGroup]
    alertmanagers: Sequence[str]
    panels: Sequence[AskedPanel]
    annotations: Sequence[AskedAnnotation]
    excused: frozenset[str] = frozenset()
    gaps: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    retention: float = 0.0


Matchers = frozenset[tuple[str, ...]]
"""Each as (name, operator, value)."""


@dataclass(frozen=True)
class Route:
    """A route of Alertmanager. repeat: seconds; None where it is its parent's. title: its name in
    messages.
    """

    receiver: str
    matchers: Matchers
    repeat: float | None
    title: str = field(compare=False)


@dataclass(frozen=True)
class Inhibition:
    """A rule of Alertmanager that keeps alerts silent. equal: labels that both have to share."""

    source: Matchers
    target: Matchers
    equal: frozenset[str]


@dataclass(frozen=True)
class Routing:
    """A configuration of Alertmanager.

    receivers: files with the addresses of their webhooks, by name. top: settings of the first
    route, by key; the other routes inherit them. routes: all of them, depth first.
    """

    receivers: Mapping[str, frozenset[str]]
    top: Mapping[str, object]
    routes: Sequence[Route]
    inhibitions: Sequence[Inhibition]


@dataclass(frozen=True)
class SeenAlertmanager:
    """routing: the running configuration. alerts: labels of each alert and the receivers it goes
    to.
    """

    routing: Routing
    alerts: Sequence[tuple[Labels, frozenset[str]]]


@dataclass(frozen=True)
class SeenGrafana:
    """datasource: name and health message of the Prometheus data source a dashboard opens with;
    None without one.

    dashboards: JSON by uid, those that Grafana has. Their panels are objects, whose id and title
    are numbers and texts.
    """

    database: str
    datasource: tuple[str, bool, str] | None
    dashboards: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Seen:
    """All that was seen. None: the server was not named. scraped: expositions that were read
    directly, in the order of the command line.
    """

    prometheus: SeenPrometheus | None = None
    alertmanager: SeenAlertmanager | None = None
    grafana: SeenGrafana | None = None
    scraped: Sequence[Exposure] = field(default=())
