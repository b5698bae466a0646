"""The answers of all dashboards in one situation, as the page reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pbmon import durations
from pbmon.plan.dashboards import PlannedDashboard
from pbmon.plan.plan import Plan
from pbmon.preview.answers import Answers
from pbmon.preview.pages import contents
from pbmon.preview.scenarios import World, Worlds
from pbmon.preview.timeline import END, fitting
from pbmon.proof.cases.suite import TestFile

Json = dict[str, Any]
ALL_IS_WELL = ""


@dataclass
class Situations:
    """What the page asks for, computed when it is asked for. proofs: of the plan's rules."""

    plan: Plan
    proofs: list[TestFile]
    _read: dict[str, Json] = field(default_factory=dict)

    @cached_property
    def worlds(self) -> Worlds:
        """The situations themselves."""
        by_title = {proof.alert.title: proof for file in self.proofs for proof in file.alerts}
        return Worlds(self.plan, by_title)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.plan)

    @cached_property
    def names(self) -> list[str]:
        """Alerts that can be shown firing."""
        return [title for title in sorted(self.worlds.alerts) if self.worlds.incident(title)]

    def contents(self, names: list[str]) -> Json:
        """All but the answers. names: the alerts that the page can show firing."""
        return contents(self.plan, self.proofs) | {"scenarios": names}

    def scenario(self, name: str) -> Json:
        """The answers while this alert fires, or when all is well. KeyError for no such alert."""
        if name not in self._read:
            self._read[name] = self._calm() if name == ALL_IS_WELL else self._while(name)
        return self._read[name]

    def _calm(self) -> Json:
        shown = {
            dashboard.uid: self._shown(dashboard, self.worlds.calm(_length(dashboard)))
            for dashboard in self.plan.dashboards
        }
        return {"firing": [], "dashboards": shown}

    def _while(self, title: str) -> Json:
        incident = self.worlds.incident(title)
        if incident is None:
            raise KeyError(title)
        world = self.worlds.while_fires(title, incident.length)
        if world is None:
            return {"firing": [], "dashboards": {}}
        return {
            "firing": list(world.firing),
            "dashboards": {
                dashboard.uid: self._shown(
                    dashboard, world, partial=_length(dashboard) == incident.length
                )
                for dashboard in self.plan.dashboards
            },
        }

    def _shown(self, dashboard: PlannedDashboard, world: World, *, partial: bool = False) -> Json:
        timeline = world.timeline
        return {
            "begin": timeline.begin,
            "end": END,
            "step": timeline.step,
            "partial": partial,
            "answers": self._answers.of(dashboard, world, all_of_it=not partial),
        }


def _length(dashboard: PlannedDashboard) -> int:
    """Seconds that a dashboard shows when it is opened."""
    return fitting(durations.seconds(dashboard.time_from.removeprefix("now-")))
