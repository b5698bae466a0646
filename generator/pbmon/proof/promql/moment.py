"""When and by which Prometheus an expression is evaluated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """time: seconds since 1970. newer: Prometheus 3, not 2."""

    time: float
    newer: bool = False
