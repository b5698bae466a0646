"""Work that would have no end: what is too large is said at the author's line, and the rest is done
in seconds.
"""

from __future__ import annotations

from time import process_time

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pbmon import acceptance
from pbmon.acceptance import Acceptance, settle
from pbmon.artifact import Artifact
from pbmon.checks.dashboards.parts import Board
from pbmon.checks.dashboards.queries import dashboard_query_parses
from pbmon.errors import DefinitionErrors
from pbmon.expr.parsing import MOST_OPERATIONS, parsed
from pbmon.expr.text import promql
from pbmon.finding import Finding
from pbmon.live.checks.rules import _same_promql
from pbmon.model.acceptance import Accepted
from pbmon.openslo.queries import parse
from pbmon.plan.plan import Plan
from pbmon.proof.cases.suite import suite, unproven
from pbmon.render.artifacts import render
from pbmon.source import Source
from pbmon.template_actions import actions
from small_projects import SHOP, catalog_of, plan_of
from strategies import expressions

SECONDS = 10.0
"""Of the processor, for a project that builds in a fraction of one."""

DECIMAL = "from decimal import Decimal\n"
ALERT = 'a = Alert("A", {}, for_="{}", **SAID)'
TEXT = "promql({!r}, labels=[job, instance, room], uses=[lamps]) > 3"
TOO_LONG = "more than pbmon tries out"


def alert(condition: str, for_: str = "0s") -> str:
    return ALERT.format(condition, for_)


def records(count: int, step: str) -> str:
    """A chain of records, each computed from the one before, and an alert on the last."""
    first = 'r0 = Record("job:lamps_0:sum", lamps.sum(by=[job]))\n'
    rest = (
        f'r{n} = Record("job:lamps_{n}:sum", {step.format(f"r{n - 1}")})' for n in range(1, count)
    )
    return first + "\n".join(rest) + "\n" + alert(f"r{count - 1} > 3")


def built(body: str) -> tuple[Plan, list[str]]:
    """The plan of a project with this body, and why its rules have no proof; in bounded time."""
    begin = process_time()
    plan = plan_of(body)
    proofs = suite(plan)
    render(plan, proofs=proofs)
    assert process_time() - begin < SECONDS
    return plan, [rule.reason for rule in unproven(proofs)]


REFUSED = {
    "signs": (alert(TEXT.format("-" * 1_000 + " lamps")), "1000 brackets and operators"),
    "brackets": (
        alert(TEXT.format("(" * 10_000 + "lamps" + ")" * 10_000)),
        "10000 brackets and operators",
    ),
    "sum": (alert(TEXT.format(" or ".join(["lamps"] * 5_000))), "4999 brackets and operators"),
    "long text": (alert(TEXT.format("lamps" + " " * 100_000)), "100005 characters"),
    "next to nothing": (
        DECIMAL + alert('lamps > Decimal("1.0e-99999999")'),
        "1.000e-99999999 is a number that Prometheus cannot hold",
    ),
    "beyond all floats": (alert("lamps > 10**400"), "a number beyond what a float can hold"),
    "more digits than Python writes": (
        alert("lamps > 10**6000"),
        "a number beyond what a float can hold",
    ),
    "beyond all floats, in arithmetic": (
        alert("lamps * 10**400 > 3"),
        "a number beyond what a float can hold",
    ),
    "many digits": (DECIMAL + alert('lamps > Decimal("0." + "1" * 100_000)'), "cannot hold"),
    "twice itself": (
        "x = lamps\nfor _ in range(40): x = x + x\n" + alert("x > 3"),
        "more than 2000 operations",
    ),
    "400 calls": (
        "x = lamps\nfor _ in range(400): x = x.clamp(0, 5)\n" + alert("x > 3"),
        "nests more than 100 operations",
    ),
    "union": (alert("either(*[lamps] * 2_000) > 3"), "nests more than 100 operations"),
    "chain of records": (records(500, "{0} + 1"), "computed from nest more than 150 operations"),
    "braces": (
        'a = Alert("A", lamps > 3, severity="warning", summary="Too many." + "{{" * 50_000,'
        ' impact="Users wait long.", action="Look at it now.")',
        "a text that Prometheus does not load",
    ),
}
SAID_WHY = {
    "offset of weeks": alert('lamps - lamps.offset("4w") > 3'),
    "wait of a year": alert("lamps > 3", "52w"),
    "longest wait of all": alert("lamps > 3", "290y"),
    "window of a year beside a sample": alert('lamps - lamps.avg_over_time("52w") > 3'),
    "subquery of seconds": alert('lamps.avg_over_time("52w", "1s") > 3'),
    "records over a year": 'r = Record("job:lamps:sum", lamps.sum(by=[job]))\n'
    + alert('r.avg_over_time("52w") > 3'),
}
DONE = {
    "wait of days": alert("lamps > 3", "3d"),
    "rate of a year": alert('visits.rate("52w") > 3'),
    "offset of a day": alert('lamps - lamps.offset("1d") > 3'),
    "records that read one record twice": records(60, "{0} + {0}"),
    "chain of records": records(70, "{0} + 1"),
    "nesting": "x = lamps\nfor _ in range(97): x = x + 1\n" + alert("x > 3"),
    "long texts": 'a = Alert("A", lamps > 3, severity="warning", summary="It is. " * 15_000,'
    ' impact="Users wait. " * 9_000, action="Look at it {{ $value }}. " * 4_000)',
}


