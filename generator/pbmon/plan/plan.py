"""The plan: every decision that the renderers write down and the checks read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pbmon import durations
from pbmon.catalog.catalog import Catalog
from pbmon.content import Contents
from pbmon.errors import DefinitionErrors
from pbmon.plan import (
    alerting,
    app,
    closed_world,
    collisions,
    grafana,
    intervals,
    matching,
    overlay,
    overridden,
    panels,
    printed,
    recording,
    slo,
    target_labels,
    variables,
    versions,
)
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.instrumentation import PlannedInstrumentation, instrumentation
from pbmon.plan.lineage import Lineage, joined
from pbmon.plan.modules import AppModule
from pbmon.plan.rules import Inhibition, PlannedAlert, PlannedGroup, PlannedRecord, Route, ScrapeJob
from pbmon.plan.scope import Scope
from pbmon.plan.supply import Supply


@dataclass(frozen=True, eq=False)
class Plan:
    """The catalog with all decisions made; every tuple sorted by name, file or uid."""

    catalog: Catalog
    settings: overlay.Settings
    jobs: tuple[ScrapeJob, ...]
    routes: tuple[Route, ...]
    inhibitions: tuple[Inhibition, ...]
    recording: tuple[PlannedGroup, ...]
    alerting: tuple[PlannedGroup, ...]
    dashboards: tuple[PlannedDashboard, ...]
    modules: tuple[AppModule, ...]
    slos: tuple[slo.PlannedSlo, ...]
    instrumentation: tuple[PlannedInstrumentation, ...]

    @cached_property
    def lineage(self) -> Lineage:
        """What is below the expressions of the rules."""
        return Lineage(
            joined((record.name, record.recorded) for record in self.records),
            recording.late(self.evaluated),
            self._supply,
        )

    @property
    def _supply(self) -> Supply:
        """Of rules of others nothing is known."""
        jobs = {job.name: job for job in self.jobs if job.service}
        if not jobs:
            return Supply()
        evaluation = self.settings.evaluation_interval
        groups: dict[str, float] = {}
        for group in self.recording:
            seconds = durations.seconds(group.interval or evaluation)
            for rule in group.rules:
                groups[rule.name] = min(seconds, groups.get(rule.name, seconds))
        return Supply(jobs, groups, durations.seconds(evaluation))

    @cached_property
    def contents(self) -> Contents:
        """Texts of its parts, by which what is made from them is remembered."""
        return Contents()

    @cached_property
    def evaluated(self) -> tuple[PlannedGroup, ...]:
        """The recording groups in the order in which rule tests evaluate them."""
        return recording.evaluation_order(self.recording)

    @cached_property
    def place_of_group(self) -> dict[str, int]:
        """Where the recording group of a name stands among those evaluated."""
        return {group.name: place for place, group in enumerate(self.evaluated)}

    @cached_property
    def place_of_job(self) -> dict[str, int]:
        """Where the scrape job of a name stands among the jobs."""
        return {job.name: place for place, job in enumerate(self.jobs)}

    @property
    def alerts(self) -> Iterator[PlannedAlert]:
        """Every alert, group by group."""
        return (
            rule
            for group in self.alerting
            for rule in group.rules
            if isinstance(rule, PlannedAlert)
        )

    @property
    def records(self) -> Iterator[PlannedRecord]:
        """Every record in the order of evaluation, group by group."""
        return (
            rule
            for group in self.recording
            for rule in group.rules
            if isinstance(rule, PlannedRecord)
        )


def resolve(catalog: Catalog) -> Plan:
    """Runs the passes in order. Raises DefinitionErrors where definitions contradict each other."""
    catalog = slo.expand(catalog)
    closed_world.check(catalog)
    decided = overlay.settings(catalog)
    scope = Scope(catalog)
    jobs = overlay.scrape_jobs(catalog, decided)
    arriving = intervals.Intervals(catalog, scope, jobs, decided.evaluation_interval)
    if errors := [
        *intervals.mistakes(catalog, arriving),
        *collisions.mistakes(catalog, decided),
        *grafana.mistakes(catalog),
        *matching.mistakes(catalog, scope),
        *overridden.mistakes(catalog),
        *printed.mistakes(catalog, scope),
        *target_labels.mistakes(catalog, scope),
        *variables.mistakes(catalog),
        *versions.mistakes(catalog),
    ]:
        raise DefinitionErrors(errors)
    modules = app.modules(catalog)
    return Plan(
        catalog=catalog,
        settings=decided,
        jobs=jobs,
        routes=overlay.routes(catalog),
        inhibitions=alerting.inhibitions(catalog, decided),
        recording=recording.groups(catalog, scope),
        alerting=alerting.groups(catalog, scope, decided, panels.addresses(catalog)),
        dashboards=panels.dashboards(catalog, scope, arriving, decided),
        modules=modules,
        slos=slo.planned(catalog, scope),
        instrumentation=instrumentation(catalog, modules),
    )
