"""Rules call only functions that the project's Prometheus has."""

from __future__ import annotations

import pytest
from pbmon.errors import DefinitionErrors
from small_projects import plan_of

SAID = 'summary="s", impact="i", action="a", severity="info"'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("limitk(2, lamps)", "calls limitk(), which Prometheus has since"),
        ("mad_over_time(lamps[5m])", "calls mad_over_time(), which Prometheus has since"),
        ("double_exponential_smoothing(lamps[5m], 0.5, 0.5)", "has since 3.0"),
        ("holt_winters(lamps[5m], 0.5, 0.5)", "has no longer since 3.0"),
        ("histogram_avg(lamps)", "calls histogram_avg(), which Prometheus has since"),
    ],
)
def test_a_function_that_is_not_everywhere_is_a_mistake(text: str, problem: str) -> None:
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(f"a = Alert('A', promql('{text}') > 1, {SAID})")
    assert problem in str(raised.value.errors[0])
