"""Reads files, runs every check on them, and counts what can work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from pbmon.audit.case import Case
from pbmon.audit.checks import CHECKS
from pbmon.audit.dashboards import Query
from pbmon.audit.exposed import Exposed
from pbmon.audit.files import Contents, contents
from pbmon.audit.verdicts import verdicts
from pbmon.cache import Cache
from pbmon.checks.dashboards.grafana.findings import findings as of_grafana
from pbmon.finding import Finding
from pbmon.inference.rule_set import RuleSet

Progress = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


@dataclass(frozen=True)
class Figures:
    """What of a file can work. kinds: what it holds. queries: of its dashboards; answered: those
    that can return data. alerts; firing: those that can fire; proven: those of which series are
    known that make them fire.
    """

    file: str
    kinds: tuple[str, ...] = ()
    queries: int = 0
    answered: int = 0
    alerts: int = 0
    firing: int = 0
    proven: int = 0

    def __str__(self) -> str:
        parts = []
        if self.queries:
            parts.append(f"{self.answered} of {self.queries} queries can return data")
        if self.alerts:
            parts.append(f"{self.firing} of {self.alerts} alerts can fire, {self.proven} proven")
        return "; ".join(parts) or ", ".join(self.kinds)


@dataclass(frozen=True)
class Report:
    """findings: by place. files: figures of each that was read. others: files of which nothing is
    known. notes: on what could not be judged.
    """

    findings: tuple[Finding, ...]
    files: tuple[Figures, ...]
    others: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> Figures:
        """The sums."""
        return Figures(
            "",
            (),
            *(
                sum(getattr(file, name) for file in self.files)
                for name in ("queries", "answered", "alerts", "firing", "proven")
            ),
        )


def audit(
    paths: Sequence[Path],
    exposed: Callable[[Contents], Exposed | None],
    cache: Cache,
    progress: Progress = lambda _: nullcontext(lambda *_: None),
) -> Report:
    """exposed: what is known to be exposed, of what these files read. UsageError for a path that is
    not there.
    """
    with progress("reading files") as shown:
        found = contents(paths, shown)
    known = exposed(found)
    with progress("reading rules"):
        rules = RuleSet([rule.text for rule in found.rules], known.bounds if known else {})
    with progress("proving alerts") as shown:
        alerts = [rule for rule in found.rules if rule.is_alert]
        answers = verdicts(alerts, rules, cache, shown)
    case = Case(
        found.rules,
        found.dashboards,
        found.prometheus,
        found.alertmanagers,
        known,
        found.unreadable,
        found.refused,
        rules,
        answers,
    )
    findings: list[Finding] = []
    with progress("checking") as shown:
        for number, check in enumerate(CHECKS):
            findings += check(case)
            shown(number + 1, len(CHECKS))
        for dashboard in case.dashboards:
            findings += of_grafana(dashboard.board)
        return Report(
            tuple(_in_order(findings)),
            tuple(_figures(case, found)),
            tuple(found.others),
            known.notes if known else (),
        )


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each once, by file and line."""
    return sorted(
        dict.fromkeys(findings),
        key=lambda each: (each.source.file, each.source.line, each.check, each.problem),
    )


def _figures(case: Case, found: Contents) -> Iterator[Figures]:
    queries: dict[str, list[bool]] = {}
    for use in case.uses:
        if isinstance(use.owner, Query) and use.owner.panel is not None:
            queries.setdefault(use.file, []).append(not case.is_dead(use))
    alerts: dict[str, list[tuple[bool, bool]]] = {}
    for rule, verdict in case.verdicts.items():
        fires = case.can_fire(rule)
        alerts.setdefault(rule.document.file, []).append(
            (fires, fires and verdict.kind == "proven")
        )
    for file, kinds in found.files.items():
        asked, watched = queries.get(file, []), alerts.get(file, [])
        yield Figures(
            file,
            tuple(kinds),
            len(asked),
            sum(asked),
            len(watched),
            sum(fires for fires, _ in watched),
            sum(proven for _, proven in watched),
        )
