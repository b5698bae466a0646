"""Rules of others become plans that proofs run on."""

import pytest
from made_rules import alert, record
from pbmon.errors import DefinitionError
from pbmon.expr.syntax import same
from pbmon.inference.planning import NoPartner, planned
from pbmon.inference.rule_set import NotLoaded, RuleSet
from pbmon.plan.plan import Plan
from pbmon.proof.cases.alert import prove
from pbmon.proof.cases.proofs import Proof
from pbmon.proof.world.clock import clock_for


def proof(plan: Plan) -> Proof:
    (rule,) = plan.alerts
    clock = clock_for(rule.expr, plan.lineage, rule.for_)
    return prove(rule, plan.lineage, plan.jobs, clock)


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        'up{job="a"} == 0',
        'sum by (job) (rate(errors_total{job=~"a|b"}[5m])) > 1',
        "errors_total > 5",
        'x / on (instance) group_left (b) y{b="1"} > 0.5',
        'histogram_quantile(0.9, sum by (le) (rate(t_bucket{path!="/"}[5m]))) > 60',
    ],
)
def test_alerts_are_proven_as_they_are_written(expr: str) -> None:
    rule = alert(expr, "any name: 1", for_="5m", labels={"severity": "s1"})
    plan = planned(rule, RuleSet([rule]))
    (own,) = plan.alerts
    assert same(expr, own.expr)
    assert (own.severity, own.labels) == ("s1", (("severity", "s1"),))
    assert own.source == rule.source
    assert proof(plan).cases


def test_records_of_other_files_are_below_an_alert_in_the_order_of_their_evaluation() -> None:
    rules = [
        alert("b:x:sum > 1"),
        record("b:x:sum", "sum by (b) (a:x:sum)"),
        record("a:x:sum", "sum by (a, b) (x)"),
        record("unread", "sum(y)"),
    ]
    plan = planned(rules[0], RuleSet(rules))
    assert [rule.name for rule in plan.records] == ["a:x:sum", "b:x:sum"]
    assert proof(plan).cases


def test_a_name_that_several_rules_record_has_the_labels_of_each() -> None:
    rules = [
        alert('x:quantile{q="0.9"} > 1'),
        record("x:quantile", "sum(x)", q="0.5"),
        record("x:quantile", "max(x)", q="0.9"),
    ]
    plan = planned(rules[0], RuleSet(rules))
    assert proof(plan).cases


def test_a_record_that_reads_itself_counts_as_scraped() -> None:
    rules = [alert("a:x > 1"), record("a:x", "max_over_time(a:x[5m]) or x")]
    plan = planned(rules[0], RuleSet(rules))
    assert not list(plan.records)
    assert proof(plan).cases


def test_jobs_are_those_that_matchers_name() -> None:
    rule = alert('up{job=~"a|b.+", job!="bad"} == 0')
    plan = planned(rule, RuleSet([rule]))
    assert {"a", "bad"} < {job.name for job in plan.jobs}


NEVER = [
    "sum by (a) (x) / y > 1",
    "count(x) / y > 1",
    "sum by (a) (x) and y",
    'x / ignoring (a) y{a="1"} > 1 and y{a="1"} > 0',
    "x > 1 and absent(y)",
    'x{a="1"} / x{a="2"} > 1',
    'x{a="1", a!="1"} > 1',
    'x{a!~".*"} > 1',
    'sum(x{a!~".*"}) > 1',
    "(sum(x) / y > 1) or (sum(y) / x > 1)",
    "(sum(x) / y > 1) unless z",
]

MAYBE = [
    "(sum(x) / y > 1) or z > 1",
    "x > 1 unless sum(y)",
    "absent(sum(x) / y) == 1",
    'x{a="1"} / ignoring (a) x{a="2"} > 1',
    "(sum by (a) (x) or sum by (b) (x)) / on (a) sum by (a) (y) > 1",
    'x{a=~"1|2", a!="1"} > 1',
]


@pytest.mark.parametrize("expr", NEVER)
def test_an_expression_that_never_has_a_value_is_said_at_the_rule(expr: str) -> None:
    rule = alert(expr)
    with pytest.raises(NoPartner) as raised:
        planned(rule, RuleSet([rule]))
    assert raised.value.source == rule.source


@pytest.mark.parametrize("expr", MAYBE)
def test_an_expression_that_has_a_value_in_some_world_is_planned(expr: str) -> None:
    rule = alert(expr)
    assert list(planned(rule, RuleSet([rule])).alerts)


def test_a_record_that_never_has_a_value_stands_in_the_way_of_its_readers() -> None:
    rules = [alert("a:x > 1"), record("a:x", "sum by (a) (x) / y")]
    with pytest.raises(NoPartner, match="a:x is never recorded"):
        planned(rules[0], RuleSet(rules))


def test_what_prometheus_does_not_load_is_said_of_that_rule_alone() -> None:
    refused = ["sum by (a", 'x{a=~"\\."} > 1', "rate(x[$__rate_interval]) > 1", "1 > 0"]
    rules = [alert(expr) for expr in (*refused, "up == 0")]
    together = RuleSet(rules)
    assert set(together.unread) == set(rules[:-1])
    for rule in rules[:-1]:
        with pytest.raises(NotLoaded):
            planned(rule, together)
    assert proof(planned(rules[-1], together)).cases


@pytest.mark.parametrize(
    "expr",
    ['{job="a"} > 1', "info(x) > 1", "histogram_count(x) > 1", "sum by (__a__) (x) > 1"],
)
def test_what_pbmon_does_not_read_is_not_said_to_be_refused_by_prometheus(expr: str) -> None:
    rule = alert(expr)
    with pytest.raises(DefinitionError) as raised:
        planned(rule, RuleSet([rule]))
    assert not isinstance(raised.value, NotLoaded | NoPartner)


def test_a_pattern_of_names_means_the_series_that_rules_read() -> None:
    rules = [alert('{__name__=~"shop_.+"} > 1'), alert("shop_orders > 1"), alert("till_open > 1")]
    plan = planned(rules[0], RuleSet(rules))
    assert plan.lineage.metrics(next(plan.alerts).expr) == {"shop_orders"}


def test_a_pattern_of_names_that_no_rule_reads_means_a_series_of_that_name() -> None:
    rule = alert('{__name__=~"shop_.+"} > 1')
    plan = planned(rule, RuleSet([rule]))
    assert all(name.startswith("shop_") for name in plan.lineage.metrics(next(plan.alerts).expr))


def test_a_limit_beyond_the_buckets_of_a_known_program_is_never_exceeded() -> None:
    quantile = "histogram_quantile(0.95, sum by (le) (rate({}_bucket[5m])))"
    seconds = quantile.format("argocd_git_request_duration_seconds")
    rules = [alert(f"{seconds} > {limit}") for limit in (10, 30)]
    reasons = [proof(planned(rule, RuleSet(rules))).reason for rule in rules]
    assert not reasons[0]
    assert "never" in reasons[1]
