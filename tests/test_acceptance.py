"""A finding can be accepted where it is made; an acceptance that accepts nothing is a finding."""

from __future__ import annotations

import pytest
from pbmon.acceptance import acceptances, settle
from pbmon.checks.case import Case
from pbmon.checks.validation import DEFINITIONS, IDS
from pbmon.errors import DefinitionErrors
from pbmon.finding import Finding
from pbmon.model.definition import KINDS
from pbmon.panels import kinds
from pbmon.plan.plan import Plan
from small_projects import plan_of

REASON = '"kept for the yearly audit"'


def left(plan: Plan, ran: frozenset[str] = IDS) -> tuple[list[str], int]:
    """What is left of the findings on the definitions, as a user reads it, and how many are
    accepted.
    """
    case = Case(plan)
    findings: list[Finding] = [
        finding
        for check in DEFINITIONS.checks
        for finding in check(case)
        if finding.check in {"metric-is-used", "alert-has-panel"}
    ]
    settled = settle(findings, plan.catalog, ran, lambda: IDS)
    return [
        str(finding) for finding in settled.open if "lamps" not in finding.problem
    ], settled.accepted


def doors(accept: str) -> str:
    return f'from pbmon import Accepted; doors = Gauge("doors", "Doors.", accept=[{accept}])'


def test_a_finding_is_accepted_where_its_definition_is_made() -> None:
    found, accepted = left(plan_of(doors("")))
    assert any("no rule, alert or panel reads doors" in line for line in found)
    kept, more = left(plan_of(doors(f'Accepted("metric-is-used", {REASON})')))
    assert not any("doors" in line for line in kept)
    assert more == accepted + 1


def test_an_acceptance_counts_for_its_own_definition_and_check_only() -> None:
    plan = plan_of(
        doors(f'Accepted("alert-has-panel", {REASON})'),
        'gates = Gauge("gates", "Gates.")',
    )
    found, accepted = left(plan)
    assert accepted == 0
    assert any("reads doors" in line for line in found)
    assert any("reads gates" in line for line in found)
    (stale,) = (line for line in found if "acceptance-accepts-something" in line)
    assert "alert-has-panel is accepted here, but finds nothing on this definition" in stale


def test_an_acceptance_of_a_check_that_did_not_run_is_left_alone() -> None:
    plan = plan_of(doors(f'Accepted("app-updates-metric", {REASON})'))
    ran = frozenset({"metric-is-used"})
    assert not any("acceptance" in line for line in left(plan, ran)[0])


def test_a_misspelt_id_is_found_whatever_ran() -> None:
    plan = plan_of(doors(f'Accepted("metric-is-use", {REASON})'))
    (line,) = (line for line in left(plan, frozenset())[0] if "acceptance" in line)
    assert "no check is called that" in line and "near it: metric-is-used" in line


def test_the_owner_is_who_is_named_else_the_one_of_the_service_beside() -> None:
    plan = plan_of(
        doors(f'Accepted("metric-is-used", {REASON}), Accepted("metric-is-used", {REASON}, "me")')
    )
    named = [acceptance.owner for acceptance in acceptances(plan.catalog)]
    (service,) = plan.catalog.services
    assert named == [service.owner, "me"]


def test_panels_and_definitions_of_every_kind_can_accept() -> None:
    lacking = [kind.__name__ for kind in KINDS if "accept" not in kind.__dataclass_fields__]
    assert lacking == []
    assert all(hasattr(kind.definition, "accept") for kind in kinds.KINDS)


@pytest.mark.parametrize(
    ("accept", "problem"),
    [
        ('Accepted("metric_is_used", "kept for the audit")', "no id of a check"),
        ('Accepted("metric-is-used", "because")', "does not say why"),
        ('"metric-is-used"', "Accepted"),
    ],
)
def test_an_acceptance_that_says_nothing_is_refused(accept: str, problem: str) -> None:
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(doors(accept))
    assert problem in str(raised.value)
