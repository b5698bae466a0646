"""Variables of dashboards: the data source, the job, labels of its targets, those of authors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError
from pbmon.expr.text import matcher
from pbmon.expr.walk import choices, selectors
from pbmon.labels import Label, instance, job
from pbmon.model.dashboards import Dashboard
from pbmon.model.variables import (
    AnyVariable,
    CustomVariable,
    QueryVariable,
    TextVariable,
)
from pbmon.plan import grafana
from pbmon.plan.dashboards import Variable
from pbmon.plan.scope import Scope, job_matcher
from pbmon.source import Source


def planned(
    dashboard: Dashboard, jobs: tuple[str, ...], labels: tuple[Label, ...], scope: Scope
) -> tuple[Variable, ...]:
    """Those of every dashboard, then the author's. jobs: choices of `$job`. labels: of targets."""
    return (
        Variable("datasource", "Data source", "datasource", "prometheus"),
        *(_of_targets(jobs, labels) if jobs else ()),
        *(_of_author(variable, jobs, labels, scope) for variable in dashboard.variables),
    )


def mistakes(catalog: Catalog) -> Iterator[DefinitionError]:
    """Variables that a dashboard asks for and does not offer, or offers under a name in use."""
    taken = grafana.names_in_use(catalog)
    for dashboard in catalog.dashboards:
        offered = {variable.name for variable in dashboard.variables}
        for variable in dashboard.variables:
            if variable.name in taken:
                yield DefinitionError(
                    variable.source,
                    f"dashboard {dashboard.title!r} has a variable {variable.name!r} already",
                    "another name",
                )
        for what, name, source in _asked(dashboard):
            if name not in offered:
                yield DefinitionError(
                    source,
                    f"{what} asks for ${name}, which dashboard {dashboard.title!r} does not offer",
                    "Dashboard(..., variables=[variable])",
                )


def _asked(dashboard: Dashboard) -> Iterator[tuple[str, str, Source]]:
    """Who asks for a variable of the author, its name, and where."""
    for row in dashboard.rows:
        if row.repeat:
            yield f"row {row.title!r}", row.repeat.name, row.source
        for panel in row.panels:
            if panel.repeat:
                yield panel.what, panel.repeat.name, panel.source
            for query in panel.queries:
                for choice in choices(query.expr.node):
                    yield panel.what, choice.name, panel.source
    for variable in dashboard.variables:
        if isinstance(variable, QueryVariable):
            for choice in choices(variable.of.selector):
                yield f"variable {variable.name!r}", choice.name, variable.source


def jobs(dashboard: Dashboard, scope: Scope) -> tuple[str, ...]:
    names = {
        name
        for panel in dashboard.panels
        for query in panel.queries
        for selector in selectors(query.expr.node)
        for name in scope.jobs(selector)
    }
    return tuple(sorted(names))


def shared_labels(catalog: Catalog, jobs: tuple[str, ...]) -> tuple[Label, ...]:
    """`job`, the target labels that all of these jobs have, `instance`."""
    among = frozenset(jobs)
    services = {catalog.service_of_job[name] for name in jobs}
    of_jobs = [
        {label.name: label for label in job.target_labels}
        for service in sorted(services, key=lambda service: service.name)
        for job in service.jobs
        if job.name in among
    ]
    first, *others = of_jobs or [{}]
    shared = [first[name] for name in sorted(first) if all(name in other for other in others)]
    return (job, *shared, instance)


def _of_targets(jobs: tuple[str, ...], labels: tuple[Label, ...]) -> Iterator[Variable]:
    every = grafana.escaped(matcher(job_matcher(jobs)))
    yield Variable("job", "Job", "query", f"label_values(up{{{every}}}, job)", several=True)
    for label in labels:
        if label is not job:
            yield Variable(
                label.name,
                label.name.replace("_", " ").capitalize(),
                "query",
                f'label_values(up{{job=~"$job"}}, {label.name})',
                several=True,
            )


def _of_author(
    variable: AnyVariable, jobs: tuple[str, ...], labels: tuple[Label, ...], scope: Scope
) -> Variable:
    name, title = variable.name, variable.title
    match variable:
        case QueryVariable():
            series = scope.in_panels(variable.of.selector, jobs, labels)
            query = f"label_values({series}, {variable.label.name})"
            return Variable(name, title, "query", query, several=variable.several)
        case CustomVariable():
            query = ",".join(variable.values)
            return Variable(name, title, "custom", query, variable.values, variable.several)
        case TextVariable():
            return Variable(name, title, "textbox", variable.default)
        case _:
            assert_never(variable)
