"""Every definition as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pbmon.catalog.environment import Environment, read_environment
from pbmon.catalog.loader import run_modules
from pbmon.catalog.texts import unwritable
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.model.builtin import BUILTIN
from pbmon.model.celery import CeleryInstrumentation
from pbmon.model.dashboards import Dashboard
from pbmon.model.instrumentation import Instrumentation
from pbmon.model.metrics import Metric
from pbmon.model.rule_test import RuleTest
from pbmon.model.rules import Alert, Record, RuleGroup
from pbmon.model.service import Project, Service
from pbmon.model.slo import Slo
from pbmon.source import Source

Definition = (
    Project
    | Service
    | Metric
    | Record
    | RuleGroup
    | Alert
    | Slo
    | RuleTest
    | Dashboard
    | Instrumentation
    | CeleryInstrumentation
)
_KINDS = (
    Project,
    Service,
    Metric,
    Record,
    RuleGroup,
    Alert,
    Slo,
    RuleTest,
    Dashboard,
    Instrumentation,
    CeleryInstrumentation,
)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Catalog:
    """All definitions of one folder, each list sorted by name, and the environment to lay over
    them.

    service_of: service by id() of a metric, record or alert that stands in the same module.
    """

    folder: str
    project: Project
    environment: Environment
    services: tuple[Service, ...]
    metrics: tuple[Metric, ...]
    records: tuple[Record, ...]
    groups: tuple[RuleGroup, ...]
    alerts: tuple[Alert, ...]
    dashboards: tuple[Dashboard, ...]
    instrumentation: tuple[Instrumentation, ...]
    celery: tuple[CeleryInstrumentation, ...]
    slos: tuple[Slo, ...]
    rule_tests: tuple[RuleTest, ...]
    service_of: dict[int, Service] = field(repr=False)

    @cached_property
    def metrics_of(self) -> dict[int, list[Metric]]:
        """By id() of a service: the metrics beside it, sorted by name."""
        found: dict[int, list[Metric]] = {id(service): [] for service in self.services}
        for metric in self.metrics:
            if service := self.owner(metric):
                found[id(service)].append(metric)
        return found

    @cached_property
    def labels_of_job(self) -> dict[str, Mapping[str, str]]:
        """Target labels by name of a scrape job."""
        return {job.name: job.labels for service in self.services for job in service.jobs}

    def owner(self, definition: Definition) -> Service | None:
        """The service in whose module the definition stands; None for a module without one."""
        return self.service_of.get(id(definition))

    @cached_property
    def jobs(self) -> tuple[str, ...]:
        """Names of all scrape jobs, sorted."""
        return tuple(sorted(job.name for service in self.services for job in service.jobs))


def load(folder: Path, environment: str = "development") -> Catalog:
    """Read every module of the folder and the overlay `environments/<environment>.yaml`.

    Raises DefinitionErrors with all mistakes found, UsageError when the folder does not exist.
    """
    found, service_of, errors = _collected(run_modules(folder))
    errors += [*duplicates(found), *unwritable(found)]
    projects = _of(found, Project)
    if len(projects) != 1:
        errors.append(_project_error(folder.name, projects))
    if errors:
        raise DefinitionErrors(errors)
    alerts = _of(found, Alert)
    services = _of(found, Service)
    known = {
        "alerts": [alert.name for alert in alerts],
        "jobs": [job.name for service in services for job in service.jobs],
        "receivers": [receiver.name for receiver in projects[0].receivers],
    }
    overlay = read_environment(folder, environment, known)
    return Catalog(
        folder.name,
        projects[0],
        overlay,
        services,
        _of(found, Metric),
        _of(found, Record),
        _of(found, RuleGroup),
        alerts,
        _of(found, Dashboard),
        _of(found, Instrumentation),
        _of(found, CeleryInstrumentation),
        _of(found, Slo),
        _of(found, RuleTest),
        service_of,
    )


def _collected(
    modules: list[dict[str, Any]],
) -> tuple[list[Definition], dict[int, Service], list[DefinitionError]]:
    """Definitions bound to module-level names, first binding first; the service each stands beside;
    modules with two services.
    """
    found: dict[int, Definition] = {id(metric): metric for metric in BUILTIN}
    service_of: dict[int, Service] = {}
    errors = []
    for namespace in modules:
        mine = [
            definition
            for definition in _definitions(namespace.values())
            if id(definition) not in found
        ]
        found.update((id(definition), definition) for definition in mine)
        services = list(
            dict.fromkeys(definition for definition in mine if isinstance(definition, Service))
        )
        if len(services) > 1:
            errors.append(
                DefinitionError(
                    services[1].source,
                    "a second service stands in this file, so nobody can tell whether its metrics"
                    f" belong to {services[0].name}",
                    "one module a service",
                )
            )
        elif services:
            service_of.update((id(definition), services[0]) for definition in mine)
    return list(found.values()), service_of, errors


def _definitions(values: Iterable[Any]) -> Iterator[Definition]:
    """Definitions among the values, also inside lists, tuples, sets and dicts, however deep."""
    for value in values:
        if isinstance(value, _KINDS):
            yield value
        elif isinstance(value, list | tuple | set | frozenset):
            yield from _definitions(value)
        elif isinstance(value, dict):
            yield from _definitions(value.values())


def _of(found: list[Definition], kind: type[_T]) -> tuple[_T, ...]:
    return tuple(
        sorted(
            (item for item in found if isinstance(item, kind)),
            key=lambda item: getattr(item, "name", getattr(item, "uid", "")),
        )
    )


def duplicates(found: Iterable[Definition]) -> Iterator[DefinitionError]:
    """Two definitions under one name, where only one can be rendered."""
    seen: dict[tuple[str, str], Definition] = {}
    for definition in found:
        for space, name in _names(definition):
            first = seen.setdefault((space, name), definition)
            if first is not definition:
                yield DefinitionError(
                    definition.source,
                    f"{space} {name} is defined a second time{_difference(first, definition)}",
                    f"first at {first.source}",
                )


def _names(definition: Definition) -> Iterator[tuple[str, str]]:
    match definition:
        case Metric() | Record():
            yield "metric", definition.name
            if isinstance(definition, Metric) and definition.kind in {"histogram", "summary"}:
                yield from (
                    ("metric", definition.name + suffix) for suffix in ("_bucket", "_count", "_sum")
                )
        case Service():
            yield "service", definition.name
            yield from (("job", job.name) for job in definition.jobs)
            if definition.module:
                yield "module", definition.module
        case Alert():
            yield "alert", definition.name
        case RuleGroup():
            yield "group", definition.name
        case Slo():
            yield "SLO", definition.name
        case Dashboard():
            yield "dashboard uid", definition.uid
            yield "dashboard file", definition.file
        case Project() | Instrumentation() | CeleryInstrumentation():
            return


def _difference(first: Definition, second: Definition) -> str:
    if isinstance(first, Metric) and isinstance(second, Metric):
        if first.kind != second.kind:
            return f", as a {second.kind} instead of a {first.kind}"
        if first.labels != second.labels:
            return ", with other labels"
    return ""


def _project_error(folder: str, projects: tuple[Project, ...]) -> DefinitionError:
    if not projects:
        return DefinitionError(
            Source(folder, 0),
            "no module defines a Project, so nothing has a name or a runbook URL",
            'project = Project(name="shop", ...)',
        )
    return DefinitionError(
        projects[1].source, "a second Project is defined", f"first at {projects[0].source}"
    )
