"""Budgets read what they should, with the real promtool on the rendered rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.checks.programs.binaries import run
from slo.shop import (
    BUCKET,
    BUSY_THEN_QUIET,
    FAILED,
    HEALTHY,
    LEFT,
    OK,
    RATIO,
    SPENT,
    firing,
    plan,
    rule_files,
    values,
)

LATENCY = 'slo = Slo("speed", good=latency.where(path.is_("/a")).at_most(0.3), objective="90"{})\n'
HEALTH = 'slo = Slo("health", good=healthy, objective="99"{})\n'


def test_no_recorded_series_is_ever_not_a_number(promtools: Path, tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        RATIO.format(', minimum_traffic="0.5"') + HEALTH.format("").replace("slo =", "slo2 ="),
    )
    series = {OK: "0x30 0+10x30 300x30", FAILED: "0x90", HEALTHY: "1x40 _x50"}
    names = [record.name for record in made.records]
    asked = [(name, minute) for minute in (0, 10, 32, 89) for name in names]
    found = values(promtools, made, tmp_path, series, asked)
    assert [value for of_one in found for value in of_one if value != value] == []


def test_the_budget_goes_below_zero_when_the_objective_is_missed(
    promtools: Path, tmp_path: Path
) -> None:
    made = plan(tmp_path, RATIO.format(""))
    series = {OK: "0+998x100", FAILED: "0+2x100"}
    assert values(
        promtools, made, tmp_path, series, [(LEFT, 100), ("job:slo_sales_errors:burn_rate_1h", 100)]
    ) == [
        [pytest.approx(-1)],
        [pytest.approx(2)],
    ]


def test_good_events_give_the_same_budget_as_bad_ones(promtools: Path, tmp_path: Path) -> None:
    both = RATIO.format("") + RATIO.format("").replace(
        "bad=failed", 'good=requests.where(status.is_("200"))'
    ).replace('"sales"', '"wins"').replace("slo =", "wins =")
    asked = [(SPENT, 600), (SPENT.replace("sales", "wins"), 600)]
    bad, good = values(promtools, plan(tmp_path, both), tmp_path, BUSY_THEN_QUIET, asked)
    assert bad == pytest.approx(good)


@pytest.mark.parametrize("bound", ["0.3", "0.30"])
def test_latency_counts_what_is_above_the_bound(
    promtools: Path, tmp_path: Path, bound: str
) -> None:
    made = plan(tmp_path, LATENCY.format(""))
    series = {
        BUCKET.format("bucket", f',le="{float(bound)}"'): "0+80x60",
        BUCKET.format("count", ""): "0+100x60",
    }
    assert values(promtools, made, tmp_path, series, [("job:slo_speed_errors:ratio_30d", 60)]) == [
        [pytest.approx(0.2)]
    ]


@pytest.mark.parametrize(
    "written", ["1", "1.0"], ids=["as Prometheus 2 stores it", "as Prometheus 3 stores it"]
)
def test_latency_finds_a_whole_bound_however_it_is_stored(
    promtools: Path, tmp_path: Path, written: str
) -> None:
    made = plan(tmp_path, LATENCY.format("").replace("0.3", "1"))
    series = {
        BUCKET.format("bucket", f',le="{written}"'): "0+80x60",
        BUCKET.format("count", ""): "0+100x60",
    }
    assert values(promtools, made, tmp_path, series, [("job:slo_speed_errors:ratio_30d", 60)]) == [
        [pytest.approx(0.2)]
    ]


def test_a_gauge_counts_the_scrapes_at_which_it_was_0(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, HEALTH.format(""))
    series = {HEALTHY: "1x89 0x9 1x99"}
    (spent,) = values(
        promtools, made, tmp_path, series, [("job:slo_health_errors:ratio_30d", 199)]
    )[0]
    assert spent == pytest.approx(10 / 200, rel=0.05)


def test_little_traffic_pages_nobody_where_a_minimum_is_set(
    promtools: Path, tmp_path: Path
) -> None:
    series = {OK: "0x100", FAILED: "0x70 1+1x30"}
    (without,) = firing(promtools, plan(tmp_path, RATIO.format("")), tmp_path, series, [95])
    (within,) = firing(
        promtools, plan(tmp_path, RATIO.format(', minimum_traffic="0.5"')), tmp_path, series, [95]
    )
    assert "SalesBudgetBurn1h" in without
    assert within == set()


def test_promtool_accepts_every_rule(promtools: Path, tmp_path: Path) -> None:
    made = plan(tmp_path, RATIO.format(', minimum_traffic="0.5", by=[job, path]'))
    output = run(promtools, ["check", "rules", *rule_files(made, tmp_path)], folder=tmp_path)
    assert output.code == 0, output.text
