"""Every check, listed by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from pbmon.artifact import Artifact
from pbmon.catalog.app_source import AppSource
from pbmon.checks import alerts, metrics, rules
from pbmon.checks.app import check_app
from pbmon.checks.dashboards import check_dashboard
from pbmon.checks.dashboards_provisioning import provisioning_fits_its_schema
from pbmon.checks.exposition import exposition
from pbmon.checks.promtool import run_all
from pbmon.checks.proofs import rule_is_proven
from pbmon.finding import Finding
from pbmon.plan.paths import PROVISIONING
from pbmon.plan.plan import Plan
from pbmon.proof.suite import suite

PlanCheck = Callable[[Plan], Iterator[Finding]]

PLAN_CHECKS: tuple[PlanCheck, ...] = (
    alerts.alert_has_action,
    alerts.alert_has_panel,
    alerts.alert_unit_is_the_panels,
    alerts.severity_has_receiver,
    alerts.threshold_is_below_the_top_bucket,
    metrics.metric_fits_the_budget,
    metrics.metric_is_used,
    rules.record_precedes_its_readers,
    rules.window_spans_four_scrapes,
)


def validate(
    plan: Plan,
    artifacts: Iterable[Artifact],
    promtool: Path,
    amtool: Path | None,
    app: AppSource | None = None,
) -> list[Finding]:
    """Findings of every check, sorted by place. amtool None leaves Alertmanager's configuration to
    the other checks.

    app: source of the app that the generated modules are part of, where it is to be checked too.

    promtool and amtool run in the background while Python checks the rest.
    """
    artifacts = list(artifacts)
    rendered = {artifact.path: artifact.text for artifact in artifacts}
    exposed = exposition(artifacts, {module.path for module in plan.modules})
    with ThreadPoolExecutor(1) as background:
        outside = background.submit(run_all, promtool, amtool, artifacts, exposed)
        found = [finding for check in PLAN_CHECKS for finding in check(plan)]
        found += alerts.alert_has_runbook(plan, rendered)
        found += rule_is_proven(suite(plan))
        if app is not None:
            found += check_app(plan, app)
        for path, text in rendered.items():
            if path.endswith(".json"):
                found += check_dashboard(path, text)
            elif path.startswith(f"{PROVISIONING}/"):
                found += provisioning_fits_its_schema(path, text)
        found += [_at_its_author(finding, plan, rendered) for finding in outside.result()]
    return sorted(
        dict.fromkeys(found),
        key=lambda finding: (
            str(finding.source.file),
            finding.source.line,
            finding.check,
            finding.problem,
        ),
    )


def _at_its_author(finding: Finding, plan: Plan, rendered: Mapping[str, str]) -> Finding:
    """A finding on a line of a rendered rule, at the line that defines the rule; any other one as
    it is.
    """
    group = next(
        (group for group in (*plan.recording, *plan.alerting) if group.file == finding.source.file),
        None,
    )
    if group is None or not finding.source.line:
        return finding
    above = rendered[group.file].splitlines()[: finding.source.line]
    number = sum(line.startswith("      - ") for line in above)  # how rules.yml.j2 begins a rule
    return replace(finding, source=group.rules[number - 1].source) if number else finding
