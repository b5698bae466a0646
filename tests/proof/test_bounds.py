"""What bounds exclude, no series can reach."""

from __future__ import annotations

from math import isfinite

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from made_series import store
from pbmon.expr.text import promql
from pbmon.expr.vector import Vector
from pbmon.proof.bounds import reachable
from pbmon.proof.engine import Engine, UnknownSemantics
from strategies import expressions

SERIES = store(60, left_open=False)
SLACK = 1e-9
"""Rounding: a ratio of equal sums may come out as 1 + 2e-16."""


@settings(max_examples=500, database=None, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
@given(expressions(), st.sampled_from((60, 15 * 60, 110 * 60)))
def test_no_value_lies_outside_its_bounds(vector: Vector, time: int) -> None:
    engine = Engine(SERIES)
    try:
        values = engine.vector(vector.node, time).values()
    except UnknownSemantics:
        assume(False)
    low, high = reachable(vector.node, {})
    for value in values:
        if isfinite(value):
            slack = SLACK * max(1.0, abs(value))
            assert low - slack <= value <= high + slack, promql(vector.node)
