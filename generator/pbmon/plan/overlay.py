"""Pass 2: the environment laid over the definitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pbmon.catalog.catalog import Catalog
from pbmon.errors import DefinitionError, DefinitionErrors
from pbmon.expr.nodes import SET_OPERATORS, Binary, Node, Number
from pbmon.model.rules import Alert
from pbmon.plan.rules import Route, ScrapeJob, Threshold
from pbmon.plan.scraping import body_size_limit, sample_limit

_ORDER = frozenset({">", "<", ">=", "<="})


@dataclass(frozen=True)
class Settings:
    """The settings of the whole project in this environment."""

    environment: str
    scrape_interval: str
    evaluation_interval: str
    external_labels: tuple[tuple[str, str], ...]
    runbook_url: str
    grafana_url: str
    prometheus_url: str
    alertmanagers: tuple[str, ...]


def settings(catalog: Catalog) -> Settings:
    """The project's settings, overlaid. external_labels are merged; the environment's win."""
    project, overlay = catalog.project, catalog.environment

    def value(name: str) -> Any:
        return overlay.settings.get(name, getattr(project, name))

    labels = {**project.external_labels, **overlay.settings.get("external_labels", {})}
    return Settings(
        overlay.name,
        value("scrape_interval"),
        value("evaluation_interval"),
        tuple(sorted(labels.items())),
        value("runbook_url").rstrip("/"),
        value("grafana_url").rstrip("/"),
        value("prometheus_url"),
        tuple(value("alertmanagers")),
    )


def scrape_jobs(catalog: Catalog, decided: Settings) -> tuple[ScrapeJob, ...]:
    """Every scrape job with its targets and interval, sorted by name."""
    overlay = catalog.environment
    jobs = [
        ScrapeJob(
            job.name,
            tuple(overlay.targets.get(job.name, job.targets)),
            job.path,
            overlay.intervals.get(job.name, job.interval or decided.scrape_interval),
            tuple(sorted(job.labels.items())),
            samples := sample_limit(catalog, service, job),
            body_size_limit(samples),
            service.name,
            job.source,
            tuple(sorted(job.params.items())),
            tuple(job.target_labels),
        )
        for service in catalog.services
        for job in service.jobs
    ]
    return tuple(sorted(jobs, key=lambda job: job.name))


def routes(catalog: Catalog) -> tuple[Route, ...]:
    """One route for each receiver.

    Other severities go to a receiver `default`, which notifies no one.
    """
    overlay = catalog.environment
    return tuple(
        Route(
            receiver.name,
            tuple(receiver.severities),
            receiver.repeat_interval,
            overlay.webhook_url_files.get(receiver.name, receiver.webhook_url_file),
        )
        for receiver in catalog.project.receivers
    )


def condition(alert: Alert, catalog: Catalog) -> tuple[Node, Threshold | None]:
    """The alert's expression with the environment's threshold in it, and that threshold.

    Raises DefinitionErrors where the environment sets a threshold and the expression has none.
    """
    overlay = catalog.environment.alerts.get(str(catalog.alert_keys[alert]))
    override = overlay.threshold if overlay is not None else None
    node, threshold = _threshold(alert.expr.node, override)
    if overlay is not None and override is not None and threshold is None:
        problem = (
            f"alert {alert.name} has no number behind >, <, >= or <=, so its threshold cannot"
            " be set"
        )
        raise DefinitionErrors(
            [DefinitionError(overlay.source, problem, f"it is defined at {alert.source}")]
        )
    return node, threshold


def _threshold(node: Node, override: Decimal | None) -> tuple[Node, Threshold | None]:
    """The first comparison with a number that decides the condition, and the expression with
    `wanted` in its place.

    It looks only into set operations: a comparison inside arithmetic (`x / (y > 0)`) is a guard.
    """
    if not isinstance(node, Binary):
        return node, None
    if node.operator in _ORDER and isinstance(node.right, Number):
        value = node.right.value if override is None else override
        return replace(node, right=Number(value)), Threshold(node.operator, float(value))
    if node.operator in SET_OPERATORS:
        left, threshold = _threshold(node.left, override)
        if threshold:
            return replace(node, left=left), threshold
        right, threshold = _threshold(node.right, override)
        return replace(node, right=right), threshold
    return node, None
