"""What is not exposed is told, and what may be is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from audited_files import alert, dashboard, look, of, panel, problems, rules

SHOP = """\
# TYPE orders_total counter
orders_total{status="paid",kind="web"} 5
orders_total{status="failed",kind="web"} 1
orders_total{status="paid",kind="phone"} 1
# TYPE open_orders gauge
open_orders{kind="web"} 3
open_orders{kind="phone"} 3
# TYPE places gauge
places{kind="web",till="1"} 3
places{kind="web",till="2"} 3
# TYPE answer_seconds histogram
answer_seconds_bucket{le="0.5"} 1
answer_seconds_bucket{le="1.0"} 2
answer_seconds_bucket{le="+Inf"} 2
answer_seconds_sum 1
answer_seconds_count 2
"""
STATIC = """\
scrape_configs:
- job_name: shop
  scrape_interval: 30s
  static_configs: [{targets: [a], labels: {team: till}}]
"""
DISCOVERED = "scrape_configs:\n- job_name: shop\n  kubernetes_sd_configs: [{role: pod}]\n"

EXISTING = {
    "a name": "open_orders",
    "a label and its value": 'orders_total{status="paid"}',
    "a pattern": 'orders_total{status=~"pa.*|gone"}',
    "a value that is missing on purpose": 'orders_total{gone=""}',
    "a bucket": 'answer_seconds_bucket{le="1"}',
    "what every Prometheus has": 'up{job="shop"}',
    "an absence": "absent(gone)",
    "behind unless": "open_orders unless gone",
    "any name of a pattern": '{__name__=~"orders_.*"}',
    "a label of the target": 'open_orders{namespace="a"}',
    "two sides that meet": "open_orders / on (kind) sum by (kind) (orders_total)",
    "two sides that meet on all labels": 'open_orders / on (kind) open_orders{kind="web"}',
}


@pytest.mark.parametrize("expr", EXISTING.values(), ids=EXISTING)
def test_what_is_exposed_is_left_alone(expr: str, tmp_path: Path) -> None:
    report = look(tmp_path, {"a.json": dashboard(panel(expr, type="stat"))}, (SHOP,))
    assert report.findings == () and report.total.answered == 1


MISSING: dict[str, tuple[str, str, str]] = {
    "a name with another ending": ("open_orders_total", "series-exists", "error"),
    "a name": ("open_bills", "series-exists", "warning"),
    "a name of another exporter": ("redis_up", "series-exists", "warning"),
    "a value": ('orders_total{status="gone"}', "value-exists", "warning"),
    "a value in other letters": ('orders_total{status="PAID"}', "value-exists", "error"),
    "values that never meet": (
        'orders_total{status="failed",kind="phone"}',
        "value-exists",
        "warning",
    ),
    "a bucket": ('answer_seconds_bucket{le="2"}', "bucket-exists", "error"),
    "a histogram by its name": ("answer_seconds", "histogram-is-read-by-its-parts", "error"),
    "a partner": ("open_orders / answer_seconds_count", "sides-can-meet", "error"),
    "all names of a pattern": ('{__name__=~"bills_.*"}', "series-exists", "warning"),
}


@pytest.mark.parametrize(("expr", "check", "level"), MISSING.values(), ids=MISSING)
def test_what_is_not_exposed_is_told(expr: str, check: str, level: str, tmp_path: Path) -> None:
    report = look(tmp_path, {"a.json": dashboard(panel(expr, type="stat"))}, (SHOP,))
    assert [finding.level for finding in of(report, check)] == [level]
    assert (report.total.queries, report.total.answered) == (1, 0)
    assert len(of(report, "panel-can-show-data")) == (level == "error")


def test_an_alternative_for_another_version_is_only_a_warning(tmp_path: Path) -> None:
    report = look(
        tmp_path, {"a.yml": rules(alert("open_orders > 1 or open_orders_total > 1"))}, (SHOP,)
    )
    (finding,) = of(report, "series-exists")
    assert finding.level == "warning" and "that part of it is empty" in finding.problem
    assert report.total.firing == 1


def test_one_fault_of_a_file_is_told_once_with_all_lines(tmp_path: Path) -> None:
    report = look(
        tmp_path, {"a.json": dashboard(panel("gone"), panel("gone"), panel("gone"))}, (SHOP,)
    )
    (finding,) = of(report, "series-exists")
    assert "also in lines" in finding.help


LABELS = {
    "static targets": (STATIC, ["label-exists"]),
    "discovered targets": (DISCOVERED, []),
    "no configuration": ("{}", []),
}


@pytest.mark.parametrize(("configuration", "told"), LABELS.values(), ids=LABELS)
def test_a_label_is_missing_only_where_those_of_targets_are_known(
    configuration: str, told: list[str], tmp_path: Path
) -> None:
    files = {"p.yml": configuration, "a.json": dashboard(panel('open_orders{pod="a"}'))}
    report = look(tmp_path, files, (SHOP,))
    assert [f.check for f in report.findings if f.check == "label-exists"] == told


def test_a_label_that_static_targets_have_exists(tmp_path: Path) -> None:
    files = {"p.yml": STATIC, "a.json": dashboard(panel('open_orders{team="till"}'))}
    assert of(look(tmp_path, files, (SHOP,)), "label-exists") == []


JOBS = {
    "another name": (STATIC, 'up{job="stop"}', 1),
    "the name": (STATIC, 'up{job=~"sh.*"}', 0),
    "a variable": (STATIC, 'up{job="$source"}', 0),
    "jobs elsewhere": (STATIC + "scrape_config_files: [a.yml]\n", 'up{job="stop"}', 0),
    "targets that say themselves": (
        STATIC + "- job_name: push\n  honor_labels: true\n",
        'up{job="stop"}',
        0,
    ),
    "no configuration": ("{}", 'up{job="stop"}', 0),
}


@pytest.mark.parametrize(("configuration", "expr", "count"), JOBS.values(), ids=JOBS)
def test_a_job_that_nobody_scrapes_is_told(
    configuration: str, expr: str, count: int, tmp_path: Path
) -> None:
    files = {"p.yml": configuration, "a.json": dashboard(panel(expr))}
    assert len(of(look(tmp_path, files), "job-exists")) == count


WHOLE: dict[str, Any] = {"every": frozenset({"orders_total", "open_orders"}), "target_labels": None}


def test_where_a_prometheus_was_asked_nothing_else_exists(tmp_path: Path) -> None:
    files = {"a.json": dashboard(panel("redis_up"), panel('open_orders{pod="a"}'))}
    report = look(tmp_path, files, ('open_orders{job="shop"} 1\n',), **WHOLE)
    assert {(f.check, f.level) for f in report.findings if f.check != "panel-can-show-data"} == {
        ("series-exists", "error"),
        ("label-exists", "error"),
    }


PARTNERS = {
    "several on the right": ("open_orders / on (kind) places", "error"),
    "several on the left": ("places / on (kind) open_orders", "error"),
    "said to be several": ("places / on (kind) group_left open_orders", ""),
    "grouped further": ("sum by (a, b) (x) / on (a) sum by (a) (y)", "warning"),
    "grouped further for what is carried": (
        "x * on (a) group_left (b) max by (a, b) (y)",
        "",
    ),
    "a set operation": ("open_orders and on (kind) places", ""),
    "an alternative that is there already": ("(open_orders or open_orders * 2) / open_orders", ""),
    "an alternative beside it": ("(open_orders or on () places) / on (kind) open_orders", ""),
    "an alternative with other labels": (
        "(open_orders or places) / on (kind) open_orders",
        "error",
    ),
}


@pytest.mark.parametrize(("expr", "level"), PARTNERS.values(), ids=PARTNERS)
def test_what_prometheus_refuses_once_there_are_two_is_told(
    expr: str, level: str, tmp_path: Path
) -> None:
    exposition = SHOP + 'x{a="1",b="1"} 1\ny{a="1",b="1"} 1\n'
    report = look(tmp_path, {"a.json": dashboard(panel(expr))}, (exposition,))
    assert [f.level for f in of(report, "match-has-one-partner")] == [level][: bool(level)]


def test_series_of_several_targets_in_one_exposition_are_told_apart(tmp_path: Path) -> None:
    text = 'a{instance="1"} 1\na{instance="2"} 1\nb{instance="1"} 1\nb{instance="2"} 1\n'
    assert look(tmp_path, {"a.json": dashboard(panel("a / b"))}, (text,)).findings == ()


def test_a_limit_beyond_the_top_bucket_is_never_exceeded(tmp_path: Path) -> None:
    quantile = "histogram_quantile(0.9, sum by (le) (rate(answer_seconds_bucket[5m])))"
    text = rules(alert(f"{quantile} > 1"), alert(f"{quantile} > 0.9", alert="Other"))
    report = look(tmp_path, {"a.yml": text}, (SHOP,))
    (problem,) = problems(report, "alert-can-fire")
    assert "stays within" in problem and report.total.firing == 1
    board = dashboard(panel(f"{quantile} > 1"))
    (problem,) = problems(
        look(tmp_path, {"a.json": board}, (SHOP,)), "threshold-is-below-the-top-bucket"
    )
    assert "ends at 1" in problem


TYPES = {
    "rate of a gauge": ("rate(open_orders[5m])", ["rate-reads-a-counter"]),
    "rate of a counter": ("rate(orders_total[5m])", []),
    "a bare counter": ("orders_total", ["counter-is-read-by-its-rate"]),
    "a sum of bare counters": ("sum(orders_total)", ["counter-is-read-by-its-rate"]),
    "a limit on a counter": ("orders_total > 5", ["counter-is-read-by-its-rate"]),
    "whether there was any": ("(orders_total > 0) * 0", []),
    "a quantile without le": (
        "histogram_quantile(0.9, sum(rate(answer_seconds_bucket[5m])))",
        ["quantile-has-buckets"],
    ),
    "a quantile with le": ("histogram_quantile(0.9, rate(answer_seconds_bucket[5m]))", []),
    "a counter of a histogram": ("answer_seconds_count", ["counter-is-read-by-its-rate"]),
}


@pytest.mark.parametrize(("expr", "told"), TYPES.values(), ids=TYPES)
def test_types_that_are_misused_are_told(expr: str, told: list[str], tmp_path: Path) -> None:
    report = look(tmp_path, {"a.json": dashboard(panel(expr))}, (SHOP,))
    assert [f.check for f in report.findings if f.check != "panel-can-show-data"] == told


def test_without_an_exposition_only_what_is_rated_elsewhere_counts_as_a_counter(
    tmp_path: Path,
) -> None:
    told = "counter-is-read-by-its-rate"
    files = {"a.yml": rules(alert("users_total > 5"))}
    assert of(look(tmp_path, files), told) == []
    files["b.yml"] = rules(alert("rate(users_total[5m]) > 5", alert="Other"))
    assert len(of(look(tmp_path, files), told)) == 1


WINDOWS = {
    "two scrapes": ("rate(orders_total[1m])", ["warning"]),
    "less than two": ("rate(orders_total[45s])", ["error"]),
    "four": ("rate(orders_total[2m])", []),
    "of another job": ('rate(orders_total{job="x"}[10s])', []),
    "that Grafana fills in": ("rate(orders_total[$__rate_interval])", []),
    "of recorded series": ("rate(a:b[10s])", []),
}


@pytest.mark.parametrize(("expr", "levels"), WINDOWS.values(), ids=WINDOWS)
def test_a_window_under_four_scrapes_is_told(expr: str, levels: list[str], tmp_path: Path) -> None:
    files = {"p.yml": STATIC, "a.json": dashboard(panel(expr))}
    report = look(tmp_path, files)
    assert [f.level for f in of(report, "window-spans-four-scrapes")] == levels


def share(window: str) -> str:
    return f"sum(rate(bad_total[{window}])) / sum(rate(all_total[{window}]))"


SPIKES = {
    "a spike that fills the longer window": (f"{share('2m')} > 0.1 and {share('10m')} < 0.02", 1),
    "in the other order": (f"{share('10m')} < 0.02 and {share('2m')} > 0.1", 1),
    "of a rate": ("rate(a_total[1m]) > 10 and rate(a_total[5m]) < 1", 1),
    "one with room": (f"{share('2m')} > 0.1 and {share('10m')} < 0.05", 0),
    "compared with the time before": (
        "rate(a_total[1m]) > 10 and rate(a_total[5m] offset 1m) < 1",
        0,
    ),
    "of other series": ("rate(a_total[1m]) > 10 and rate(b_total[5m]) < 1", 0),
    "a burn in both": (f"{share('5m')} > 0.1 and {share('1h')} > 0.1", 0),
}


@pytest.mark.parametrize(("expr", "count"), SPIKES.values(), ids=SPIKES)
def test_a_spike_that_its_own_condition_hides_is_told(
    expr: str, count: int, tmp_path: Path
) -> None:
    report = look(tmp_path, {"a.yml": rules(alert(expr))})
    assert len(of(report, "spike-can-be-seen")) == count


def test_a_pattern_that_would_take_for_ever_elsewhere_does_not_here(tmp_path: Path) -> None:
    text = f'orders{{kind="{"a" * 60}!"}} 1\n'
    query = 'orders{kind=~"(a+)+"}'
    report = look(tmp_path, {"a.json": dashboard(panel(query))}, (text,))
    assert len(of(report, "value-exists")) == 1
