"""Asks the running systems, runs every check, and repeats both while something is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from pbmon.acceptance import settle
from pbmon.finding import Finding, id_of
from pbmon.live.checks import CHECKS, alerts, panels, targets
from pbmon.live.checks.case import Case
from pbmon.live.observation import Servers, look
from pbmon.live.report.coverage import Coverage, coverage
from pbmon.live.seen import Seen
from pbmon.live.servers.client import Unreachable
from pbmon.plan.plan import Plan

Rendered = Mapping[str, str]
POLL = 2.0
"""Seconds between two looks while waiting; longer where a look takes longer, so that it costs at
most half of the time.
"""


@dataclass(frozen=True)
class Report:
    """What one look found.

    checks: ids of all that ran, in order. notes: for information. skipped: which servers were not
    asked, and why. costs: of every query of every dashboard. accepted: how many further findings
    the definitions accept.
    """

    findings: tuple[Finding, ...]
    checks: tuple[str, ...]
    notes: tuple[str, ...]
    skipped: tuple[str, ...]
    coverage: Coverage
    costs: tuple[panels.QueryCost, ...] = ()
    accepted: int = 0

    @property
    def costliest(self) -> panels.QueryCost | None:
        """The query that reads most samples; of several, the slowest."""
        return max(self.costs, key=lambda cost: (cost.samples, cost.seconds), default=None)


def verify(plan: Plan, rendered: Rendered, servers: Servers, known: Collection[str]) -> Report:
    """Look once and check. rendered: text of every artifact by path. known: ids of all checks that
    pbmon has, for what the definitions accept. Raises Unreachable or UsageError, see Client.ask.
    """
    seen = look(plan, servers)
    case = Case(plan, rendered, seen, servers.excused)
    checks = [check for shelf in CHECKS if shelf.runs(seen) for check in shelf.checks]
    ran = tuple(map(id_of, checks))
    findings = (finding for check in checks for finding in check(case))
    settled = settle(findings, plan.catalog, ran, lambda: known)
    costs = tuple(panels.costs(plan, seen.prometheus)) if seen.prometheus else ()
    return Report(
        tuple(settled.open),
        ran,
        tuple(_notes(plan, seen)),
        tuple(_skipped(servers)),
        coverage(case, costs),
        costs,
        settled.accepted,
    )


def verify_until(
    plan: Plan,
    rendered: Rendered,
    servers: Servers,
    known: Collection[str],
    wait: float,
    progress: Callable[[str], None],
) -> Report:
    """Look again until there is no finding or `wait` seconds are over. progress: called before each
    pause with what is still wrong.

    The report is that of the last look. Raises as `verify` where a server gives no answer to the
    last look.
    """
    end = time.monotonic() + wait
    while True:
        begun = time.monotonic()
        try:
            report = verify(plan, rendered, servers, known)
        except Unreachable as error:
            if begun >= end:
                raise
            progress(error.problem)
        else:
            if not report.findings or begun >= end:
                return report
            progress(f"{len(report.findings)} findings, first: {report.findings[0].problem}")
        # the last look is at the end, not before it
        time.sleep(max(0.0, min(max(POLL, time.monotonic() - begun), end - time.monotonic())))


def _notes(plan: Plan, seen: Seen) -> Iterator[str]:
    if seen.prometheus:
        yield from targets.undeclared_targets(plan, seen.prometheus)
        yield from alerts.active_alerts(plan, seen.prometheus)


def _skipped(servers: Servers) -> Iterator[str]:
    for what, named in (
        ("prometheus", servers.prometheus),
        ("alertmanager", servers.alertmanager),
        ("grafana", servers.grafana),
    ):
        if not named:
            yield f"{what.capitalize()} was not looked at: no --{what}"
