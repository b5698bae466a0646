"""What a proof of an alert consists of: situations, and what fires in them when."""

from __future__ import annotations

from dataclasses import dataclass

from pbmon.plan.rules import PlannedAlert
from pbmon.proof.scenario import Run
from pbmon.proof.series import Labels


@dataclass(frozen=True)
class Expected:
    """A firing alert: labels (alertname left out) and expanded annotations, both sorted."""

    labels: Labels
    annotations: Labels


@dataclass(frozen=True)
class Moment:
    """At a step, exactly these alerts fire."""

    index: int
    firing: tuple[Expected, ...] = ()


@dataclass(frozen=True)
class Case:
    """One situation: what the series do, and what fires when. name: a sentence."""

    name: str
    run: Run
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Proof:
    """All cases of one alert. reason: why there is none, in a sentence; empty for a proven alert.

    impossible: whether there can be none, because the alert never or always fires.
    """

    alert: PlannedAlert
    cases: tuple[Case, ...] = ()
    reason: str = ""
    impossible: bool = False
