"""A PromQL function is a row, an engine function and bounds, all under its name."""

from __future__ import annotations

import pytest
from pbmon.expr.nodes import Call
from pbmon.expr.signatures import SIGNATURES, Argument, Signature
from pbmon.expr.syntax import nodes
from pbmon.model.builtin import up as UP
from pbmon.proof.promql.aggregations import variance
from pbmon.proof.promql.functions import NOT_COMPUTED, OF_INSTANT, OVER_RANGE, SCALARS
from pbmon.proof.values.calls import CALLS

WRITTEN: dict[Argument, str] = {
    "instant vector": "up",
    "range vector": "up[5m]",
    "scalar": "0.5",
    "string": '"a"',
}
ROWS = pytest.mark.parametrize("row", SIGNATURES.values(), ids=list(SIGNATURES))


def test_every_function_is_computed_or_listed_as_not_computed() -> None:
    computed = {*OF_INSTANT, *OVER_RANGE, *SCALARS}
    assert computed | NOT_COMPUTED.keys() == SIGNATURES.keys()
    assert computed.isdisjoint(NOT_COMPUTED)


def test_every_function_has_bounds() -> None:
    assert CALLS.keys() == SIGNATURES.keys()


@ROWS
def test_a_function_is_computed_as_what_its_arguments_are(row: Signature) -> None:
    if row.name not in NOT_COMPUTED:
        table = SCALARS if row.result == "scalar" else OF_INSTANT
        assert row.name in (OVER_RANGE if "range vector" in row.arguments else table)


@ROWS
def test_prometheus_reads_a_call_with_the_arguments_of_the_row(row: Signature) -> None:
    written = ", ".join(WRITTEN[argument] for argument in row.arguments)
    call = nodes(f"{row.name}({written})", {"up": UP.selector.series}.get, lambda _: ())
    assert isinstance(call, Call)
    assert call.function == row.name
    assert len(call.arguments) == len(row.arguments)


@pytest.mark.parametrize("value", [0.1, 7.0, 2.431943798780068e16, -1e300])
def test_equal_values_do_not_spread(value: float) -> None:
    """Their rounded mean is another value for some; Prometheus gives 0."""
    assert variance([value] * 3) == 0
