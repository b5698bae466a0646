"""Quantiles that are stored have no value while nothing is observed."""

from __future__ import annotations

import pytest
from pbmon.expr.text import promql
from small_projects import plan_of

LINGER = (
    'linger = Histogram("linger_seconds", "Linger.", buckets=[1, 5])',
    'SAYS = dict(severity="info", summary="s", impact="i", action="a")',
)


@pytest.mark.parametrize(
    ("expression", "rendered"),
    [
        ("linger.quantile(0.9, '5m')", "histogram_quantile({}) >= -Inf"),
        ("linger.quantile(0.9, '5m').max()", "max(histogram_quantile({}) >= -Inf)"),
        ("linger.quantile(0.9, '5m') > 5", "histogram_quantile({}) > 5"),
        ("linger.quantile(0.9, '5m') / 2 > 5", "((histogram_quantile({}) >= -Inf) / 2) > 5"),
        ("linger.mean('5m')", None),
    ],
)
def test_a_recorded_quantile_drops_what_is_no_number(expression: str, rendered: str | None) -> None:
    (record,) = plan_of(*LINGER, f"x = Record(':linger:x', {expression})").records
    of = '0.9, sum by (le) (rate(linger_seconds_bucket{job="shop"}[5m]))'
    text = promql(record.expr)
    assert text == rendered.format(of) if rendered else "Inf" not in text


def test_an_alert_has_it_only_where_a_subquery_stores_the_quantile() -> None:
    plan = plan_of(
        *LINGER,
        "a = Alert('Now', linger.quantile(0.9, '5m') > 3, **SAYS)",
        "b = Alert('Long', linger.quantile(0.9, '5m').avg_over_time('1h', '1m') > 3, **SAYS)",
    )
    texts = {alert.name: promql(alert.expr) for alert in plan.alerts}
    assert "Inf" not in texts["Now"]
    assert ">= -Inf)[1h:1m]" in texts["Long"]
