"""Services and their scrape jobs."""

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

_HOST = re.compile(r"[^\s/]+")
_PORT = re.compile(r"[0-9]{1,5}")
_PATH = re.compile(r"/[^\s?#]*")


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
