"""The app's instrumentation: the metrics module that each counts in, and what contradicts that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.model.instrumentation.cache import CacheInstrumentation
from pbmon.model.instrumentation.celery import CeleryInstrumentation
from pbmon.model.instrumentation.database import DatabaseInstrumentation
from pbmon.model.instrumentation.kinds import InstrumentationKind
from pbmon.model.instrumentation.page import MetricsEndpoint
from pbmon.model.instrumentation.requests import HttpInstrumentation
from pbmon.model.metrics import Gauge
from pbmon.model.service import Service
from pbmon.plan.modules import AppModule
from pbmon.source import Source


@dataclass(frozen=True)
class PlannedInstrumentation:
    """One definition with the metrics module that it counts in."""

    definition: InstrumentationKind
    module: AppModule

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are rendered from it, first the one that the app imports.

        For one without files of its own that is the metrics module, which then ends with its code.
        """
        return self.definition.paths or (self.module.path,)


def instrumentation(
    catalog: Catalog, modules: tuple[AppModule, ...]
) -> tuple[PlannedInstrumentation, ...]:
    """Each definition with its module, sorted by path.

    Raises DefinitionErrors for one that has no service with a module in its file, counts in another
    service's metrics, has the path of another file, or does not fit its service.
    """
    errors: list[DefinitionError] = []
    planned = []
    module_of = {module.path: module for module in modules}
    for definition in catalog.instrumentation:
        service = catalog.owner(definition)
        module = module_of.get(service.module) if service is not None else None
        if service is None or module is None:
            errors.append(_without_module(definition))
            continue
        planned.append(PlannedInstrumentation(definition, module))
        errors += _foreign_metrics(planned[-1])
        errors += _unfit(planned[-1], service)
    planned.sort(key=lambda each: each.paths)
    errors += _second_files(planned, modules)
    if errors:
        raise DefinitionErrors(errors)
    return tuple(planned)


def _without_module(definition: InstrumentationKind) -> DefinitionError:
    return DefinitionError(
        definition.source,
        f"{_subject(definition)} stands beside no service with a module and metrics, so there"
        " is nothing to count in",
        'Service(..., module="src/shop/metrics.py") in the same file',
    )


def _foreign_metrics(planned: PlannedInstrumentation) -> Iterator[DefinitionError]:
    definition, module = planned.definition, planned.module
    for metric in definition.metrics:
        if metric not in module.metrics:
            yield DefinitionError(
                definition.source,
                f"{_subject(definition)} counts in {metric.name}, which {module.path} does not"
                " hold",
                f"it holds {', '.join(each.name for each in module.metrics)}",
            )


def _second_files(
    planned: list[PlannedInstrumentation], modules: tuple[AppModule, ...]
) -> Iterator[DefinitionError]:
    """Errors for files that two definitions render, or that stand where others are copied to."""
    source_of_path: dict[str, Source | None] = {module.path: None for module in modules}
    for each in planned:
        for path in each.paths:
            is_end_of_module = not each.definition.paths and source_of_path[path] is None
            if path in source_of_path and not is_end_of_module:
                first = source_of_path[path]
                yield DefinitionError(
                    each.definition.source,
                    f"{path} is rendered a second time, so one of the two would be lost",
                    f"first at {first}" if first else "it is a metrics module",
                )
            source_of_path[path] = each.definition.source
            if any(f"{path.removesuffix('.py')}/".startswith(f"{m.runtime}/") for m in modules):
                yield DefinitionError(
                    each.definition.source,
                    f"{path} stands where the modules that all files share are copied",
                    "another path",
                )


def _unfit(planned: PlannedInstrumentation, service: Service) -> Iterator[DefinitionError]:
    """Errors for what its kind needs of the service, and does not get."""
    match planned.definition:
        case MetricsEndpoint() as endpoint:
            scraped = sorted({job.path for job in service.jobs})
            if endpoint.url not in scraped:
                yield DefinitionError(
                    endpoint.source,
                    f"the page is served at {endpoint.url}, which no job of service {service.name}"
                    " scrapes",
                    f"scraped is {', '.join(scraped)}",
                )
        case CeleryInstrumentation():
            for metric in planned.module.metrics:
                if isinstance(metric, Gauge) and metric.multiprocess_mode == "all":
                    yield DefinitionError(
                        metric.source,
                        f"{metric.name} keeps a series of every child that a worker ever had, so"
                        " its series grow without end",
                        "multiprocess_mode='liveall' keeps those of living children",
                    )
        case HttpInstrumentation() | DatabaseInstrumentation() | CacheInstrumentation():
            return
        case _:
            assert_never(planned.definition)


def _subject(definition: InstrumentationKind) -> str:
    return definition.paths[0] if definition.paths else type(definition).__name__
