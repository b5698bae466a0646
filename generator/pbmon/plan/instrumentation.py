"""The generated files in which the app counts: the metrics that each imports, and the check that
Prometheus scrapes the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.model.instrumentation import Instrumentation, MetricsEndpoint
from pbmon.plan.modules import AppModule
from pbmon.source import Source


@dataclass(frozen=True)
class PlannedInstrumentation:
    """One definition with the metrics module that its file imports."""

    definition: Instrumentation
    module: AppModule

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are rendered from it."""
        match self.definition:
            case MetricsEndpoint(path=path, settings=settings):
                return path, settings
            case Instrumentation(path=path):
                return (path,)
            case _:
                assert_never(self.definition)


def instrumentation(
    catalog: Catalog, modules: tuple[AppModule, ...]
) -> tuple[PlannedInstrumentation, ...]:
    """Each definition with its module, sorted by path.

    Raises DefinitionErrors for one that has no service with a module in its file, counts in another
    service's metrics, has the path of another file, or serves a page that no job scrapes.
    """
    errors: list[DefinitionError] = []
    planned = []
    source_of_path: dict[str, Source | None] = {module.path: None for module in modules}
    for definition in sorted(catalog.instrumentation, key=lambda definition: definition.path):
        service = catalog.owner(definition)
        module = next(
            (module for module in modules if service is not None and module.path == service.module),
            None,
        )
        if service is None or module is None:
            problem = (
                f"{definition.path} stands beside no service with a module and metrics, so there is"
                " nothing to count in"
            )
            errors.append(
                DefinitionError(
                    definition.source,
                    problem,
                    'Service(..., module="src/shop/metrics.py") in the same file',
                )
            )
            continue
        file = PlannedInstrumentation(definition, module)
        for metric in definition.metrics:
            if metric not in module.metrics:
                problem = (
                    f"{definition.path} counts in {metric.name}, which {module.path} does not hold"
                )
                errors.append(
                    DefinitionError(
                        definition.source,
                        problem,
                        f"it holds {', '.join(m.name for m in module.metrics)}",
                    )
                )
        for path in file.paths:
            if path in source_of_path:
                first = source_of_path[path]
                problem = f"{path} is rendered a second time, so one of the two would be lost"
                errors.append(
                    DefinitionError(
                        definition.source,
                        problem,
                        f"first at {first}" if first else "it is a metrics module",
                    )
                )
            source_of_path[path] = definition.source
            if any(f"{path.removesuffix('.py')}/".startswith(f"{m.runtime}/") for m in modules):
                problem = f"{path} stands where the modules that all files share are copied"
                errors.append(DefinitionError(definition.source, problem, "another path"))
        scraped = sorted({job.path for job in service.jobs})
        if isinstance(definition, MetricsEndpoint) and definition.url not in scraped:
            problem = (
                f"the page is served at {definition.url}, which no job of service {service.name}"
                " scrapes"
            )
            errors.append(
                DefinitionError(definition.source, problem, f"scraped is {', '.join(scraped)}")
            )
        planned.append(file)
    if errors:
        raise DefinitionErrors(errors)
    return tuple(planned)
