"""Whatever a server answers, verify ends with findings, or with an error that names the server:
never with a traceback.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live import servers
from live.conftest import Shop
from live.grafana import Grafana
from live.replayed import DEEP, HUGE, Answers, Recording, Replayed, edited, places
from live.servers import eventually, fires
from pbmon.cli.printing import print_findings, printable
from pbmon.cli.verify import show
from pbmon.errors import UsageError
from pbmon.live.report.formats import as_json, as_junit
from pbmon.live.servers.client import Client
from pbmon.live.verification import Report

RECORDED = Path(__file__).with_name("answers.json")
RARE = frozenset({"shop_refunds_total"})
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
TEXTS = [
    "",
    "x",
    "NaN",
    "+Inf",
    "1e999",
    "0s",
    "\x1b[2J\x1b]0;owned\x07\n",
    "\u202e",
    "\ud800",
    "é",
    "9999-12-31T23:59:59Z",
    HUGE,
    DEEP,
]
NUMBERS = [0, -1, 1.5, 1e300, 10**400, float("nan"), float("inf"), True]
OTHERS = [*TEXTS, *NUMBERS, None, [], {}, [[]], [None], {"a": 1}, {"": []}]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> servers.Project:
    return servers.project(tmp_path_factory.mktemp("answers"), shop="a:1", prometheus="b:1")


@pytest.fixture(scope="module")
def answers(project: servers.Project) -> Answers:
    """Of a healthy shop: Prometheus and Alertmanager as recorded, Grafana as its stand-in answers
    now.
    """
    recorded: Answers = json.loads(RECORDED.read_text("utf-8"))
    stand_in = Grafana({"shop": project.rendered["monitoring/grafana-dashboards/shop.json"]})
    with servers.http(stand_in.reply) as url:
        project.look(grafana=Recording(Client("Grafana", url), recorded))
    return recorded


def _look(project: servers.Project, answers: Answers, changed: Mapping[str, Any]) -> Report:
    """One look at all three servers."""
    return project.look(
        prometheus=Replayed("Prometheus", answers, changed),
        alertmanager=Replayed("Alertmanager", answers, changed),
        grafana=Replayed("Grafana", answers, changed),
        excused=RARE,
    )


@pytest.mark.parametrize("program", ["newer"], indirect=True)
def test_the_recorded_questions_are_those_that_are_asked(
    healthy: Shop, request: pytest.FixtureRequest
) -> None:
    """With --rewrite the answers are recorded anew."""
    answers: Answers = {}

    def look() -> Report:
        assert healthy.alertmanager
        answers.clear()  # while the shop is new its questions are others
        prometheus, alertmanager = (
            Recording(healthy.prometheus, answers),
            Recording(healthy.alertmanager, answers),
        )
        return healthy.project.look(prometheus=prometheus, alertmanager=alertmanager, excused=RARE)

    shown = ("panels with data", 7, 9)
    eventually(
        look,
        lambda report: not report.findings and fires(report) and shown in report.coverage.figures,
        seconds=40,
    )
    if request.config.getoption("--rewrite"):
        lines = ",\n".join(
            f"{json.dumps(question)}: {json.dumps(found)}"
            for question, found in sorted(answers.items())
        )
        RECORDED.write_text(f"{{\n{lines}\n}}\n", "utf-8")
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert {re.sub(r":\d+", "", question) for question in answers} == {
        re.sub(r":\d+", "", question) for question in recorded
    }


def test_the_recorded_answers_have_no_finding(project: servers.Project, answers: Answers) -> None:
    assert [str(found) for found in _look(project, answers, {}).findings] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_answer_ends_verify_otherwise(
    project: servers.Project, answers: Answers, data: st.DataObject
) -> None:
    """One part of a good answer is left out, or is something else."""
    question = data.draw(st.sampled_from(sorted(answers)))
    place = data.draw(st.sampled_from(list(places(answers[question]))))
    new = data.draw(st.sampled_from(OTHERS))
    changed = {question: edited(answers[question], place, new, drop=data.draw(st.booleans()))}
    _ends_well(project, answers, changed)


def _ends_well(project: servers.Project, answers: Answers, changed: Mapping[str, Any]) -> str:
    """What the error says, if any; all formats can be printed, and nothing in them
    moves a cursor.
    """
    try:
        report = _look(project, answers, changed)
    except UsageError as error:
        assert re.match("(Prometheus|Alertmanager|Grafana) at http://recorded ", error.problem)
        assert not _UNSEEN.search(printable(error.problem))
        return error.problem
    printed = io.StringIO()
    with redirect_stdout(printed):
        print_findings(report.findings, "text")
    told = as_json(report)
    assert len(json.loads(told)["findings"]) == len(report.findings)
    assert not _UNSEEN.search(printed.getvalue() + told)
    assert ElementTree.fromstring(as_junit(report)).get("failures") == str(len(report.findings))
    return ""


ROUTE = ("config", "original", "route")
QUERY = '/api/v1/query {job="shop"}'


@pytest.mark.parametrize(
    ("question", "place", "new", "said"),
    [
        ("/api/v2/status", ROUTE, None, "config.route is missing"),
        ("/api/v2/status", ROUTE, "x", "config.route is 'x', not an object"),
        (
            "/api/v2/status",
            (*ROUTE, "repeat_interval"),
            "soon",
            "config.route.repeat_interval is 'soon', not a duration",
        ),
        (
            "/api/v2/status",
            (*ROUTE, "routes", 0, "matchers"),
            [3],
            "config.route.routes[0].matchers[0] is 3, not a text",
        ),
        ("/api/v2/status", (*ROUTE, "routes"), DEEP, "JSON of another kind"),
        (
            "/api/v2/status",
            (*ROUTE, "routes"),
            [{}] * 100_000,
            "config is longer than any that Alertmanager needs",
        ),
        (
            "/api/v2/status",
            ("config", "original", "receivers"),
            ["x"],
            "config.receivers[0] is 'x', not an object",
        ),
        (
            "/api/v2/status",
            ("config", "original", "inhibit_rules"),
            "x",
            "config.inhibit_rules is 'x', not a list",
        ),
        (
            "/api/v2/status",
            ("config", "original"),
            "a: &a [*a, *a]",
            "config is no YAML that Alertmanager writes",
        ),
        (
            "/api/v1/query time()",
            ("data", "result", 1),
            "NaN",
            "the clock is nan, not a finite number",
        ),
        (
            "/api/v1/query time()",
            ("data", "result", 1),
            "1e999",
            "the clock is inf, not a finite number",
        ),
        (
            QUERY,
            ("data", "result", 0, "metric", "instance"),
            3,
            "data.result[0].metric.instance is 3, not a text",
        ),
        (
            "/api/v1/rules",
            ("data", "groups", 0, "interval"),
            float("nan"),
            "status 200 and application/json instead of JSON",
        ),
        (
            "/api/v1/rules",
            ("data", "groups", 0, "interval"),
            10**400,
            "data.groups[0].interval is 1000",
        ),
        (
            "/api/v1/rules",
            ("data", "groups", 0, "lastEvaluation"),
            "now",
            "data.groups[0].lastEvaluation is 'now', not a time",
        ),
        ("/api/v1/targets", ("data", "activeTargets", 0, "labels"), DEEP, "instead of JSON"),
        ("/api/health", ("database",), [], "database is a list, not a text"),
        ("/api/datasources", (1, "uid"), 5, "[1].uid is 5, not a text"),
        (
            "/api/dashboards/uid/shop",
            ("dashboard", "panels"),
            ["x"],
            "dashboard.panels[0] is 'x', not an object",
        ),
        (
            "/api/dashboards/uid/shop",
            ("dashboard", "panels", 0, "id"),
            [],
            "dashboard.panels[0].id is a list, not a finite number",
        ),
    ],
)
def test_an_answer_of_another_kind_is_named_with_its_place(
    project: servers.Project,
    answers: Answers,
    question: str,
    place: tuple[str | int, ...],
    new: Any,
    said: str,
) -> None:
    assert said in _ends_well(
        project, answers, {question: edited(answers[question], place, new, drop=False)}
    )


def test_an_expression_nested_without_end_is_another_expression(
    project: servers.Project, answers: Answers
) -> None:
    """The parser of PromQL would end the process."""
    place = ("data", "groups", 0, "rules", 0, "query")
    assert (
        _ends_well(
            project,
            answers,
            {
                "/api/v1/rules": edited(
                    answers["/api/v1/rules"], place, "-" * 20_000 + "x", drop=False
                )
            },
        )
        == ""
    )


def test_every_query_of_every_panel_is_told_with_what_it_cost_and_what_came_of_it(
    project: servers.Project, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    report = _look(project, answers, {})
    told = json.loads(as_json(report))
    queries = told["queries"]
    assert [(query["panel"], query["query"], query["answer"]) for query in queries] == [
        ("Requests", "A", "data"),
        ("Latency", "A", "data"),
        ("Latencies", "A", "data"),
        ("Baskets", "A", "data"),
        ("Failing orders", "A", "data"),
        ("Pages", "A", "data"),
        ("Instances with too many baskets", "A", "rightly empty"),
        ("Refunds", "A", "rightly empty"),
        ("Staff", "A", "data"),
        (None, "Firing alerts", "data"),
        (None, "Restarts", "rightly empty"),
    ]
    assert {query["dashboard"] for query in queries} == {"Shop"}
    assert queries[3]["expression"].startswith("sum(shop_baskets{")
    assert queries[3]["rows"] == 1
    assert sum(query["samples"] for query in queries) == told["coverage"]["samples read"] > 0
    show(report, "text", "")
    costliest, total = capsys.readouterr().out.splitlines()[-2:]
    assert re.fullmatch(
        r"costliest: (panel|annotation) '.*'.* reads [1-9]\d* samples in \d\.\d{3} s", costliest
    )
    assert total.startswith("0 findings; metrics seen 6/7, panels with data 7/9")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": "error", "errorType": "bad_data", "error": "no"}, "refused"),
        ({"status": "success", "data": {"resultType": "vector", "result": []}}, "empty"),
        (
            {
                "status": "success",
                "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "NaN"]}]},
            },
            "nan",
        ),
    ],
)
def test_a_query_without_data_is_told_with_the_reason(
    project: servers.Project, answers: Answers, answer: Any, said: str
) -> None:
    question = next(question for question in answers if " sum(shop_baskets{" in question)
    told = json.loads(as_json(_look(project, answers, {question: answer})))
    assert next(query["answer"] for query in told["queries"] if query["panel"] == "Baskets") == said
