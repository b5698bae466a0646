"""Where a mean of ratios goes wrong and the budget does not, with the real promtool on the rendered
rules.

Sloth takes the mean of five-minute ratios for its long windows, in `slo:sli_error:ratio_rate30d`:
https://github.com/slok/sloth/tree/main/examples/_gen
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pbmon.checks.programs.binaries import version
from slo.shop import BUSY_THEN_QUIET, FAILED, LEFT, OK, RATIO, SPENT, plan, values

FIVE, MEAN = "slo:sli_error:ratio_rate5m", "slo:sli_error:ratio_rate30d"
SLOTH = {
    FIVE: 'sum(rate(requests_total{status="500"}[5m])) / sum(rate(requests_total[5m]))',
    MEAN: f"sum_over_time({FIVE}[30d]) / count_over_time({FIVE}[30d])",
}
PAUSED = {OK: "0+999x60 59940x10 60939+999x60", FAILED: "0+1x60 60x10 61+1x60"}


def _both(
    promtool: Path, folder: Path, series: dict[str, str], minutes: list[int]
) -> tuple[list[list[float]], list[list[float]]]:
    """What pbmon and the mean read at each of the minutes."""
    asked = [(name, minute) for name in (SPENT, MEAN) for minute in minutes]
    found = values(promtool, plan(folder, RATIO.format("")), folder, series, asked, others=SLOTH)
    return found[: len(minutes)], found[len(minutes) :]


def test_a_busy_hour_weighs_more_than_nine_quiet_ones(promtools: Path, tmp_path: Path) -> None:
    """3,600 of 363,240 requests failed. The mean is nine times lower."""
    ((weighted,),), ((mean,),) = _both(promtools, tmp_path, BUSY_THEN_QUIET, [600])
    assert round(weighted, 4) == round(3600 / 363_240, 4) == 0.0099
    assert round(mean, 5) == (0.00107 if version(promtools) < (3,) else 0.00105)


def test_a_busy_hour_weighs_as_much_in_one_sample_of_five_minutes(
    promtools: Path, tmp_path: Path
) -> None:
    ((weighted,),) = values(
        promtools, plan(tmp_path, RATIO.format("")), tmp_path, BUSY_THEN_QUIET, [(SPENT, 600)], "5m"
    )
    assert round(weighted, 4) == 0.0099


def test_ten_minutes_without_traffic_leave_the_budget_as_it_is_and_a_mean_without_a_number(
    promtools: Path, tmp_path: Path
) -> None:
    spent, mean = _both(promtools, tmp_path, PAUSED, [60, 66, 70, 80, 130])
    assert spent == [[pytest.approx(0.001)]] * 5
    assert mean == [[pytest.approx(0.001)], *[[pytest.approx(float("nan"), nan_ok=True)]] * 4]


def test_the_budget_is_whole_and_a_mean_empty_while_nothing_has_ever_failed(
    promtools: Path, tmp_path: Path
) -> None:
    asked = [(SPENT, 60), (LEFT, 60), (FIVE, 60), (MEAN, 60)]
    found = values(
        promtools, plan(tmp_path, RATIO.format("")), tmp_path, {OK: "0+10x60"}, asked, others=SLOTH
    )
    assert found == [[0.0], [1.0], [], []]


def test_the_budget_is_whole_while_no_failure_is_counted(promtools: Path, tmp_path: Path) -> None:
    series = {OK: "0+10x60", FAILED: "0x60"}
    assert values(
        promtools, plan(tmp_path, RATIO.format("")), tmp_path, series, [(SPENT, 60), (LEFT, 60)]
    ) == [[0.0], [1.0]]


def test_without_traffic_in_the_whole_window_there_is_no_ratio_and_a_mean_is_not_a_number(
    promtools: Path, tmp_path: Path
) -> None:
    spent, mean = _both(promtools, tmp_path, {OK: "100x60", FAILED: "3x60"}, [10, 60])
    assert spent == [[], []]
    assert mean == [[pytest.approx(float("nan"), nan_ok=True)]] * 2
