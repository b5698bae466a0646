"""A project may declare any severities; alerts, receivers and matchers know those and no others."""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from pbmon.plan.plan import Plan, resolve
from rule_tests import reasons
from small_projects import PROJECT, SHOP, catalog_of, plan_of

OWN = PROJECT.replace('["critical", "warning", "info"]', '["page", "ticket", "none"]').replace(
    'title="Shop"', 'title="Shop", severities=["page", "ticket", "none"]'
)
PAGED = "a = Alert('A', lamps > 3, **dict(SAID, severity={severity!r}))"


def plan_with(*bodies: str, project: str = OWN) -> Plan:
    return resolve(catalog_of(*bodies, head=SHOP, project=project))


def test_declared_severities_are_labels_routes_and_colours() -> None:
    panel = "d = Dashboard('S', uid='s', file='s', rows=[Row('R', Panel('P', lamps, alerts=[a]))])"
    plan = plan_with(PAGED.format(severity="ticket"), panel)
    [alert] = plan.alerts
    assert ("severity", "ticket") in alert.labels
    assert plan.routes[0].severities == ("page", "ticket", "none")
    [planned] = plan.dashboards
    steps = planned.rows[0].panels[0].thresholds
    assert [step.color for step in steps] == ["green", "orange"]
    assert reasons(plan) == []


def test_matchers_on_alerts_know_the_declared_severities() -> None:
    counting = "b = Alert('B', alerts.where(severity.is_({!r})).sum(by=[]) > 3, **OWN)"
    own = "OWN = dict(SAID, severity='page')"
    plan_with(own, counting.format("ticket"))
    with pytest.raises(DefinitionErrors, match="asked for severity 'info', which does not exist"):
        plan_with(own, counting.format("info"))


def test_an_undeclared_severity_is_a_mistake() -> None:
    with pytest.raises(DefinitionErrors, match="A has severity 'warning', which the project does"):
        plan_with(PAGED.format(severity="warning"))
    with pytest.raises(DefinitionErrors, match="A has severity 'page', which the project does"):
        plan_of(PAGED.format(severity="page"))


@pytest.mark.parametrize("severities", ["['page', 'page']", "['']", "['a b']", "['{{ x }}']"])
def test_what_is_no_severity_is_a_mistake(severities: str) -> None:
    project = PROJECT.replace('title="Shop"', f'title="Shop", severities={severities}')
    with pytest.raises(DefinitionErrors, match="is no name of its own"):
        plan_with(project=project)


def test_a_receiver_takes_declared_severities() -> None:
    project = OWN.replace('["page", "ticket", "none"])\n', '["critical"])\n', 1)
    with pytest.raises(DefinitionErrors, match="takes severity 'critical', which the project"):
        plan_with(project=project)
