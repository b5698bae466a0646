"""What is shown of a rule. How it is found imports the engine; what it says does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pbmon.plan.rules import PlannedAlert, PlannedRecord

if TYPE_CHECKING:
    from pbmon.proof.cases.case import Case
    from pbmon.proof.cases.record import RecordCase

Verdict = Literal["proven", "never fires", "always fires", "not proven", "wrong text"]
"""never fires, always fires: whatever is scraped. not proven: pbmon found no series that show it,
which says nothing about the alert. wrong text: Prometheus cannot expand a text of it.
"""


@dataclass(frozen=True)
class Course:
    """The value of one expression at each of the history's times; None where it has none."""

    text: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class History:
    """times: seconds since the series change, ascending. pending, firing, resolved are such times
    too.

    courses: sides of the condition that are compared with the same limit, or without a comparison
    that decides, the condition itself as 1 and 0. operator, limit: of the comparison; operator is
    empty for a condition without one.
    pending: when the condition begins to hold; it equals `firing` for an alert that does not wait.
    resolved: None where the case ends before.
    """

    alert: PlannedAlert
    times: tuple[int, ...]
    courses: tuple[Course, ...]
    operator: str
    limit: Course
    pending: int
    firing: int
    resolved: int | None

    @property
    def unit(self) -> str:
        """Grafana's id or empty."""
        return self.alert.definition.expr.unit if self.alert.definition is not None else ""


@dataclass(frozen=True)
class Proof:
    """All cases of one alert. reason: why there is none, in a sentence; empty for a proven alert.

    help: what to do, where the verdict alone does not say it. history: of the first case. digest:
    of all that it is derived from; empty where nothing is remembered.
    """

    alert: PlannedAlert
    cases: Sequence[Case] = ()
    reason: str = ""
    verdict: Verdict = "proven"
    help: str = ""
    history: History | None = None
    digest: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True)
class RecordProof:
    """reason: why there is no proof. digest: as of a Proof."""

    record: PlannedRecord
    cases: Sequence[RecordCase] = ()
    reason: str = ""
    digest: bytes = field(default=b"", compare=False, repr=False)
