"""When and by which Prometheus an expression is evaluated."""

from __future__ import annotations

from typing import NamedTuple

from pbmon.proof.promql.addition import Adding, total


class Moment(NamedTuple):
    """time: seconds since 1970. newer: Prometheus 3, not 2. add: how series are added up."""

    time: float
    newer: bool = False
    add: Adding = total