@pytest.mark.parametrize(("body", "problem"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_too_large_is_a_short_mistake_at_its_line(body: str, problem: str) -> None:
    begin = process_time()
    with pytest.raises(DefinitionErrors) as raised:
        plan_of(body)
    assert process_time() - begin < SECONDS
    (error,) = raised.value.errors
    assert problem in str(error)
    assert len(str(error)) < 1_000
    assert error.source is not None
    assert (error.source.file, error.source.line > 8) == ("definitions/shop.py", True)


@pytest.mark.parametrize("body", SAID_WHY.values(), ids=list(SAID_WHY))
def test_a_rule_that_takes_too_long_to_prove_is_built_and_says_so(body: str) -> None:
    plan, reasons = built(body)
    assert [alert.name for alert in plan.alerts] == ["A"]
    assert [TOO_LONG in reason for reason in reasons] == [True]


LONG = {"long texts", "offset of a day"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(body, id=name, marks=[pytest.mark.slow] if name in LONG else [])
        for name, body in DONE.items()
    ],
)
def test_what_is_large_but_has_an_end_is_proven(body: str) -> None:
    assert built(body)[1] == []


def test_a_chain_of_records_that_read_others_twice_is_shown_to_fire_always() -> None:
    """There are millions of ways down."""
    chain = ["r0 = Record('job:a0:x', lamps.count(by=[job]), 'H.')"]
    chain += [f"r{n} = Record('job:a{n}:x', r{n - 1} + r{n - 1}, 'H.')" for n in range(1, 26)]
    plan = plan_of("\n".join([*chain, "a = Alert('A', r25 > 0, for_='10m', **SAID)"]))
    assert [proof.verdict for file in suite(plan) for proof in file.alerts] == ["always fires"]


@pytest.mark.parametrize("value", ["1.0e-99999999", "1e99999", "0." + "1" * 100_000])
def test_a_threshold_of_an_environment_is_a_number_that_prometheus_holds(value: str) -> None:
    with pytest.raises(DefinitionErrors, match="not a finite decimal number") as raised:
        plan_of(alert("lamps > 3"), environment=f"alerts:\n  A:\n    threshold: {value}\n")
    (error,) = raised.value.errors
    assert error.source is not None and error.source.line == 3


@pytest.mark.parametrize(
    "text", ["(" * 10_000 + "up" + ")" * 10_000, "-" * 100_000, '"\\' * 40_000]
)
def test_no_text_from_elsewhere_keeps_or_ends_the_parser(text: str) -> None:
    """From a dashboard, a running Prometheus, an OpenSLO document."""
    begin = process_time()
    for read in (parsed, parse):
        with pytest.raises(ValueError, match=r"brackets and operators|characters|parse|invalid"):
            read(text)
    panel = {"title": "A", "targets": [{"refId": "A", "expr": text}]}
    board = Board(Artifact("a.json", ""), {"panels": [panel]})
    (finding,) = dashboard_query_parses(board)
    assert len(finding.problem) < 1_000
    assert not _same_promql("up", text)
    assert process_time() - begin < SECONDS


@given(expressions())
def test_every_expression_that_can_be_made_can_be_read(vector: object) -> None:
    text = promql(vector.node)  # type: ignore[attr-defined]
    assert parsed(text).prettify() == promql_parser.parse(text).prettify()


def test_brackets_and_signs_in_strings_and_comments_nest_nothing() -> None:
    many = "(-" * MOST_OPERATIONS
    parsed(f"up{{a=\"{many}\", b='{many}', c=`{many}`}} # {many}")


@given(st.text("{} -a"))
def test_the_actions_of_a_text_and_what_is_between_them_are_the_text(text: str) -> None:
    parts = list(actions(text))
    assert text == "".join(
        before + ("" if inside is None else f"{{{{{inside}}}}}") for before, inside in parts
    )
    assert [inside for _, inside in parts if inside is None] == [None]
    assert all("}}" not in (inside or "") for _, inside in parts)


def test_every_definition_of_a_long_module_knows_its_line() -> None:
    """Beyond some thousand lines they are looked up in a table, which Python's own way is not."""
    count = 2_000
    gauges = (f'gauge_{number} = Gauge(\n    "g_{number}", "G."\n)' for number in range(count))
    function = 'def more(name):\n    return Gauge(name, "G.")\n'
    last = 'first = more("last_1")\nlast = Gauge("last_2", "G.")\nagain = more("last_3")'
    begin = SHOP.count("\n") + 1
    catalog = catalog_of(function + "\n".join(gauges), last)
    line_of = {metric.name: metric.source.line for metric in catalog.metrics}
    assert all(line_of[f"g_{number}"] == begin + 2 + 3 * number for number in range(count))
    assert line_of["last_2"] == begin + 3 + 3 * count
    assert line_of["last_1"] == line_of["last_3"] == begin + 1


def test_acceptances_of_thousands_of_panels_are_settled_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not each held against each: 5,000 took seconds."""
    accepted = [Source("definitions/shop.py", line) for line in range(5_000)]
    reason = Accepted("panel-has-unit", "Its numbers have none.")
    monkeypatch.setattr(
        acceptance, "acceptances", lambda _: tuple(Acceptance(reason, on, "") for on in accepted)
    )
    findings = [Finding("panel-has-unit", on, "It has none.") for on in accepted]
    begin = process_time()
    settled = settle(findings[1:], catalog_of(), {"panel-has-unit"}, lambda: {"panel-has-unit"})
    assert process_time() - begin < 2
    assert settled.accepted == 4_999
    assert [finding.check for finding in settled.open] == ["acceptance-accepts-something"]
