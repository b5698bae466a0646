"""The answers of all dashboards in one situation, as the page reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from typing import Any

from pbmon.model.slo import Slo
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import Plan
from pbmon.preview.answers import Answers
from pbmon.preview.memory import Memory
from pbmon.preview.pages import contents
from pbmon.preview.scenarios import World, Worlds
from pbmon.preview.timeline import END, HOUR, Span, fitting
from pbmon.preview.view import View
from pbmon.proof.cases.suite import TestFile
from pbmon.proof.promql.engine import Engine

Json = dict[str, Any]
ALL_IS_WELL = ""


@dataclass
class Situations:
    """What the page asks for, computed when it is asked for. proofs: of the plan's rules. memory:
    of what was computed for the definitions as they were before.
    """

    plan: Plan
    proofs: list[TestFile]
    memory: Memory = field(default_factory=Memory)
    _read: dict[str, Json] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Of the page."""
        return self.plan.catalog.project.title

    @cached_property
    def worlds(self) -> Worlds:
        """The situations themselves."""
        by_title = {proof.alert.title: proof for file in self.proofs for proof in file.alerts}
        return Worlds(self.plan, by_title, self.memory)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.plan, self.memory)

    @cached_property
    def _dashboards(self) -> dict[str, PlannedDashboard]:
        return {dashboard.uid: dashboard for dashboard in self.plan.dashboards}

    @cached_property
    def names(self) -> list[str]:
        """Alerts that can be shown firing."""
        return [title for title in sorted(self.worlds.alerts) if self.worlds.incident(title)]

    @cached_property
    def _contents(self) -> Json:
        return contents(self.plan, self.proofs)

    def contents(self, names: Sequence[str] | None = None) -> Json:
        """All but the answers. names: the alerts that the page can show firing, all that can where
        it is None.
        """
        return self._contents | {
            "scenarios": list(self.names if names is None else names),
            "now": END,
        }

    def scenario(self, name: str) -> Json:
        """All dashboards as they are opened while this alert fires, or when all is well. KeyError
        for no such alert.
        """
        if name not in self._read:
            self._read[name] = self._scenario(name)
        return self._read[name]

    def shown(self, view: View) -> Json:
        """One dashboard. KeyError for none of that name."""
        dashboard = self._dashboards[view.uid]
        asked = END - view.last if view.last else view.begin
        length = fitting(END - asked) if asked is not None else None
        world = self._world(view.scenario, length or _length(dashboard, self._lasts(view.scenario)))
        timeline = world.timeline
        begin = timeline.begin if asked is None else max(asked, timeline.begin)
        end = END if view.end is None else min(view.end, END)
        span = timeline.span(begin, end)
        return self._answered(dashboard, world, span, view) | {"firing": list(world.firing)}

    def budgets(self, scenario: str) -> Json:
        """Of every objective, what is left of each of its budgets and how fast it burns."""
        world = self._world(scenario, self._lasts(scenario) or HOUR)
        return {slo.name: _budgets(slo, world) for slo in self.plan.catalog.slos}

    def _lasts(self, scenario: str) -> int | None:
        """Seconds that an incident has to be shown for."""
        if scenario == ALL_IS_WELL:
            return None
        incident = self.worlds.incident(scenario)
        if incident is None:
            raise KeyError(scenario)
        return incident.length

    def _world(self, scenario: str, length: int) -> World:
        if scenario == ALL_IS_WELL:
            return self.worlds.calm(length)
        world = self.worlds.while_fires(scenario, length)
        if world is None:
            raise KeyError(scenario)
        return world

    def _scenario(self, name: str) -> Json:
        lasts = self._lasts(name)
        try:
            worlds = {
                dashboard.uid: self._world(name, _length(dashboard, lasts))
                for dashboard in self.plan.dashboards
            }
        except KeyError:
            return {"firing": [], "dashboards": {}, "budgets": {}}
        firing = [world.firing for world in worlds.values()] if name else []
        return {
            "firing": list(firing[0]) if firing else [],
            "dashboards": {
                uid: self._answered(
                    self._dashboards[uid],
                    world,
                    world.timeline.span(world.timeline.begin, END),
                    View(uid, name),
                    partial=lasts is not None and _length(self._dashboards[uid], None) == lasts,
                )
                for uid, world in worlds.items()
            },
            "budgets": self.budgets(name),
        }

    def _answered(
        self,
        dashboard: PlannedDashboard,
        world: World,
        span: Span,
        view: View,
        *,
        partial: bool = False,
    ) -> Json:
        variables = self._answers.variables(dashboard, world, span, view.chosen)
        answers = self._answers.of(dashboard, world, span, variables, all_of_it=not partial)
        return {
            "begin": span.begin,
            "end": span.end,
            "step": span.step,
            "partial": partial,
            "offered": variables.offered,
            "answers": answers,
        }


def _length(dashboard: PlannedDashboard, lasts: int | None) -> int:
    """Seconds that a dashboard shows when it is opened, or in an incident that lasts so long."""
    return lasts or fitting(dashboard.length)


def _budgets(slo: Slo, world: World) -> list[Json]:
    engine = Engine(world.store)
    left = engine.vector(slo.budget_left.node, END)
    burning = engine.vector(slo.burn_rate.node, END)
    return [
        {"labels": dict(labels), "left": value, "burns": burning.get(labels)}
        for labels, value in sorted(left.items())
        if not isnan(value)
    ]
