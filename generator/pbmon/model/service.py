"""Services, their scrape jobs, and the project they make up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, overload
from urllib.parse import parse_qsl

from pbmon import durations
from pbmon.arguments import checked
from pbmon.conventions import (
    check_file_name,
    check_label_names,
    check_module_path,
    check_no_credentials,
)
from pbmon.errors import DefinitionError
from pbmon.labels import Label
from pbmon.model.acceptance import Accepted
from pbmon.source import Source, here, module_here

Severity = str
"""How fast somebody has to act: one of those that the project declares."""
_HOST = re.compile(r"[^\s/]+")
_PORT = re.compile(r"[0-9]{1,5}")
_PATH = re.compile(r"/[^\s?#]*")
_VERSION = re.compile(r"2\.(?:4[2-9]|[5-9][0-9])|[3-9]\.[0-9]{1,2}")
_URL = re.compile(r"https?://\S.*")
_SEVERITY = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
"""Those of a project that declares none of its own, the most urgent first."""


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class Receiver:
    """Where alerts of some severities go.

    webhook_url_file: a file on Alertmanager's machine that holds the URL, so that no secret enters
    a rendered file (Alertmanager 0.26 and later). Without it the receiver only shows alerts in
    Alertmanager's own page.
    """

    EXAMPLE: ClassVar = 'Receiver(name="pager", severities=["critical"])'

    name: str
    severities: Sequence[Severity]
    webhook_url_file: str = ""
    repeat_interval: str = "4h"
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        durations.checked(self.repeat_interval, "repeat_interval", source=self.source)
        if not self.severities:
            raise DefinitionError(
                self.source,
                f"receiver {self.name!r} has no severity, so nothing reaches it",
                f"some of the project's, as {', '.join(SEVERITIES)}",
            )


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class Project:
    """What holds for everything: one in each definitions folder.

    name: lower case; tag of the dashboards and name of the folder in Grafana. runbook_url,
    grafana_url: bases that `runbook_url` and `dashboard_url` of alerts begin with. prometheus: the
    version that runs the rules, as "3.5"; without it they run on 2.42 and later. alertmanagers:
    `host:port`. retention: how long Prometheus keeps samples, what it is started with
    (`--storage.tsdb.retention.time`); empty where that is not known. severities: those that alerts
    can have, the most urgent first. The cardinality limits are series.
    """

    name: str
    title: str
    runbook_url: str
    grafana_url: str = "http://localhost:3000"
    prometheus_url: str = "http://prometheus:9090"
    prometheus: str = ""
    scrape_interval: str = "15s"
    evaluation_interval: str = "15s"
    retention: str = ""
    external_labels: Mapping[str, str] = field(default_factory=dict)
    alertmanagers: Sequence[str] = ("alertmanager:9093",)
    receivers: Sequence[Receiver] = ()
    severities: Sequence[Severity] = SEVERITIES
    metric_cardinality_limit: int = 100_000
    total_cardinality_limit: int = 1_000_000
    accept: Sequence[Accepted] = ()
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        check_file_name(self.name, "project name", self.source)
        durations.checked(self.scrape_interval, "scrape_interval", source=self.source)
        durations.checked(self.evaluation_interval, "evaluation_interval", source=self.source)
        if self.retention:
            durations.checked(self.retention, "retention", source=self.source)
        for field_name in ("runbook_url", "grafana_url", "prometheus_url"):
            check_no_credentials(url := getattr(self, field_name), field_name, self.source)
            if not _URL.fullmatch(url):
                raise DefinitionError(
                    self.source,
                    f"{field_name} {url!r} leads nowhere",
                    "as https://example.com/path",
                )
        if self.prometheus and not _VERSION.fullmatch(self.prometheus):
            raise DefinitionError(
                self.source,
                f"prometheus={self.prometheus!r} is no version of Prometheus from 2.42 on",
                'prometheus="3.5"',
            )
        for alertmanager in self.alertmanagers:
            check_no_credentials(alertmanager, "an address of alertmanagers", self.source)
        check_label_names(self.external_labels, f"project {self.name}", self.source)
        self._check_severities()
        names = {"default"}
        for receiver in self.receivers:
            if receiver.name in names:
                problem = (
                    f"receiver {receiver.name!r} is there twice, so Alertmanager does not start"
                )
                raise DefinitionError(
                    receiver.source,
                    problem,
                    "`default` is the one that notifies no one; name each differently",
                )
            names.add(receiver.name)

    def _check_severities(self) -> None:
        """DefinitionError for what is no severity, and for receivers of an undeclared one."""
        for severity in self.severities:
            if not _SEVERITY.fullmatch(severity) or self.severities.count(severity) > 1:
                raise DefinitionError(
                    self.source,
                    f"severity {severity!r} of project {self.name} is no name of its own, so no"
                    " route can tell it",
                    "letters, digits, _ and -, beginning with a letter; each once",
                )
        for receiver in self.receivers:
            for severity in receiver.severities:
                if severity not in self.severities:
                    raise DefinitionError(
                        receiver.source,
                        f"receiver {receiver.name!r} takes severity {severity!r}, which the project"
                        " does not declare, so nothing reaches it",
                        f"there is {', '.join(self.severities)}; Project(severities=...) declares"
                        " others",
                    )


@checked
@dataclass(frozen=True, eq=False)
class Job:
    """A scrape job: which addresses (`host:port`) are asked for metrics, how often, and the labels
    their series get. params: what stands behind the `?` of the address that is scraped.
    target_labels: labels beside `job` and `instance` that its targets carry, with their values in
    `labels` or from service discovery: every metric of the service, and `up`, has them.

    sample_limit: series of one target above which a scrape fails, so that the target is down; 0 for
    none. Without it the limit is computed from the metrics of the service.
    """

    EXAMPLE: ClassVar = 'Job("name", ["host:port"])'

    name: str
    targets: Sequence[str] = ()
    path: str = "/metrics"
    interval: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    sample_limit: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    target_labels: Sequence[Label] = ()
    source: Source = field(default_factory=here, init=False)

    def __post_init__(self) -> None:
        if self.interval:
            durations.checked(self.interval, "interval", source=self.source)
        check_label_names(self.labels, f"job {self.name}", self.source)
        if taken := sorted({"instance", "job"} & self.labels.keys()):
            raise DefinitionError(
                self.source,
                f"job {self.name} sets label {taken[0]!r}, which Prometheus sets by itself, so no"
                " query finds its series",
                "the name of a job and the addresses of its targets are these labels already",
            )
        if not self.name.strip():
            raise DefinitionError(
                self.source,
                "a scrape job has no name, so its series cannot be told apart",
                'Job("api", ["api:8000"])',
            )
        if self.sample_limit is not None and not 0 <= self.sample_limit <= 10**9:
            raise DefinitionError(
                self.source,
                f"sample_limit {self.sample_limit!r} of job {self.name} is no number of samples",
                "from 1 to 1,000,000,000; 0 for no limit",
            )
        if not _PATH.fullmatch(self.path):
            raise DefinitionError(
                self.source,
                f"path {self.path!r} of job {self.name} is no path of a URL",
                _path_help(self.path),
            )
        self._check_target_labels()
        if empty := [name for name in self.params if not name]:
            raise DefinitionError(
                self.source,
                f"job {self.name} has a parameter {empty[0]!r} without a name",
                'params={"module": "http_2xx"}',
            )
        for target in self.targets:
            check_no_credentials(target, f"a target of job {self.name}", self.source)
            host, _, port = target.rpartition(":")
            is_port = _PORT.fullmatch(port) and 0 < int(port) <= 65535
            if not _HOST.fullmatch(host) or not is_port:
                raise DefinitionError(
                    self.source,
                    f"target {target!r} of job {self.name} is no address that Prometheus scrapes",
                    "host:port, as api:8000",
                )

    def _check_target_labels(self) -> None:
        seen = {"instance", "job"}
        for label in self.target_labels:
            value = self.labels.get(label.name)
            if label.name in seen:
                raise DefinitionError(
                    self.source,
                    f"job {self.name} has target label {label.name!r} a second time",
                    "every target has job and instance; list each other label once",
                )
            if value is not None and label.domain and value not in label.domain:
                raise DefinitionError(
                    self.source,
                    f"job {self.name} sets label {label.name!r} to {value!r}, which is none of its"
                    " values",
                    f"it has {', '.join(map(repr, label.domain))}",
                )
            seen.add(label.name)


def _path_help(path: str) -> str:
    """What to write in place of a path that Prometheus would ask for with its `?` as `%3F`."""
    before, question, query = path.partition("?")
    if not question or not _PATH.fullmatch(before):
        return "it begins with / and has no ?, # and no spaces"
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    return f"path={before!r}, params={pairs!r}"


@checked
@dataclass(frozen=True, eq=False)
class Exporter:
    """Software of others that exposes metrics: its metrics are observed, not generated.

    version: the one whose exposition was looked at. flags: what it must be started with to expose
    them.
    """

    EXAMPLE: ClassVar = 'Exporter("redis_exporter", "1.86.0")'

    name: str
    version: str
    flags: Sequence[str] = ()
    url: str = ""
    source: Source = field(default_factory=here, init=False)


@checked
@dataclass(frozen=True, eq=False)
class Service:
    """A part of the system that runs, is scraped and has an owner. Metrics in the same file belong
    to it.

    Either its metrics are the app's own, and module is the path of the metrics module to generate
    (in the app's repository), or exporter says whose they are.
    """

    name: str
    help: str = ""
    owner: str = ""
    jobs: Sequence[Job] = ()
    module: str = ""
    exporter: Exporter | None = None
    accept: Sequence[Accepted] = field(default=(), kw_only=True)
    source: Source = field(default_factory=here, init=False)

    if TYPE_CHECKING:  # an app that counts, or an exporter that does: both would be a type error

        @overload
        def __init__(
            self,
            name: str,
            help: str = "",
            owner: str = "",
            *,
            jobs: Sequence[Job],
            module: str,
            accept: Sequence[Accepted] = (),
        ) -> None: ...
        @overload
        def __init__(
            self,
            name: str,
            help: str = "",
            owner: str = "",
            *,
            jobs: Sequence[Job],
            exporter: Exporter | None = None,
            accept: Sequence[Accepted] = (),
        ) -> None: ...
        def __init__(self, *_: object, **__: object) -> None: ...

    def __post_init__(self) -> None:
        check_file_name(self.name, "service name", self.source)
        if not self.jobs:
            raise DefinitionError(
                self.source,
                f"service {self.name} has no scrape job, so none of its metrics arrives",
                'jobs=[Job("name", ["host:port"])]',
            )
        if self.module and self.exporter is not None:
            raise DefinitionError(
                self.source,
                f"service {self.name} has both a module and an exporter, so it is unclear who"
                " counts its metrics",
                "a second service for the exporter, in another file",
            )
        if self.module:
            check_module_path(self.module, f"module of service {self.name}", self.source)

    @property
    def target_labels(self) -> tuple[Label, ...]:
        """Of all of its jobs, each once, sorted by name."""
        by_name = {label.name: label for job in self.jobs for label in job.target_labels}
        return tuple(label for _, label in sorted(by_name.items()))


def labels_of_targets(*, beside: bool) -> tuple[Label, ...]:
    """Target labels of the services that the author's module has bound so far; beside: only those
    of the one that stands in it.
    """
    file, bound = module_here()
    by_name = {
        label.name: label
        for service in bound.values()
        if isinstance(service, Service) and (not beside or service.source.file == file)
        for label in service.target_labels
    }
    return tuple(label for _, label in sorted(by_name.items()))
