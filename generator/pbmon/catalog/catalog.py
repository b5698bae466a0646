"""Every definition as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar, assert_never

from pbmon.catalog.alert_keys import AlertKey, keys
from pbmon.catalog.environment import Environment, read_environment
from pbmon.catalog.loader import Module, read_modules
from pbmon.catalog.record_names import told_apart
from pbmon.catalog.texts import unwritable
from pbmon.catalog.unbound import definitions_in, lost, lost_in_functions, lost_panels
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.model.builtin import BUILTIN
from pbmon.model.dashboards import Dashboard
from pbmon.model.definition import Definition
from pbmon.model.instrumentation.instrumentation import Instrumentation
from pbmon.model.instrumentation.kinds import InstrumentationKind
from pbmon.model.metrics import Metric
from pbmon.model.project import Project
from pbmon.model.rule_test import RuleTest
from pbmon.model.rules import Alert, Record, RuleGroup
from pbmon.model.service import Service
from pbmon.model.slo import Slo
from pbmon.source import Source, read_from

_T = TypeVar("_T")


@dataclass(frozen=True)
class Catalog:
    """All definitions of one folder, sorted by name, and the environment to lay over them.

    service_of: the service defined in the same module as a definition.
    """

    folder: str
    project: Project
    environment: Environment
    definitions: tuple[Definition, ...]
    service_of: Mapping[Definition, Service] = field(repr=False)

    def of(self, kind: type[_T]) -> tuple[_T, ...]:
        """The definitions of one kind, sorted by name (dashboards by uid)."""
        return _of(self.definitions, kind)

    @cached_property
    def services(self) -> tuple[Service, ...]:
        return self.of(Service)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        return self.of(Metric)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        return self.of(Record)

    @cached_property
    def groups(self) -> tuple[RuleGroup, ...]:
        return self.of(RuleGroup)

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        return self.of(Alert)

    @cached_property
    def alert_keys(self) -> dict[Alert, AlertKey]:
        """What tells each alert apart from all others."""
        return keys(self.alerts)

    @cached_property
    def dashboards(self) -> tuple[Dashboard, ...]:
        return self.of(Dashboard)

    @cached_property
    def instrumentation(self) -> tuple[InstrumentationKind, ...]:
        return tuple(each for each in self.definitions if isinstance(each, Instrumentation))

    @cached_property
    def slos(self) -> tuple[Slo, ...]:
        return self.of(Slo)

    @cached_property
    def rule_tests(self) -> tuple[RuleTest, ...]:
        return self.of(RuleTest)

    @cached_property
    def metrics_of(self) -> dict[Service, list[Metric]]:
        """The metrics beside each service, sorted by name."""
        beside: dict[Service, list[Metric]] = {service: [] for service in self.services}
        for metric in self.metrics:
            if service := self.owner(metric):
                beside[service].append(metric)
        return beside

    @cached_property
    def service_by_name(self) -> dict[str, Service]:
        """Each service, by its name."""
        return {service.name: service for service in self.services}

    @cached_property
    def service_of_job(self) -> dict[str, Service]:
        """The service that a scrape job belongs to, by the job's name."""
        return {job.name: service for service in self.services for job in service.jobs}

    @cached_property
    def labels_of_job(self) -> dict[str, Mapping[str, str]]:
        """Target labels by name of a scrape job."""
        return {job.name: job.labels for service in self.services for job in service.jobs}

    def owner(self, definition: Definition) -> Service | None:
        """The service in whose module the definition stands; None for a module without one."""
        return self.service_of.get(definition)

    @cached_property
    def jobs(self) -> tuple[str, ...]:
        """Names of all scrape jobs, sorted."""
        return tuple(sorted(job.name for service in self.services for job in service.jobs))


