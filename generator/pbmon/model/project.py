"""The project that all definitions of a folder make up, and who is told of its alerts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pbmon import durations
from pbmon.arguments import checked
from pbmon.conventions import (
    check_file_name,
    check_label_names,
    check_no_credentials,
)
from pbmon.errors import DefinitionError
from pbmon.model.acceptance import Accepted
from pbmon.source import Source, here

Severity = str
"""How fast somebody has to act: one of those that the project declares."""
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
    can have, the most urgent first. v2_dashboards: whether dashboards are also written as resources
    of `dashboard.grafana.app/v2`. The cardinality limits are series.
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
    v2_dashboards: bool = False
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
