"""What a rule reads has the type and the labels that it needs to do what it says."""

import pytest
from made_rules import alert, record
from pbmon.expr.nodes import Series
from pbmon.expr.walk import selectors
from pbmon.inference.planning import planned
from pbmon.inference.rule_files import RuleText
from pbmon.inference.rule_set import RuleSet
from pbmon.labels import names


def series(rule: RuleText, *others: RuleText) -> dict[str, Series]:
    """Those that the plan's expressions read, by name."""
    plan = planned(rule, RuleSet([rule, *others]))
    rules = [rule for group in (*plan.recording, *plan.alerting) for rule in group.rules]
    return {
        selector.series.name: selector.series for rule in rules for selector in selectors(rule.expr)
    }


def labels(expr: str, printed: str = "", *others: RuleText) -> dict[str, str]:
    """Names of the labels of each series that an alert reads, but for job and instance."""
    rule = alert(expr, annotations={"summary": printed})
    return {
        name: " ".join(label for label in names(each.labels) if label not in {"job", "instance"})
        for name, each in series(rule, *others).items()
    }


@pytest.mark.parametrize(
    ("expr", "type"),
    [
        ("rate(x[5m]) > 1", "counter"),
        ("increase(x[5m]) > 1", "counter"),
        ("sum(irate(x[5m])) > 1", "counter"),
        ("resets(x[5m]) > 1", "counter"),
        ("x > 1", "gauge"),
        ("delta(x[5m]) > 1", "gauge"),
    ],
)
def test_a_series_is_what_it_is_used_as(expr: str, type: str) -> None:
    assert series(alert(expr))["x"].type == type


def test_the_use_in_another_rule_counts_where_a_rate_is_read() -> None:
    both = alert("rate(x[5m]) > 1 and x > 5")
    assert series(both)["x"].type == "counter"


def test_a_total_is_a_gauge_to_a_rule_that_reads_its_value_alone() -> None:
    assert series(alert("errors_total > 5"))["errors_total"].type == "gauge"
    assert series(alert("rate(errors_total[5m]) > 5"))["errors_total"].type == "counter"


def test_the_parts_of_a_histogram_are_of_one_metric_and_have_the_same_labels() -> None:
    read = series(
        alert(
            "histogram_quantile(0.9, sum by (le, path) (rate(t_bucket[5m]))) > 1"
            ' and on (path) sum by (path) (rate(t_count{code="5"}[5m])) > 0'
        )
    )
    assert {each.metric for each in read.values()} == {"t"}
    assert names(read["t_bucket"].labels) == ("code", "instance", "job", "le", "path")
    assert names(read["t_count"].labels) == ("code", "instance", "job", "path")


@pytest.mark.parametrize("limit", [1, 10, 60, 30_000])
def test_no_limit_lies_beyond_the_buckets(limit: int) -> None:
    read = series(alert(f"histogram_quantile(0.9, sum by (le) (rate(t_bucket[5m]))) > {limit}"))
    assert read["t_bucket"].bounds[-1] > limit


def test_bounds_that_rules_name_are_buckets() -> None:
    read = series(alert('sum(rate(t_bucket{le="0.3"}[5m])) / sum(rate(t_count[5m])) < 0.9'))
    assert 0.3 in read["t_bucket"].bounds


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("sum by (a, b) (x) > 1", {"x": "a b"}),
        ("sum without (a) (x) > 1", {"x": "a"}),
        ('x{a="1"} > 1', {"x": "a"}),
        ("x / on (a) y > 1", {"x": "a", "y": "a"}),
        ('x{a="1"} / y > 1', {"x": "a", "y": "a"}),
        ('x{a="1"} / ignoring (a) y > 1', {"x": "a", "y": ""}),
        ("x * on (a) group_left (b) y > 1", {"x": "a", "y": "a b"}),
        ("x * on (a) group_right (b) y > 1", {"x": "a b", "y": "a"}),
        ("x > 1 and on (a) y > 1", {"x": "a", "y": "a"}),
        ('label_replace(x, "b", "$1", "a", "(.*)") > 1', {"x": "a"}),
        ('sum by (b) (label_replace(x, "b", "$1", "a", "(.*)")) > 1', {"x": "a"}),
        ("topk by (a) (3, x) > 1", {"x": "a"}),
        ('count by (v) (count_values by (a) ("v", x)) > 1', {"x": "a"}),
        ("max_over_time(sum by (a) (x)[1h:]) > 1", {"x": "a"}),
        ('absent(x{a="1"}) == 1', {"x": "a"}),
    ],
)
def test_labels_are_those_that_the_expression_asks_for(expr: str, expected: dict[str, str]) -> None:
    assert labels(expr) == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("x > 1", {"x": "room"}),
        ("x / y > 1", {"x": "room", "y": "room"}),
        ("x > 1 and on (a) y > 1", {"x": "a room", "y": "a"}),
        ("x > 1 or y > 1", {"x": "room", "y": "room"}),
        ("sum by (a) (x) > 1", {"x": "a"}),
        ("x / on (a) y > 1", {"x": "a", "y": "a"}),
        ("x * on (a) group_left (room) y > 1", {"x": "a", "y": "a room"}),
    ],
)
@pytest.mark.parametrize("text", ["{{ $labels.room }}", '{{ index $labels "room" }}'])
def test_what_a_text_prints_comes_from_the_series_if_the_expression_keeps_it(
    expr: str, expected: dict[str, str], text: str
) -> None:
    assert labels(expr, text) == expected


def test_what_is_asked_of_a_record_is_asked_of_what_it_is_computed_from() -> None:
    of_record = record("a:x:sum", "sum by (a, b) (x)")
    kept = record("x:rate", "rate(x[5m])")
    assert labels("a:x:sum > 1", "", of_record) == {"a:x:sum": "a b", "x": "a b"}
    assert labels('x:rate{c="1"} > 1', "{{ $labels.d }}", kept) == {"x:rate": "c d", "x": "c d"}


def test_series_that_somebody_else_recorded_have_the_labels_asked_for_alone() -> None:
    read = series(alert("sum by (a) (x) / a:y:sum > 1"))
    assert names(read["a:y:sum"].labels) == ("a",)


@pytest.mark.parametrize(
    ("expr", "key"),
    [
        ("x / on (a) y > 1", ("a",)),
        ("x * on (a) group_left (b) y > 1", ("a",)),
        ('x * on (a) group_left (b) y{c="1"} > 1', ("a", "c")),
        ("x / on (a) (y * 2 > 1) > 1", ("a",)),
        ("x / on (a) max by (a, b) (y) > 1", ("a", "instance", "job")),
        ("x / ignoring (b) sum without (b) (y) > 1", None),
        ("y * on (a) group_right (b) x > 1", ("a",)),
        ("y * on (a) group_left (b) x > 1", None),
        ("x / y > 1", None),
        ("x > 1 and on (a) y > 1", None),
    ],
)
def test_what_a_match_leaves_out_does_not_tell_the_one_side_apart(
    expr: str, key: tuple[str, ...] | None
) -> None:
    assert series(alert(expr))["y"].key == key
