"""How much of the plan was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pbmon.live.checks import alerts, panels
from pbmon.live.checks.case import Case, declared, has_series


@dataclass(frozen=True)
class Coverage:
    """How much of the plan was seen. figures: (what, seen, total), in the order of the report.

    samples, seconds: what the queries of all panels cost Prometheus.
    """

    figures: tuple[tuple[str, int, int], ...] = ()
    rightly_empty: int = 0
    samples: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        figures = ", ".join(f"{what} {seen}/{total}" for what, seen, total in self.figures)
        empty = f", {self.rightly_empty} rightly empty" if self.rightly_empty else ""
        cost = (
            f"; all panels read {self.samples:,} samples in {self.seconds:.2f} s"
            if self.seconds
            else ""
        )
        return f"{figures}{empty}{cost}"


def coverage(case: Case, costs: Sequence[panels.QueryCost]) -> Coverage:
    """The figures of this look. costs: of all queries."""
    plan, seen = case.plan, case.seen
    exposures = [*seen.scraped, *(seen.prometheus.exposures.values() if seen.prometheus else ())]
    metrics = [metric for _, metric in declared(plan)]
    figures = (
        [("metrics seen", sum(has_series(metric, exposures) for metric in metrics), len(metrics))]
        if exposures
        else []
    )
    if not seen.prometheus:
        return Coverage(tuple(figures))
    panel_count = panels.count(plan, seen.prometheus)
    planned = {job.name for job in plan.jobs}
    up = sum(target.job in planned and target.health == "up" for target in seen.prometheus.targets)
    figures += [
        ("panels with data", panel_count.with_data, panel_count.total),
        ("alerts evaluable", alerts.evaluable(plan, seen.prometheus), len(list(plan.alerts))),
        ("targets up", up, sum(len(job.targets) for job in plan.jobs)),
    ]
    samples, seconds = sum(cost.samples for cost in costs), sum(cost.seconds for cost in costs)
    return Coverage(tuple(figures), panel_count.rightly_empty, samples, seconds)
