"""What the generated hooks of SQLAlchemy count: statements, connections, rows."""

from __future__ import annotations

from dataclasses import dataclass

from pbmon.arguments import checked
from pbmon.errors import DefinitionError
from pbmon.model.distributions import Histogram
from pbmon.model.instrumentation.instrumentation import (
    InstrumentationFile,
    check_labels,
    check_seconds,
    check_values,
)
from pbmon.model.metrics import Gauge, Metric

SQL_OPERATIONS = ("select", "insert", "update", "delete", "merge", "other")
"""Kinds of statement that the generated hooks tell apart; `other` is every statement that is none
of the rest.
"""


@checked
@dataclass(frozen=True, eq=False, kw_only=True)
class DatabaseInstrumentation(InstrumentationFile):
    """Hooks for SQLAlchemy engines.

    duration: histogram in seconds by `operation`, whose values are among SQL_OPERATIONS. in_use,
    size: gauges without labels of the pool's connections, held now and at most. objects: gauge by
    one label, counted now and then by one query a value.
    active_users: gauge without labels, counted likewise.
    """

    duration: Histogram
    in_use: Gauge | None = None
    size: Gauge | None = None
    objects: Gauge | None = None
    active_users: Gauge | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_labels(self, self.duration, {"operation"})
        check_seconds(self, self.duration)
        check_values(self, self.duration, "operation", SQL_OPERATIONS)
        for gauge in (self.in_use, self.size, self.active_users):
            if gauge is not None:
                check_labels(self, gauge, set())
        if self.objects is not None and (
            len(self.objects.labels) != 1 or not self.objects.labels[0].values
        ):
            has = ", ".join(label.name for label in self.objects.labels) or "none"
            raise DefinitionError(
                self.source,
                f"{self.objects.name} is counted by one query a value of its label, but it does not"
                " have one label with values",
                f"its labels: {has}",
            )

    @property
    def metrics(self) -> tuple[Metric, ...]:
        gauges = (self.in_use, self.size, self.objects, self.active_users)
        return (self.duration, *(gauge for gauge in gauges if gauge is not None))

    @property
    def entries(self) -> dict[str, tuple[Metric, ...]]:
        hooked = (self.duration, self.in_use, self.size)
        entries = {
            "observe_engine": hooked,
            "Counts": (self.objects,),
            "Counts(users)": (self.active_users,),
        }
        metrics_of = {
            entry: tuple(metric for metric in metrics if metric is not None)
            for entry, metrics in entries.items()
        }
        return {entry: metrics for entry, metrics in metrics_of.items() if metrics}
