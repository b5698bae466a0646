"""Pass 6: which metrics each generated module of the app declares."""

from __future__ import annotations

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.plan.modules import AppModule


def modules(catalog: Catalog) -> tuple[AppModule, ...]:
    """One module a service that names one, with its own metrics in the order they are written.

    Raises DefinitionErrors for an app's metric in a service without a module: nothing would ever
    emit it.
    """
    errors = []
    planned = []
    for service in catalog.services:
        metrics = [metric for metric in catalog.metrics_of[service] if metric.observed is None]
        if metrics and not service.module:
            problem = f"service {service.name} has no module, so nothing emits {metrics[0].name}"
            errors.append(
                DefinitionError(
                    metrics[0].source,
                    problem,
                    'Service(..., module="src/app/metrics.py"), or observed=Exporter(...)',
                )
            )
        if metrics and service.module:
            help = service.help or f"Metrics of {service.name}."
            in_order = tuple(sorted(metrics, key=lambda metric: metric.source))
            also_taken = frozenset(
                symbol
                for instrumentation in catalog.instrumentation
                if catalog.owner(instrumentation) is service
                for symbol in instrumentation.symbols
            )
            try:
                planned.append(AppModule(service.module, help, in_order, also_taken))
            except DefinitionError as error:
                errors.append(error)
    for metric in catalog.metrics:
        if metric.observed is None and catalog.owner(metric) is None:
            errors.append(
                DefinitionError(
                    metric.source,
                    f"{metric.name} stands in a module without a Service, so nothing emits it",
                    "move it beside one",
                )
            )
    if errors:
        raise DefinitionErrors(errors)
    return tuple(sorted(planned, key=lambda module: module.path))
