"""Expressions are PromQL that Prometheus accepts, and carry the labels it computes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import promql_parser
import pytest
import yaml
from drawn import by_profile, drawn
from made_series import notation
from pbmon import Counter, Gauge, Histogram, Label, instance, job, ratio
from pbmon import promql as raw_promql
from pbmon.expr.buckets import bucket_text
from pbmon.expr.nodes import Number
from pbmon.expr.numbers import literal
from pbmon.expr.shapes import fulfils
from pbmon.expr.text import pretty, promql
from pbmon.expr.vector import Vector
from pbmon.labels import names
from prometheus_client.utils import floatToGoString
from promtool_output import as_go_quotes, results
from strategies import METRICS, expressions


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    """Hundreds of random expressions."""
    return drawn(expressions(), 2000)


@pytest.fixture(scope="module")
def laid_out(vectors: list[Vector]) -> list[str]:
    """Each of them over several lines."""
    return [pretty(vector.node, 60) for vector in vectors]


def test_the_two_layouts_of_an_expression_are_the_same_expression(
    vectors: list[Vector], laid_out: list[str]
) -> None:
    one_line = [promql(vector.node) for vector in vectors]
    assert len(set(one_line)) > len(vectors) // 2
    for texts in zip(one_line, laid_out, strict=True):
        assert len({promql_parser.parse(text).prettify() for text in texts}) == 1


def test_prometheus_reads_every_expression(
    laid_out: list[str], promtools: Path, tmp_path: Path
) -> None:
    rules = [{"record": f"r:{number}", "expr": text} for number, text in enumerate(laid_out)]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    checked = subprocess.run(
        [promtools, "check", "rules", file],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"SUCCESS: {len(laid_out)} rules found" in checked.stdout + checked.stderr


def test_the_label_set_is_the_one_prometheus_computes(
    vectors: list[Vector], promtools: Path, tmp_path: Path
) -> None:
    """Every expression runs on real series in promtool, which prints the labels it got."""
    vectors = vectors[: by_profile(800)]
    tests = [
        {"expr": promql(vector.node), "eval_time": "100m", "exp_samples": []} for vector in vectors
    ]
    file = tmp_path / "test.yml"
    group = {"interval": "1m", "input_series": notation(), "promql_expr_test": tests}
    file.write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": [group]}))
    ran = subprocess.run(
        [promtools, "test", "rules", file], check=False, capture_output=True, text=True, timeout=120
    )
    found = results(ran.stdout + ran.stderr)
    by_text = {as_go_quotes(promql(vector.node)): vector for vector in vectors}
    compared = 0
    for text in found.keys() & by_text.keys():
        for labels, _ in found[text]:
            assert {name for name, _ in labels} == set(names(by_text[text].label_set)), text
            compared += 1
    assert compared > len(vectors) // 2


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1, "0.1"),
        (0.001, "0.001"),
        (1000, "1000"),
        (1e6, "1000000"),
        (1e-9, "0.000000001"),
        (-0.0, "-0"),
        (2.50, "2.5"),
    ],
)
def test_a_number_prints_as_the_author_wrote_it(number: float, text: str) -> None:
    assert promql(literal(number)) == text


@pytest.mark.parametrize(
    "bound", [0.005, 0.3, 1, 10, 2.5, 1e5, 123456, 1e6, 1234567, 2.5e6, 1e10, 1e-5, float("inf")]
)
def test_a_bucket_bound_is_written_as_the_client_library_writes_it(bound: float) -> None:
    assert bucket_text(bound) == floatToGoString(bound)


def test_a_whole_bound_is_found_under_both_ways_to_write_it() -> None:
    latency = Histogram("x_seconds", "X.", buckets=[1, 2.5])
    assert (
        promql(latency.at_most(1).rate("5m").node) == 'rate(x_seconds_bucket{le=~"1(\\\\.0)?"}[5m])'
    )
    assert promql(latency.at_most(2.5).rate("5m").node) == 'rate(x_seconds_bucket{le="2.5"}[5m])'


@pytest.mark.parametrize("bound", [1e10, 1.5e10, 2e12, 123456789012.5])
def test_a_large_bound_is_found_as_older_and_newer_clients_write_it(bound: float) -> None:
    size = Histogram("x_size_bytes", "X.", buckets=[1e6, bound])
    (matcher,) = size.at_most(bound).selector.matchers
    mantissa, _, power = bucket_text(bound).partition("e+")
    for text in (f"{mantissa}e+{power}", f"{mantissa}e+0{power}"):
        assert fulfils(matcher, text)
    assert not fulfils(matcher, bucket_text(bound * 10))
    assert not fulfils(matcher, f"{mantissa}e{power}")


def test_a_ratio_is_zero_while_nothing_has_failed_and_absent_without_traffic(
    promtools: Path, tmp_path: Path
) -> None:
    outcome = Label("outcome", "Outcome.", values=("ok", "failed"))
    requests = Counter("x_requests_total", "X.", labels=[outcome])
    expr = promql(ratio(requests.where(outcome.is_("failed")), requests, "5m").node)
    ok, quiet = (
        'x_requests_total{job="a",outcome="ok"}',
        'x_requests_total{job="quiet",outcome="ok"}',
    )
    tests = {
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": ok, "values": "0+5x20"},
                    {"series": quiet, "values": "5x20"},
                ],
                "promql_expr_test": [
                    {
                        "expr": expr,
                        "eval_time": "10m",
                        "exp_samples": [{"labels": '{job="a"}', "value": 0}],
                    }
                ],
            }
        ],
    }
    (tmp_path / "t.yml").write_text(yaml.safe_dump(tests))
    ran = subprocess.run(
        [promtools, "test", "rules", tmp_path / "t.yml"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_text_in_matchers_is_escaped(promtools: Path, tmp_path: Path) -> None:
    label = Label("x", "X.", max_values=5, other="o")
    metric = Gauge("lamps", "L.", labels=[label])
    hostile = ['"', "\\", "\n", "{", "}", "é", "😀", "\x7f", "\t", "a|b", "$1", "`"]
    rules = [
        {
            "record": f"r:{i}",
            "expr": promql(metric.where(label.is_(text), label.is_in(text, "b")).node),
        }
        for i, text in enumerate(hostile)
    ]
    (tmp_path / "r.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}))
    ran = subprocess.run(
        [promtools, "check", "rules", tmp_path / "r.yml"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_aggregation_keeps_what_it_names() -> None:
    lamps = METRICS[3]
    assert isinstance(lamps, Gauge)
    assert names(lamps.sum(by=[job]).label_set) == ("job",)
    assert names(lamps.sum(without=[job]).label_set) == ("instance", "room")
    assert isinstance(lamps.sum().node.parameter, type(None)) and not isinstance(
        lamps.sum().node, Number
    )


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "%", "^", "or", "unless"])
@pytest.mark.parametrize("width", [1, 20, 60, 200])
def test_text_of_an_author_stays_one_operand_however_long_it_is(operator: str, width: int) -> None:
    """`promql("a - b") / 2` is not `a - b / 2`."""
    lamps = Gauge("lamps_that_are_on_in_the_whole_house", "Lamps.")
    text = f"{lamps.name} {operator} on (job, instance) {lamps.name}"
    raw = raw_promql(text, labels=[job, instance], uses=[lamps])
    for whole in (raw / 2, 2 - raw, (raw * raw) - raw, (raw > 1) / (2 - raw)):
        one_line, laid_out = promql(whole.node), pretty(whole.node, width)
        assert promql_parser.parse(one_line).prettify() == promql_parser.parse(laid_out).prettify()
