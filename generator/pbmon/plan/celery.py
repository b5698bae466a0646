"""Which metrics modules are those of Celery workers, in which tasks are counted."""

from __future__ import annotations

from dataclasses import replace

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.model.celery import CeleryInstrumentation
from pbmon.model.metrics import Gauge
from pbmon.plan.modules import AppModule

RUNTIME = "celery_worker"
"""The package that does the work, as it is called in pbmon.runtime and in the app."""


def with_celery(catalog: Catalog, modules: tuple[AppModule, ...]) -> tuple[AppModule, ...]:
    """The modules; those beside a CeleryInstrumentation know what a worker counts in them.

    Raises DefinitionErrors for one beside no service with a module, a second one there, metrics of
    another service, and gauges that would keep a series of each child for ever.
    """
    errors: list[DefinitionError] = []
    planned: dict[str, AppModule] = {}
    for celery in catalog.celery:
        service = catalog.owner(celery)
        module = next(
            (module for module in modules if service is not None and module.path == service.module),
            None,
        )
        if module is None:
            problem = (
                "CeleryInstrumentation stands beside no service with a module, so there is no file"
                " to put it into"
            )
            errors.append(
                DefinitionError(
                    celery.source,
                    problem,
                    'Service(..., module="workers/metrics.py") in the same file',
                )
            )
            continue
        if first := planned.get(module.path):
            problem = (
                f"a second CeleryInstrumentation stands in this file, so workers of {module.path}"
                " would count twice"
            )
            errors.append(
                DefinitionError(
                    celery.source, problem, f"first at {first.celery and first.celery.source}"
                )
            )
            continue
        errors += _errors(celery, module)
        try:
            planned[module.path] = replace(module, celery=celery)
        except DefinitionError as error:  # a metric has a name that the instrumentation needs
            errors.append(error)
    if errors:
        raise DefinitionErrors(errors)
    return tuple(planned.get(module.path, module) for module in modules)


def _errors(celery: CeleryInstrumentation, module: AppModule) -> list[DefinitionError]:
    errors = []
    for metric in celery.metrics:
        if metric not in module.metrics:
            problem = f"workers count in {metric.name}, which {module.path} does not hold"
            errors.append(
                DefinitionError(
                    celery.source, problem, f"it holds {', '.join(m.name for m in module.metrics)}"
                )
            )
    for metric in module.metrics:
        if isinstance(metric, Gauge) and metric.multiprocess_mode == "all":
            problem = (
                f"{metric.name} keeps a series of every child that a worker ever had, so its series"
                " grow without end"
            )
            errors.append(
                DefinitionError(
                    metric.source,
                    problem,
                    "multiprocess_mode='liveall' keeps those of living children",
                )
            )
    return errors
