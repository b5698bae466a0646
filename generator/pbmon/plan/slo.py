"""Pass 0: service level objectives become records, alerts and a dashboard, which every later pass
treats like others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from pbmon.catalog.catalog import Catalog, duplicates
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.nodes import Aggregate, Node
from pbmon.labels import names
from pbmon.model.definition import Definition
from pbmon.model.rules import Alert, Record, RuleGroup
from pbmon.model.slo import Slo
from pbmon.model.slo_indicators import GaugeIndicator
from pbmon.plan import slo_rules
from pbmon.plan.paths import OPENSLO
from pbmon.plan.scope import Scope
from pbmon.plan.slo_dashboard import dashboard
from pbmon.source import Source, derived_from

_T = TypeVar("_T")


@dataclass(frozen=True)
class PlannedSlo:
    """An objective for the tools of others. numerator: its good events, or the bad ones where those
    are given.

    numerator, total: sums of counters, or sum and number of a gauge that is 1 while all is well;
    narrowed to their jobs.
    file: path of the artifact. service: the project's name where it is of several. owner: empty
    where nobody is named.
    """

    definition: Slo
    file: str
    service: str
    owner: str
    numerator: Node
    total: Node

    @property
    def source(self) -> Source:
        """Where it is defined."""
        return self.definition.source


def expand(catalog: Catalog) -> Catalog:
    """The catalog with the rules and the dashboard that its objectives need.

    Raises DefinitionErrors where a name is taken already, or a text of an objective does not fit
    its alerts.
    """
    if not catalog.slos:
        return catalog
    try:
        return _expanded(catalog)
    except DefinitionError as error:
        raise DefinitionErrors([error]) from None


def _expanded(catalog: Catalog) -> Catalog:
    scope = Scope(catalog)
    first = catalog.slos[0]
    with derived_from(replace(first.source, line=0)):
        alerting = RuleGroup(
            "slo",
            "Error budgets that burn too fast, and objectives that cannot be computed.",
            slo_rules.EVERY,
        )
        events = RuleGroup(
            "slo-events", "Events of objectives, for their long windows.", slo_rules.SAMPLE
        )
    groups = [alerting, events]
    records: list[Record] = []
    alerts: dict[str, tuple[Alert, ...]] = {}
    for slo in catalog.slos:
        with derived_from(slo.source):
            help = f"Bad events of {slo.name} over each window, and what is left of its budget."
            groups.append(RuleGroup(f"slo-windows-{slo.name}", help, slo_rules.EVERY))
            records += slo_rules.records(slo, groups[-1], events)
            jobs = scope.jobs(slo.indicator.total.selector)
            alerts[slo.name] = slo_rules.alerts(slo, alerting, _owner(slo, catalog, scope), jobs)
    with derived_from(replace(first.source, line=0)):
        overview = dashboard(catalog.project, catalog.slos, alerts)
    definitions: list[Definition] = [
        *groups,
        *records,
        *(alert for of_slo in alerts.values() for alert in of_slo),
        overview,
    ]
    _check_names(catalog, definitions)
    return replace(catalog, definitions=(*catalog.definitions, *definitions))


def planned(catalog: Catalog, scope: Scope) -> tuple[PlannedSlo, ...]:
    """Every objective with the counters it is about, as Prometheus selects them."""
    return tuple(
        PlannedSlo(
            slo,
            f"{OPENSLO}/{slo.name}.yaml",
            _service(slo, catalog, scope),
            _owner(slo, catalog, scope),
            Aggregate("sum", scope.in_rules(slo.indicator.part.selector), "by", names(slo.by)),
            Aggregate(
                "count" if isinstance(slo.indicator, GaugeIndicator) else "sum",
                scope.in_rules(slo.indicator.total.selector),
                "by",
                names(slo.by),
            ),
        )
        for slo in catalog.slos
    )


def _check_names(catalog: Catalog, new: Iterable[Definition]) -> None:
    new = tuple(new)
    errors = list(duplicates((*catalog.definitions, *new)))
    written = {alert.name: alert for alert in catalog.alerts}
    errors += [
        DefinitionError(
            alert.source,
            f"alert {alert.name} of this objective is defined a second time",
            f"first at {written[alert.name].source}",
        )
        for alert in new
        if isinstance(alert, Alert) and alert.name in written
    ]
    if errors:
        raise DefinitionErrors(errors)


def _service(slo: Slo, catalog: Catalog, scope: Scope) -> str:
    """The service that has the jobs of its events; the project where they are of several."""
    jobs = scope.jobs(slo.indicator.total.selector)
    names = {catalog.service_of_job[job].name for job in jobs}
    return names.pop() if len(names) == 1 else catalog.project.name


def _owner(slo: Slo, catalog: Catalog, scope: Scope) -> str:
    if slo.owner:
        return slo.owner
    service = catalog.service_by_name.get(_service(slo, catalog, scope))
    return service.owner if service else ""
