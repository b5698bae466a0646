"""How long it takes until an alert fires, to the minute, with the real promtool on the rendered
rules.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.checks.programs.binaries import version
from slo.documented import row
from slo.shop import BUCKET, FAILED, HEALTHY, OK, RATIO, firing, plan, values

BEGINS = 400
OUTAGE = {
    OK: f"0+100x{BEGINS} {100 * BEGINS}x300",
    FAILED: f"0x{BEGINS} 100+100x299",
}
"""Healthy minutes, more than any window of a page is long, then nothing but failures."""
OBJECTIVES = row("objective over 30d")

EVENTS = {
    "counters": ("bad=failed, total=requests", {OK: "0+10x30", FAILED: "0x30"}),
    "latency": (
        'good=latency.where(path.is_("/a")).at_most(0.3)',
        {BUCKET.format("bucket", ',le="0.3"'): "0+8x30", BUCKET.format("count", ""): "0+10x30"},
    ),
    "gauge": ("good=healthy", {HEALTHY: "1x30"}),
}
"""Events of each kind, and their series for thirty minutes."""


def _of(promtool: Path, row_of_2: str, row_of_3: str) -> list[int]:
    """The documented minutes of this promtool."""
    return [int(cell) for cell in row(row_of_2 if version(promtool) < (3,) else row_of_3)]


def _sales(events: str, objectives: list[str]) -> str:
    """One objective each: sales-0, sales-1, …"""
    return "".join(
        f'slo{n} = Slo("sales-{n}", {events}, objective="{percent}")\n'
        for n, percent in enumerate(objectives)
    )


def _begins(
    promtool: Path, folder: Path, text: str, series: dict[str, str], alerts: str, minutes: list[int]
) -> list[list[bool]]:
    """Whether an alert of each objective fires one minute before its minute, and at it. alerts:
    `{}` stands for the objective.
    """
    asked = [
        (
            (
                f"count(ALERTS{{{alerts.format(n)},severity='critical',alertstate='firing'}}) or"
                " vector(0)"
            ),
            at,
        )
        for n, minute in enumerate(minutes)
        for at in (minute - 1, minute)
    ]
    found = [
        number > 0 for (number,) in values(promtool, plan(folder, text), folder, series, asked)
    ]
    return [found[2 * n : 2 * n + 2] for n in range(len(minutes))]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_total_outage_pages_at_the_documented_minute(
    promtools: Path, objective: str, tmp_path: Path
) -> None:
    text = _sales("bad=failed, total=requests", [objective])
    documented = _of(promtools, "minutes, promtool 2.42", "minutes, promtool 3.5")
    minute = BEGINS + dict(zip(OBJECTIVES, documented, strict=True))[objective]
    found = _begins(promtools, tmp_path, text, OUTAGE, "alertname=~'Sales{}BudgetBurn.*'", [minute])
    assert found == [[False, True]]


@pytest.mark.parametrize("events", EVENTS)
@pytest.mark.parametrize(
    ("then", "row_of_2", "row_of_3"),
    [
        (
            "stale _x30",
            "the target is down, or without the metric",
            "the target is down, or without the metric",
        ),
        (
            "_x30",
            "nothing ends the series (samples with timestamps of their own), promtool 2.42",
            "the same, promtool 3.5",
        ),
    ],
    ids=["ended by a scrape", "ended by nothing"],
)
def test_a_metric_that_is_gone_alerts_at_the_documented_minute(
    promtools: Path, tmp_path: Path, events: str, then: str, row_of_2: str, row_of_3: str
) -> None:
    written, series = EVENTS[events]
    text = _sales(written, row("what happens to an objective over 30d of"))
    minutes = [30 + minute for minute in _of(promtools, row_of_2, row_of_3)]
    gone = {name: f"{numbers} {then}" for name, numbers in series.items()}
    found = _begins(promtools, tmp_path, text, gone, "alertname='Sales{}MetricAbsent'", minutes)
    assert found == [[False, True]] * 2


def test_the_windows_of_the_table_page_after_three_and_a_half_hours_at_an_objective_of_one_nine(
    promtools: Path, tmp_path: Path
) -> None:
    """14.4 times 0.1 never fires, which leaves 6 times 0.1 over six hours.

    As autometrics has them:
    https://github.com/autometrics-dev/autometrics-shared/blob/main/autometrics.rules.yml
    """
    failed, every = 'requests_total{status="500"}', "requests_total"
    ratios = {
        f"slo:sli_error:ratio_rate{window}": (
            f"sum(rate({failed}[{window}])) / sum(rate({every}[{window}]))"
        )
        for window in ("5m", "30m", "1h", "6h")
    }
    fast, slow = (
        f"(max(slo:sli_error:ratio_rate{short} > ({factor} * 0.1)) and"
        f" max(slo:sli_error:ratio_rate{long} > ({factor} * 0.1)))"
        for factor, short, long in (("14.4", "5m", "1h"), ("6", "30m", "6h"))
    )
    minute = 217 if version(promtools) < (3,) else 216
    asked = [
        (f"{fast} or {slow}", BEGINS + minute - 1),
        (f"{fast} or {slow}", BEGINS + minute),
        (fast, BEGINS + 299),
    ]
    made = plan(tmp_path, RATIO.format("").replace("99.9", "90"))
    assert values(promtools, made, tmp_path, OUTAGE, asked, others=ratios) == [[], [1.0], []]


def test_a_page_ends_soon_after_the_errors_do(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(""))
    series = {OK: "0+100x60 6000+50x30 7500+100x30", FAILED: "0x60 50+50x30 1550x30"}
    during, after = firing(promtools, made, tmp_path, series, [89, 100])
    assert "SalesBudgetBurn1h" in during
    assert "SalesBudgetBurn1h" not in after
