"""Budgets read what they should, with the real promtool on the rendered rules: where averages of ratios go wrong, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.checks.binaries import run
from slo.shop import FAILED, OK, RATIO, firing, plan, rule_files, values

LATENCY = 'slo = Slo("speed", good=latency.where(path.is_("/a")).at_most(0.3), objective="90"{})\n'
HEALTH = 'slo = Slo("health", good=healthy, objective="99"{})\n'
BUCKET = 'answer_seconds_{}{{job="web",instance="web:80",path="/a"{}}}'
SPENT, LEFT = "job:slo_sales_errors:ratio_30d", "job:slo_sales_error_budget:remaining_30d"
BUSY_THEN_QUIET = {OK: "0+5940x60 356406+6x540", FAILED: "0+60x60 3600x540"}


@pytest.mark.parametrize("every", ["1m", "5m"])
def test_a_busy_hour_weighs_more_than_nine_quiet_ones(promtools: Path, tmp_path: Path, every: str) -> None:
    """An hour at 6,000 requests a minute with 1 % errors, then nine at 6: 3,600 of 363,240 are bad, however often it is sampled.

    The mean of the ratios, which others take for the budget, is nine times lower.
    """
    made = plan(tmp_path, RATIO.format(""))
    mean = "avg_over_time(job:slo_sales_errors:ratio_5m[10h])"
    (weighted,), (unweighted,) = values(promtools, made, tmp_path, BUSY_THEN_QUIET, [(SPENT, 600), (mean, 600)], every)
    assert weighted == pytest.approx(0.0099, abs=0.0001)
    assert unweighted == pytest.approx(0.00106, abs=0.0001)


def test_minutes_without_traffic_leave_the_budget_as_it_is(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(""))
    series = {OK: "0+999x60 59940x20 60939+999x60", FAILED: "0+1x60 60x20 61+1x60"}
    asked = [(SPENT, minute) for minute in (60, 65, 70, 79, 90, 140)]
    assert [pytest.approx([0.001], rel=0.01)] * 6 == values(promtools, made, tmp_path, series, asked)


def test_no_recorded_series_is_ever_not_a_number(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(', minimum_traffic="0.5"') + HEALTH.format("").replace("slo =", "slo2 ="))
    series = {OK: "0x30 0+10x30 300x30", FAILED: "0x90", 'healthy{job="web",instance="web:80"}': "1x40 _x50"}
    names = [record.name for record in made.records]
    asked = [(name, minute) for minute in (0, 10, 32, 89) for name in names]
    found = values(promtools, made, tmp_path, series, asked)
    assert [value for of_one in found for value in of_one if value != value] == []


@pytest.mark.parametrize("series", [{OK: "0+10x60"}, {OK: "0+10x60", FAILED: "0x60"}], ids=["no series of errors", "none counted"])
def test_the_budget_is_whole_while_nothing_has_ever_failed(promtools: Path, tmp_path: Path, series: dict[str, str]) -> None:
    made = plan(tmp_path, RATIO.format(""))
    assert values(promtools, made, tmp_path, series, [(SPENT, 60), (LEFT, 60)]) == [[0.0], [1.0]]


def test_the_budget_goes_below_zero_when_the_objective_is_missed(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(""))
    series = {OK: "0+998x100", FAILED: "0+2x100"}
    assert values(promtools, made, tmp_path, series, [(LEFT, 100), ("job:slo_sales_errors:burn_rate_1h", 100)]) == [
        [pytest.approx(-1)],
        [pytest.approx(2)],
    ]


def test_good_events_give_the_same_budget_as_bad_ones(promtools: Path, tmp_path: Path) -> None:
    both = RATIO.format("") + RATIO.format("").replace("bad=failed", 'good=requests.where(status.is_("200"))').replace(
        '"sales"', '"wins"'
    ).replace("slo =", "wins =")
    asked = [(SPENT, 600), (SPENT.replace("sales", "wins"), 600)]
    bad, good = values(promtools, plan(tmp_path, both), tmp_path, BUSY_THEN_QUIET, asked)
    assert bad == pytest.approx(good)


@pytest.mark.parametrize("bound", ["0.3", "0.30"])
def test_latency_counts_what_is_above_the_bound(promtools: Path, tmp_path: Path, bound: str) -> None:
    made = plan(tmp_path, LATENCY.format(""))
    series = {BUCKET.format("bucket", f',le="{float(bound)}"'): "0+80x60", BUCKET.format("count", ""): "0+100x60"}
    assert values(promtools, made, tmp_path, series, [("job:slo_speed_errors:ratio_30d", 60)]) == [[pytest.approx(0.2)]]


@pytest.mark.parametrize("written", ["1", "1.0"], ids=["as Prometheus 2 stores it", "as Prometheus 3 stores it"])
def test_latency_finds_a_whole_bound_however_it_is_stored(promtools: Path, tmp_path: Path, written: str) -> None:
    made = plan(tmp_path, LATENCY.format("").replace("0.3", "1"))
    series = {BUCKET.format("bucket", f',le="{written}"'): "0+80x60", BUCKET.format("count", ""): "0+100x60"}
    assert values(promtools, made, tmp_path, series, [("job:slo_speed_errors:ratio_30d", 60)]) == [[pytest.approx(0.2)]]


def test_a_gauge_counts_the_scrapes_at_which_it_was_0(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, HEALTH.format(""))
    series = {'healthy{job="web",instance="web:80"}': "1x89 0x9 1x99"}
    (spent,) = values(promtools, made, tmp_path, series, [("job:slo_health_errors:ratio_30d", 199)])[0]
    assert spent == pytest.approx(10 / 200, rel=0.05)


def test_a_total_outage_pages_within_minutes_at_an_objective_of_three_nines(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(""))
    series = {OK: "0+100x120 12000x30", FAILED: "0x120 100+100x30"}
    before, after = firing(promtools, made, tmp_path, series, [119, 125])
    assert (before, after) == (set(), {"SalesBudgetBurn1h", "SalesBudgetBurn6h", "SalesBudgetBurn1d", "SalesBudgetBurn3d"})


def test_a_total_outage_pages_sooner_than_the_windows_of_the_table_could_at_an_objective_of_one_nine(
    promtools: Path, tmp_path: Path
) -> None:
    """14.4 times 0.1 never fires, which leaves 6 times 0.1 over six hours: 216 minutes. Two hours at 7.2 times 0.1 take 87."""
    made = plan(tmp_path, RATIO.format("").replace("99.9", "90"))
    series = {OK: "0+100x360 36000x120", FAILED: "0x360 100+100x120"}
    early, late = firing(promtools, made, tmp_path, series, [360 + 80, 360 + 92])
    assert "SalesBudgetBurn2h" not in early
    assert "SalesBudgetBurn2h" in late
    assert not late & {"SalesBudgetBurn1h", "SalesBudgetBurn6h"}


def test_a_page_ends_soon_after_the_errors_do(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(""))
    series = {OK: "0+100x60 6000+50x30 7500+100x30", FAILED: "0x60 50+50x30 1550x30"}
    during, after = firing(promtools, made, tmp_path, series, [89, 100])
    assert "SalesBudgetBurn1h" in during
    assert "SalesBudgetBurn1h" not in after


def test_little_traffic_pages_nobody_where_a_minimum_is_set(promtools: Path, tmp_path: Path) -> None:
    series = {OK: "0x100", FAILED: "0x70 1+1x30"}
    (without,) = firing(promtools, plan(tmp_path, RATIO.format("")), tmp_path, series, [95])
    (within,) = firing(promtools, plan(tmp_path, RATIO.format(', minimum_traffic="0.5"')), tmp_path, series, [95])
    assert "SalesBudgetBurn1h" in without
    assert within == set()


def test_a_metric_that_is_gone_alerts_after_the_time_its_budget_allows(promtools: Path, tmp_path: Path) -> None:
    """Two per cent of the budget of 99 % over 30 days last 8.64 minutes of total outage, so `for` is 9."""
    made = plan(tmp_path, RATIO.format("").replace("99.9", "99"))
    series = {OK: "0+10x30 _x60", FAILED: "0x30 _x60"}
    early, late = firing(promtools, made, tmp_path, series, [42, 50])
    assert (early, late) == (set(), {"SalesMetricAbsent"})


def test_promtool_accepts_every_rule(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(', minimum_traffic="0.5", by=[job, path]'))
    output = run(promtools, ["check", "rules", *rule_files(made, tmp_path)], folder=tmp_path)
    assert output.code == 0, output.text
