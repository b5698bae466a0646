"""Every check, listed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from pbmon.cache import Cache
from pbmon.checks.app import usage
from pbmon.checks.case import Case, Check
from pbmon.checks.dashboards.listed import DASHBOARD_CHECKS
from pbmon.checks.definitions import alerts, expressions, metrics, project, proofs, rules
from pbmon.checks.programs import amtool, promtool, proving, verdict
from pbmon.finding import Finding, id_of


class Shelf(NamedTuple):
    """Checks that look at the same thing, under the heading of their index."""

    heading: str
    checks: tuple[Check, ...]


DEFINITIONS = Shelf(
    "Definitions, once everything is decided",
    (
        alerts.alert_has_action,
        alerts.alert_has_panel,
        alerts.alert_has_runbook,
        alerts.alert_unit_is_the_panels,
        alerts.for_is_waited_as_written,
        alerts.severity_has_receiver,
        alerts.threshold_is_below_the_top_bucket,
        expressions.expression_reads_back,
        metrics.matched_values_are_kept,
        metrics.metric_fits_the_budget,
        metrics.metric_is_used,
        project.external_labels_are_plain,
        rules.record_precedes_its_readers,
        rules.window_spans_four_scrapes,
    ),
)
PROOFS = Shelf("Proofs of rules", (proofs.rule_is_proven,))
DASHBOARDS = Shelf("Rendered dashboards", DASHBOARD_CHECKS)
PROGRAMS = Shelf(
    "Rendered rules, configuration and metrics",
    (
        promtool.promtool_rules,
        promtool.promtool_config,
        promtool.promtool_metrics,
        amtool.amtool_config,
    ),
)
APP = Shelf(
    "The app, with `--app`",
    (
        usage.app_gives_declared_labels,
        usage.app_has_current_modules,
        usage.app_is_readable,
        usage.app_makes_no_metric,
        usage.app_names_declared_tasks,
        usage.app_serves_metrics,
        usage.app_updates_metric,
    ),
)
PROVE_CHECKS: tuple[Check, ...] = (proofs.rule_is_proven, proving.rules_pass_their_tests)
"""What `pbmon prove` checks."""

CHECKS = (DEFINITIONS, PROOFS, DASHBOARDS, PROGRAMS, APP)
"""What `pbmon validate` checks."""

IDS = frozenset(
    id_of(check)
    for checks in (PROVE_CHECKS, *(shelf.checks for shelf in CHECKS))
    for check in checks
)
"""What the findings of both can be called."""


def ids_of(case: Case) -> frozenset[str]:
    """Of all checks that `validate` runs on the case."""
    return frozenset(id_of(check) for shelf in _shelves(case) for check in shelf.checks)


def validate(case: Case) -> list[Finding]:
    """Findings of every check, sorted by place. promtool and amtool run in the background while
    Python checks the rest; not where the cache knows that they found nothing in these files.

    Raises UsageError where a program cannot be started.
    """
    cache = case.cache or Cache()
    digest = verdict.digest(case) if cache.is_open else b""
    asked = () if cache.read("programs", [digest]) else PROGRAMS.checks
    with ThreadPoolExecutor() as background:
        outside = [background.submit(_findings, check, case) for check in asked]
        findings = [
            finding
            for shelf in _shelves(case)
            if shelf is not PROGRAMS
            for check in shelf.checks
            for finding in check(case)
        ]
        said = [finding for running in outside for finding in running.result()]
    if asked and not said:
        cache.write({digest: "passes"})
    findings += said
    return in_order(findings)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, by file, line and check."""
    return sorted(
        dict.fromkeys(findings),
        key=lambda finding: (
            finding.source.file,
            finding.source.line,
            finding.check,
            finding.problem,
        ),
    )


def _shelves(case: Case) -> list[Shelf]:
    return [shelf for shelf in CHECKS if shelf is not APP or case.app is not None]


def _findings(check: Check, case: Case) -> list[Finding]:
    return list(check(case))
