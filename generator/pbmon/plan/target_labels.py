"""Labels that targets carry beside `job` and `instance`: whether expressions may count on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.walk import asked_labels, selectors
from pbmon.labels import names
from pbmon.plan.closed_world import expressions
from pbmon.plan.scope import Scope


def mistakes(catalog: Catalog, scope: Scope) -> Iterator[DefinitionError]:
    """Target labels that a metric does not know, and those that a job in an expression lacks."""
    yield from _unknown_to_metrics(catalog)
    known: Mapping[str, tuple[str, ...]] = {
        job.name: names(job.target_labels) for service in catalog.services for job in service.jobs
    }
    every = {name for of_job in known.values() for name in of_job}
    for what, source, node in expressions(catalog):
        asked = every & set(asked_labels(node))
        for selector in dict.fromkeys(selectors(node)):
            if selector.series.metric in scope.lineage.recorded:
                continue
            for name in sorted(asked & {*names(selector.series.labels)}):
                lacking = [job for job in scope.jobs(selector) if name not in known[job]]
                if lacking and len(lacking) < len(known):
                    having = [job for job in scope.jobs(selector) if name in known[job]]
                    yield DefinitionError(
                        source,
                        f"{what} counts on label {name!r} of {selector.series.name}, which targets"
                        f" of job {lacking[0]} do not have",
                        f"Job({lacking[0]!r}, ..., target_labels=[...]), or only"
                        f" job.is_in({', '.join(map(repr, having))})",
                    )


def _unknown_to_metrics(catalog: Catalog) -> Iterator[DefinitionError]:
    """Metrics that do not know the target labels of their service, since they stand above it or
    were made in another module.
    """
    for service, metrics in catalog.metrics_of.items():
        for metric in metrics:
            if names(metric.target_labels) != names(service.target_labels):
                yield DefinitionError(
                    metric.source,
                    f"{metric.name} does not know the target labels of service {service.name}",
                    "define the service above its metrics, in the same module",
                )
