"""Grafana, held against what was rendered for it. It is a stand-in: see grafana.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live import servers
from live.grafana import Grafana
from pbmon.live.servers.client import Client, bearer

ADDRESSES = {"shop": "a:1", "prometheus": "b:1"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> servers.Project:
    return servers.project(tmp_path_factory.mktemp("grafana"), **ADDRESSES)


@pytest.fixture
def grafana(project: servers.Project) -> Iterator[tuple[Grafana, str]]:
    """A Grafana with the rendered dashboards, and its address."""
    stand_in = Grafana({"shop": project.rendered["monitoring/grafana-dashboards/shop.json"]})
    with servers.http(stand_in.reply) as url:
        yield stand_in, url


def _look(project: servers.Project, url: str, **options: str) -> list[str]:
    report = project.look(grafana=Client("Grafana", url, timeout=5, **options))
    return [str(finding).partition("\n")[0] for finding in report.findings]


def test_what_was_rendered_is_found_though_grafana_adds_to_it(
    project: servers.Project, grafana: tuple[Grafana, str]
) -> None:
    assert _look(project, grafana[1]) == []


def test_a_token_opens_what_is_closed_without(
    project: servers.Project, grafana: tuple[Grafana, str]
) -> None:
    grafana[0].token = "secret"
    assert _look(project, grafana[1], authorization=bearer("secret")) == []


def _no_dashboard(grafana: Grafana) -> None:
    grafana.dashboards.clear()


def _edited(grafana: Grafana) -> None:
    panels = grafana.dashboards["shop"]["panels"]
    panels[1]["targets"][0]["expr"] = "up"
    del panels[2]
    panels.append({"id": 1, "title": "By hand", "type": "text"})
    grafana.dashboards["shop"]["refresh"] = "5m"


def _no_datasource(grafana: Grafana) -> None:
    del grafana.datasources[1]


def _dead_datasource(grafana: Grafana) -> None:
    grafana.health = {"status": "ERROR", "message": "dial tcp: lookup prometheus: no such host"}


def _dead_database(grafana: Grafana) -> None:
    grafana.database = "failing"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (
            _no_dashboard,
            (
                "definitions/shop.py:83: Grafana has no dashboard 'Shop' (uid shop)"
                " (dashboard-is-as-rendered)"
            ),
        ),
        (
            _edited,
            "".join(
                f"definitions/shop.py:{line}: in dashboard 'Shop' of Grafana {difference}"
                " (dashboard-is-as-rendered)\n"
                for line, difference in [
                    (90, "panel 'Requests' is not as it was rendered"),
                    (91, "panel 'Latency' is missing"),
                    (83, "panel 'By hand' is in no definition"),
                    (83, "refresh is not as it was rendered"),
                ]
            ),
        ),
        (
            _no_datasource,
            (
                "definitions/project.py:7: Grafana has no data source of type prometheus, so no"
                " panel shows anything (grafana-reaches-prometheus)"
            ),
        ),
        (
            _dead_datasource,
            (
                "definitions/project.py:7: data source 'Prometheus' of Grafana does not work: dial"
                " tcp: lookup prometheus: no such host (grafana-reaches-prometheus)"
            ),
        ),
        (
            _dead_database,
            (
                "definitions/project.py:7: Grafana's database is 'failing'"
                " (grafana-reaches-prometheus)"
            ),
        ),
    ],
)
def test_what_differs_is_found(
    project: servers.Project,
    grafana: tuple[Grafana, str],
    change: Callable[[Grafana], None],
    wanted: str,
) -> None:
    change(grafana[0])
    assert _look(project, grafana[1]) == wanted.splitlines()


def test_without_an_address_it_says_that_grafana_was_not_looked_at(
    project: servers.Project, tmp_path: Path
) -> None:
    with servers.http(
        lambda handler: servers.answer(handler, "shop_staff 3\n", kind="text/plain")
    ) as url:
        report = project.look(scrape=[Client("the exposition", url)])
    assert "Grafana was not looked at: no --grafana" in report.skipped
