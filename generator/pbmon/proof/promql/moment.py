"""When and by which Prometheus an expression is evaluated."""

from __future__ import annotations

from typing import NamedTuple


class Moment(NamedTuple):
    """time: seconds since 1970. newer: Prometheus 3, not 2."""

    time: float
    newer: bool = False
