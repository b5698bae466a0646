"""Findings that the definitions accept, and what is left of the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from pbmon.catalog.catalog import Catalog
from pbmon.finding import Finding
from pbmon.model.acceptance import Accepted
from pbmon.source import Source


@dataclass(frozen=True)
class Acceptance:
    """One `Accepted` and the line of the definition that has it. owner: may be empty."""

    accepted: Accepted
    on: Source
    owner: str

    @property
    def covers(self) -> tuple[str, Source]:
        """Check and source of the findings that are accepted."""
        return self.accepted.check, self.on


def acceptances(catalog: Catalog) -> tuple[Acceptance, ...]:
    """Every acceptance of definitions and panels, in order of file and line."""
    result: list[Acceptance] = []
    for definition in catalog.definitions:
        service = catalog.owner(definition)
        owner = service.owner if service else ""
        result += _acceptances(definition.accept, definition.source, owner)
    for dashboard in catalog.dashboards:
        for panel in dashboard.panels:
            result += _acceptances(panel.accept, panel.source, "")
    return tuple(sorted(result, key=lambda acceptance: acceptance.accepted.source))


def _acceptances(accept: Iterable[Accepted], on: Source, owner: str) -> Iterator[Acceptance]:
    return (Acceptance(accepted, on, accepted.owner or owner) for accepted in accept)


@dataclass(frozen=True)
class Settled:
    """Findings after acceptance. open: what is left of them; accepted: how many are not."""

    open: list[Finding]
    accepted: int


def settle(
    findings: Iterable[Finding],
    catalog: Catalog,
    ran: Collection[str],
    known_checks: Callable[[], Collection[str]],
) -> Settled:
    """The findings without those that a definition accepts, and one for each acceptance of a check
    that ran, or that no command knows, and found nothing there.

    ran: ids of checks. known_checks: gives those of all commands; asked only where something is
    accepted, because it imports them all.
    """
    findings = list(findings)
    accepted = acceptances(catalog)
    if not accepted:
        return Settled(findings, 0)
    known = known_checks()
    covered = {each.covers for each in accepted}
    occurring = {(each.check, each.source) for each in findings}
    remaining = [each for each in findings if (each.check, each.source) not in covered]
    unused = [
        each
        for each in accepted
        if (each.accepted.check in ran or each.accepted.check not in known)
        and each.covers not in occurring
    ]
    stale = [finding for each in unused for finding in acceptance_accepts_something(each, known)]
    return Settled([*remaining, *stale], len(findings) - len(remaining))


def acceptance_accepts_something(
    acceptance: Acceptance, known: Collection[str]
) -> Iterator[Finding]:
    """Every `accept=[Accepted(...)]` accepts a finding.

    What was accepted and then mended leaves an acceptance behind that would hide the next fault of
    its kind, and one whose id is misspelt accepts nothing from the start. Acceptances of checks
    that did not run, because they belong to another command, are left alone.

    To fix it: take it out, or correct the id.
    """
    accepted = acceptance.accepted
    if accepted.check in known:
        problem = f"{accepted.check} is accepted here, but finds nothing on this definition"
        help = "take it out: it would hide the next fault"
    else:
        problem = f"{accepted.check} is accepted here, but no check is called that"
        near = get_close_matches(accepted.check, sorted(known), 3, 0.5)
        help = f"near it: {', '.join(near)}" if near else "the id stands behind each finding"
    yield Finding("acceptance-accepts-something", accepted.source, problem, help, "warning")
