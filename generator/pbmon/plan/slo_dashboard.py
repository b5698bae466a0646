"""The dashboard of all error budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pbmon import durations
from pbmon.labels import names
from pbmon.model.dashboards import Dashboard, Row
from pbmon.model.project import Project
from pbmon.model.query import Query
from pbmon.model.rules import Alert
from pbmon.model.slo import Slo
from pbmon.panels.bargauge import BarGauge
from pbmon.panels.stat import Stat
from pbmon.panels.timeseries import Panel
from pbmon.plan.slo_burn import burns
from pbmon.plan.slo_rules import shown_windows

_REFRESH = "5m"
"""Budgets are shown over weeks, whose samples are more than ten minutes apart; the fastest number
on the page, the burn rate, is one of the last hour.
"""


def dashboard(
    project: Project, slos: Sequence[Slo], alerts: Mapping[str, Sequence[Alert]]
) -> Dashboard:
    """Objectives, what is left of their budgets and how fast they burn; then one panel each.
    alerts: by name of the SLO.
    """
    longest = max((slo.window for slo in slos), key=durations.seconds)
    return Dashboard(
        f"{project.title} error budgets",
        uid=f"{project.name}-slo-overview",
        file="slo-overview",
        description=(
            "Which objectives hold, how much of each error budget is left, and what burns it."
        ),
        time_from=f"now-{longest}",
        refresh=_REFRESH,
        rows=[
            Row(
                "Objectives",
                Stat(
                    "Objective",
                    *(Query(slo.objective_series, slo.name) for slo in slos),
                    decimals=3,
                    width=24,
                    raw={"options": {"graphMode": "none"}},  # a constant has no trend
                    description="Share of events that has to be good.",
                ),
                BarGauge(
                    "Error budget spent",
                    *(Query(1 - slo.budget_left, _legend(slo)) for slo in slos),
                    unit="percentunit",
                    limits=(0, 1),
                    thresholds={0.75: "orange", 1: "red"},
                    width=12,
                    description=(
                        "Share of the error budget that is gone. From 100 % on the objective is"
                        " missed."
                    ),
                ),
                Stat(
                    "Burn rate",
                    *(Query(slo.burn_rate, _legend(slo)) for slo in slos),
                    thresholds=_burn_colors(slos),
                    width=12,
                    height=8,
                    description=(
                        "How fast the budget burnt in the last hour. At 1 it is used up exactly"
                        " when its window ends."
                    ),
                ),
                Panel(
                    "Error budget over the window",
                    *(Query(slo.budget_left, _legend(slo)) for slo in slos),
                    limits=(None, 1),
                    description=(
                        "What was left of each budget at each moment. A cliff is an incident, a"
                        " slope a steady fault."
                    ),
                ),
            ),
            Row(
                "Bad events",
                *(
                    _panel(slo, alerts[slo.name], alone=slo is slos[-1] and len(slos) % 2 == 1)
                    for slo in slos
                ),
            ),
        ],
    )


def _panel(slo: Slo, alerts: Sequence[Alert], *, alone: bool) -> Panel:
    return Panel(
        f"Bad events of {slo.name}",
        *(Query(slo.error_ratio(window), _legend(slo, window)) for window in shown_windows(slo)),
        alerts=list(alerts),
        unit="percentunit",
        limits=(0, None),
        width=24 if alone else 12,
        description=(
            f"{slo.help} Share of events that were not, over each window; the lines are where"
            " alerts begin.".strip()
        ),
    )


def _burn_colors(slos: Sequence[Slo]) -> dict[float | None, str]:
    """Orange where a budget lasts no longer than its window, red where it burns as fast as in an
    alert that is critical.
    """
    critical = [
        float(burn.factor)
        for slo in slos
        for burn in burns(slo.window, slo.budget)
        if burn.windows.severity == "critical"
    ]
    red: dict[float | None, str] = {min(critical): "red"} if critical else {}
    return {None: "green", 1: "orange", **red}


def _legend(slo: Slo, window: str = "") -> str:
    labels = " ".join(f"{{{{{name}}}}}" for name in names(slo.by) if name != "job" or window)
    return " ".join(part for part in (window or slo.name, labels) if part)
