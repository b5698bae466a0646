"""`pbmon import metrics` prints definitions that say what is exposed, and nothing else."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon.catalog.catalog import Catalog, load
from pbmon.checks.case import Case
from pbmon.checks.validation import DEFINITIONS
from pbmon.cli.import_ import import_
from pbmon.importing.labels import observed_labels
from pbmon.importing.module import module
from pbmon.labels import names
from pbmon.live.servers.exposition import parse
from pbmon.model.distributions import Histogram, Summary
from pbmon.plan.plan import resolve

PROJECT = """\
from pbmon import Project

project = Project(name="shop", title="Shop", runbook_url="https://example.com/runbooks")
"""
SHOP = """\
# HELP shop_orders_total Orders, by how they ended.
# TYPE shop_orders_total counter
shop_orders_total{outcome="paid",till="1"} 5
shop_orders_total{outcome="failed",till="2"} 1
# HELP shop_bills Bills that were written.
# TYPE shop_bills counter
shop_bills{outcome="paid"} 5
# TYPE shop_open_orders gauge
shop_open_orders{till="3"} 3
# HELP shop_answer_seconds Time to answer.
# TYPE shop_answer_seconds histogram
shop_answer_seconds_bucket{le="0.5"} 1
shop_answer_seconds_bucket{le="1"} 2
shop_answer_seconds_bucket{le="+Inf"} 2
shop_answer_seconds_sum 1
shop_answer_seconds_count 2
# TYPE shop_wait_seconds summary
shop_wait_seconds{quantile="0.5"} 1
shop_wait_seconds{quantile="0.99"} 2
shop_wait_seconds_sum 1
shop_wait_seconds_count 2
# TYPE shop_build_info gauge
shop_build_info{version="1.2.3",revision="abc"} 1
shop_nobody_says 1
# TYPE shop_jobs gauge
shop_jobs{job="nightly"} 1
# TYPE shop_gone gauge
# TYPE go_goroutines gauge
go_goroutines 7
"""


def imported(text: str, folder: Path) -> tuple[str, Catalog]:
    """What is printed for an exposition, and what pbmon reads of it."""
    printed, _ = module(parse(text), "metrics.txt")
    definitions = folder / "definitions"
    definitions.mkdir()
    (definitions / "project.py").write_text(PROJECT)
    (definitions / "shop.py").write_text(printed, "utf-8")
    return printed, load(definitions)


@pytest.fixture
def shop(tmp_path: Path) -> tuple[str, Catalog]:
    return imported(SHOP, tmp_path)


def test_every_metric_is_defined_as_it_is_exposed(shop: tuple[str, Catalog]) -> None:
    metrics = {metric.name: metric for metric in shop[1].metrics if metric.observed}
    own = {name: metric for name, metric in metrics.items() if name.startswith("shop_")}
    assert {name: metric.kind for name, metric in own.items()} == {
        "shop_answer_seconds": "histogram",
        "shop_bills": "counter",
        "shop_build_info": "gauge",
        "shop_jobs": "gauge",
        "shop_nobody_says": "gauge",
        "shop_open_orders": "gauge",
        "shop_orders_total": "counter",
        "shop_wait_seconds": "summary",
    }
    answer, wait = own["shop_answer_seconds"], own["shop_wait_seconds"]
    assert isinstance(answer, Histogram) and answer.buckets == (0.5, 1.0)
    assert isinstance(wait, Summary) and wait.quantiles == ("0.5", "0.99")
    assert own["shop_orders_total"].help == "Orders, by how they ended."
    assert names(own["shop_orders_total"].labels) == ("outcome", "till")
    assert names(own["shop_jobs"].labels) == ("exported_job",)
    assert own["shop_build_info"].key == ()
    assert all(each.observed and each.observed.version == "1.2.3" for each in own.values())


def test_a_label_is_closed_where_it_looks_so(shop: tuple[str, Catalog]) -> None:
    orders = next(each for each in shop[1].metrics if each.name == "shop_orders_total")
    outcome, till = orders.labels
    assert outcome.values == ("failed", "paid") and till.values == () and till.max_values == 5
    assert "# looks closed: all values that were seen\noutcome = Label(" in shop[0]
    assert "# 2 values were seen\ntill = Label(" in shop[0]


def test_metrics_that_share_values_share_a_label(shop: tuple[str, Catalog]) -> None:
    by_name = {metric.name: metric for metric in shop[1].metrics}
    orders, bills = by_name["shop_orders_total"].labels, by_name["shop_bills"].labels
    assert orders[0] is bills[0]
    assert orders[1] is not by_name["shop_open_orders"].labels[0], "they have no till in common"


def test_what_is_not_carried_over_stands_at_the_end(shop: tuple[str, Catalog]) -> None:
    assert shop[0].splitlines()[-2:] == [
        "# left out: 1 metrics that every client library exposes are left out",
        "# left out: shop_gone is declared, and has no series",
    ]


def test_the_definitions_have_no_finding_that_is_not_accepted(shop: tuple[str, Catalog]) -> None:
    from pbmon.acceptance import settle
    from pbmon.finding import id_of

    case = Case(resolve(shop[1]))
    findings = [finding for check in DEFINITIONS.checks for finding in check(case)]
    ran = {id_of(check) for check in DEFINITIONS.checks}
    settled = settle(findings, shop[1], ran, lambda: ran)
    assert settled.open == [] and settled.accepted > 0


@pytest.mark.slow
def test_the_module_is_typed_and_formatted(tmp_path: Path) -> None:
    imported(SHOP, tmp_path)
    file = tmp_path / "definitions/shop.py"
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", str(file)]
    assert subprocess.run(ruff, capture_output=True, text=True, check=False).stdout == ""
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(file)]
    run = subprocess.run(mypy, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True),
        st.tuples(
            TEXTS,
            st.sampled_from(["counter", "gauge", "untyped"]),
            st.dictionaries(st.sampled_from(["a", "class", "le", "job", "x"]), TEXTS),
        ),
        max_size=4,
    )
)
def test_whatever_is_exposed_becomes_a_module_that_pbmon_reads(
    tmp_path_factory: pytest.TempPathFactory,
    exposed: dict[str, tuple[str, str, dict[str, str]]],
) -> None:
    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')

    lines = []
    for name, (help, type, labels) in exposed.items():
        pairs = ",".join(f'{label}="{escaped(value)}"' for label, value in labels.items())
        lines += [f"# HELP {name} {escaped(help)}", f"# TYPE {name} {type}", f"{name}{{{pairs}}} 1"]
    try:
        exposure = parse("\n".join(lines) + "\n")
    except ValueError:
        return
    folder = tmp_path_factory.mktemp("imported")
    definitions = folder / "definitions"
    definitions.mkdir()
    (definitions / "project.py").write_text(PROJECT)
    (definitions / "shop.py").write_text(module(exposure, "x")[0], "utf-8")
    load(definitions)


def test_labels_without_a_common_value_are_two() -> None:
    series = {"a": [{"name": "x"}], "b": [{"name": "y"}], "c": [{"name": "y"}, {"name": "z"}]}
    assert [(label.values, label.metrics) for label in observed_labels(series)] == [
        (("y", "z"), ("b", "c")),
        (("x",), ("a",)),
    ]


def test_the_command_prints_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.txt").write_text(SHOP)
    printed, noted = io.StringIO(), io.StringIO()
    with redirect_stdout(printed), redirect_stderr(noted):
        import_("metrics", str(tmp_path / "m.txt"))
    assert printed.getvalue().startswith('"""What shop exposes, as seen in m.txt."""')
    assert "note: shop_gone is declared, and has no series" in noted.getvalue()