def load(folder: Path, environment: str = "development") -> Catalog:
    """Read every module of the folder and the overlay `environments/<environment>.yaml`.

    Raises DefinitionErrors with all mistakes in the definitions, UsageError when the folder does
    not exist.
    """
    with read_from(folder):
        return _load(folder.resolve(), environment)


def _load(folder: Path, environment: str) -> Catalog:
    modules, errors = read_modules(folder)
    definitions, service_of, second_services = _collected(modules)
    readable = not errors
    errors += [*second_services, *duplicates(definitions), *unwritable(definitions)]
    noted, bound = [note for module in modules for note in module.noted], set(definitions)
    errors += lost(noted, bound)
    projects = _of(definitions, Project)
    if len(projects) > 1 or (not projects and readable):
        errors.append(_project_error(folder.name, projects))
    if not errors:
        errors += [*lost_in_functions(noted, bound), *lost_panels(noted, bound)]
    if errors:
        raise DefinitionErrors(errors)
    services = _of(definitions, Service)
    names = {
        "alerts": [str(key) for key in keys(_of(definitions, Alert)).values()],
        "jobs": [job.name for service in services for job in service.jobs],
        "receivers": [receiver.name for receiver in projects[0].receivers],
    }
    overlay = read_environment(folder, environment, names)
    return Catalog(folder.name, projects[0], overlay, tuple(definitions), service_of)


def _collected(
    modules: Sequence[Module],
) -> tuple[list[Definition], dict[Definition, Service], list[DefinitionError]]:
    """Definitions bound to module-level names, first binding first; the service each stands beside;
    modules with two services.
    """
    definitions: dict[Definition, None] = dict.fromkeys(BUILTIN)
    service_of: dict[Definition, Service] = {}
    errors = []
    for module in modules:
        here = [
            each for each in definitions_in(module.namespace.values()) if each not in definitions
        ]
        definitions.update(dict.fromkeys(here))
        services = list(dict.fromkeys(each for each in here if isinstance(each, Service)))
        if len(services) > 1:
            errors.append(
                DefinitionError(
                    services[1].source,
                    "a second service stands in this file, so it is unclear whether its metrics"
                    f" belong to {services[0].name}",
                    "one module a service",
                )
            )
        elif services:
            service_of.update(dict.fromkeys(here, services[0]))
    return list(definitions), service_of, errors


def _of(definitions: Iterable[Definition], kind: type[_T]) -> tuple[_T, ...]:
    return tuple(
        sorted(
            (each for each in definitions if isinstance(each, kind)),
            key=lambda each: getattr(each, "name", getattr(each, "uid", "")),
        )
    )


_OF_PROMETHEUS = (
    "every Prometheus has it: import it from pbmon; Job(target_labels=[...]) says which labels its"
    " targets carry"
)


def duplicates(definitions: Iterable[Definition]) -> Iterator[DefinitionError]:
    """Two definitions under one name, where only one can be rendered."""
    seen: dict[tuple[str, str], Definition] = {}
    records: dict[str, list[Record]] = {}
    for definition in definitions:
        for space, name in _names(definition):
            first = seen.setdefault((space, name), definition)
            if isinstance(first, Record) and isinstance(definition, Record):
                of_name = records.setdefault(name, [])
                yield from (clash for each in of_name if (clash := told_apart(each, definition)))
                of_name.append(definition)
            elif first is not definition:
                yield DefinitionError(
                    definition.source,
                    f"{space} {name} is defined a second time{_difference(first, definition)}",
                    _OF_PROMETHEUS if first in BUILTIN else f"first at {first.source}",
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
            yield "alert", f"{definition.name} ({definition.severity})"
        case RuleGroup():
            yield "group", definition.name
        case Slo():
            yield "SLO", definition.name
        case Dashboard():
            yield "dashboard uid", definition.uid
            yield "dashboard file", definition.file
            yield "dashboard title", definition.title.strip()  # all stand in one folder
        case Project() | Instrumentation() | RuleTest():
            return
        case _:
            assert_never(definition)


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
