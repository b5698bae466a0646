"""Expositions read directly, held against the definitions without Prometheus."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import prometheus_client
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live import servers
from live.conftest import FAULTY
from pbmon.live.checks import CHECKS
from pbmon.live.checks.case import Case
from pbmon.live.seen import Family, Seen
from pbmon.live.servers.client import Client, Unreachable
from pbmon.live.servers.exposition import LONGEST, OPENMETRICS, parse
from prometheus_client.openmetrics import exposition as openmetrics


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> servers.Project:
    return servers.project(tmp_path_factory.mktemp("exposition"), shop="a:1", prometheus="b:1")


def _problems(project: servers.Project, text: str, type: str = "text/plain") -> list[str]:
    exposure = parse(text, type)
    case = Case(project.plan, project.rendered, Seen(scraped=[exposure]))
    return [finding.problem for check in CHECKS[0].checks for finding in check(case)]


def test_what_the_generated_module_exposes_is_as_declared_in_both_formats(
    project: servers.Project,
) -> None:
    module, registry = servers.metrics_of(project.rendered)
    module.shop_requests_total.labels("GET", 'a "quoted" }, back\\slash\nline').inc(
        exemplar={"trace_id": "a b"}
    )
    module.shop_refunds_total.labels("late").inc()
    module.shop_latency_seconds.labels("GET").observe(2, {"trace_id": "} # {"})
    for text, type in (
        (prometheus_client.generate_latest(registry).decode(), "text/plain"),
        (openmetrics.generate_latest(registry).decode(), OPENMETRICS),
    ):
        assert _problems(project, text, type) == []
        pages = [labels["page"] for labels in parse(text, type).series["shop_requests_total"]]
        assert pages == ['a "quoted" }, back\\slash\nline']


def test_the_faults_of_an_exposition_are_found_without_prometheus(project: servers.Project) -> None:
    """The same ones that Prometheus's answers show."""
    with_prometheus = (FAULTY.with_name("faults.txt")).read_text()
    problems = _problems(project, FAULTY.read_text())
    assert len(problems) == 9
    for problem in problems:
        assert problem.replace("the exposition", "job shop") in with_prometheus


def test_type_help_and_unit_are_read() -> None:
    text = "# HELP x A\\nline.\n# TYPE x untyped\nx 1\ny NaN 1700000000000\n"
    exposure = parse(text)
    assert exposure.families == {"x": Family("unknown", "A\nline.")}
    assert exposure.series == {"x": [{}], "y": [{}]}
    text = "# HELP x_seconds A.\n# TYPE x_seconds gauge\n# UNIT x_seconds seconds\n# EOF\n"
    assert parse(text, OPENMETRICS).families == {"x_seconds": Family("gauge", "A.", "seconds")}


@pytest.mark.parametrize("type", ["text/plain", OPENMETRICS])
@pytest.mark.parametrize(
    "text", ["<html>", 'x{a="b" 1', "x", 'x{a="\n"} 1', "1x 1", "x" * (LONGEST + 1)]
)
def test_what_is_no_exposition_is_refused_with_its_line(text: str, type: str) -> None:
    with pytest.raises(ValueError, match=r"no exposition \(line 1\)"):
        parse(text, type)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('ax_1.{}="\\, \t\n#')), st.sampled_from(["text/plain", OPENMETRICS]))
def test_whatever_is_read_is_an_exposition_or_is_refused(text: str, type: str) -> None:
    with suppress(ValueError):
        parse(text, type)


def test_an_address_without_metrics_is_named(project: servers.Project) -> None:
    page = servers.http(lambda handler: servers.answer(handler, "<html>", kind="text/html"))
    with page as url, pytest.raises(Unreachable, match="answers with text that is no exposition"):
        project.look(scrape=[Client("the exposition", url)])
    nothing = servers.http(lambda handler: servers.answer(handler, "", 404))
    with nothing as url, pytest.raises(Unreachable, match="answers with status 404"):
        project.look(scrape=[Client("the exposition", f"{url}/metric")])


def test_metrics_of_nobody_are_named(project: servers.Project) -> None:
    with servers.http(
        lambda handler: servers.answer(handler, "cats 1\n", kind="text/plain")
    ) as url:
        report = project.look(scrape=[Client("the exposition", url)])
    assert [finding.problem for finding in report.findings] == [
        "it has no metric of any service that is defined"
    ]


def test_a_scraped_exposition_counts_as_seen(project: servers.Project, tmp_path: Path) -> None:
    _, registry = servers.metrics_of(project.rendered)
    with servers.exporter(registry) as address:
        report = project.look(scrape=[Client("the exposition", f"http://{address}/metrics")])
    assert report.coverage.figures == (("metrics seen", 4, 7),)
    assert [
        finding.problem for finding in report.findings if finding.check != "metric-arrives"
    ] == []


def test_an_exposition_is_held_against_the_budget_and_the_declared_series(
    project: servers.Project,
) -> None:
    """Each alone is a target; a label named `instance` is the app's own and makes no
    target of it.
    """
    few = replace(
        project.plan.catalog.project, metric_cardinality_limit=3, total_cardinality_limit=8
    )
    small = replace(
        project, plan=replace(project.plan, catalog=replace(project.plan.catalog, project=few))
    )
    text = (
        "".join(
            f'shop_requests_total{{method="GET",page="/{page}",instance="{page}"}} 1\n'
            for page in range(4)
        )
        + "shop_cats 1\n"
    )
    with servers.http(lambda handler: servers.answer(handler, text, kind="text/plain")) as url:
        once = small.look(scrape=[Client("the exposition", url)])
        thrice = small.look(scrape=[Client("the exposition", url)] * 3)
    checks = {"series-is-declared", "series-fit-the-budget"}
    budget = "shop_requests_total has 4 series on the exposition, above the limit of 3"
    found = [
        [finding.problem for finding in report.findings if finding.check in checks]
        for report in (once, thrice)
    ]
    assert found == [
        ["service shop exposes shop_cats (1 series), which no definition names", budget],
        [
            "service shop exposes shop_cats (3 series), which no definition names",
            *[budget] * 3,
            "all declared metrics have 12 series, above the limit of 8",
        ],
    ]


def test_an_exporter_may_expose_what_nobody_declared(project: servers.Project) -> None:
    text = 'prometheus_build_info{version="3"} 1\nprometheus_other 1\n'
    with servers.http(lambda handler: servers.answer(handler, text, kind="text/plain")) as url:
        assert project.look(scrape=[Client("the exposition", url)]).findings == ()


@pytest.mark.parametrize("name", ["orders", "orders_total"])
def test_a_counter_has_the_name_that_it_is_exposed_under(name: str) -> None:
    exposure = parse(f'# TYPE {name} counter\n{name}{{kind="web"}} 1\n')
    assert exposure.series == {name: [{"kind": "web"}]}


def test_two_counters_of_nearly_one_name_stay_two() -> None:
    text = "# TYPE orders_total counter\norders_total 1\n# TYPE bills counter\nbills 1\n"
    assert set(parse(text).series) == {"orders_total", "bills"}
