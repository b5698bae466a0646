"""The generated metrics page and its settings."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import prometheus_client
import pytest
from fastapi import FastAPI
from instrumentation.asgi import asked, get, scope_of
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from starlette.applications import Starlette

PATH = "/api/v1/metrics"
OPENMETRICS = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5"


@pytest.fixture
def page(generated: Callable[[str], Any]) -> Any:
    """The page with the settings of an empty environment."""
    return generated("api.v1.metrics").MetricsPage(settings(generated))


def settings(generated: Callable[[str], Any], **environment: str) -> Any:
    return generated("core.metrics_settings").MetricsSettings.from_environment(environment)


@pytest.mark.parametrize("framework", [FastAPI, Starlette])
def test_one_line_adds_the_page_to_either_framework(
    generated: Callable[[str], Any], framework: Any
) -> None:
    module = generated("api.v1.metrics")
    app = framework()
    app.add_route(module.PATH, module.metrics, include_in_schema=False)
    answer = get(app, PATH)
    assert answer.status == 200
    assert "http_requests_total" in answer.body.decode()


def test_the_text_format_and_openmetrics_are_parsed_by_their_parsers(
    page: Any, generated: Callable[[str], Any]
) -> None:
    generated("metrics").api_request_counter.labels("GET", 'a"b\n', "200").inc()
    text, other = get(page, PATH), get(page, PATH, headers={"Accept": OPENMETRICS})
    assert text.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert other.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert {family.name for family in plain(text.body.decode())} == {
        family.name for family in openmetrics(other.body.decode())
    }
    assert "_created" not in text.body.decode() + other.body.decode()


@pytest.mark.parametrize(
    "accept",
    ["application/openmetrics-text; version=x", "text/plain; version=", "\xff,;=;,", "*/*" * 1000],
)
def test_no_accept_header_breaks_the_page(page: Any, accept: str) -> None:
    assert (
        get(page, PATH, headers={"Accept": accept.encode("latin-1").decode("latin-1")}).status
        == 200
    )


def test_the_page_is_compressed_for_those_who_ask(page: Any) -> None:
    answer = get(page, PATH, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert gzip.decompress(answer.body) == get(page, PATH).body


def test_names_in_the_query_filter(page: Any) -> None:
    answer = get(page, f"{PATH}?name[]=active_users&name%5B%5D=db_pool_connections_max&other=1")
    assert {family.name for family in plain(answer.body.decode())} == {
        "active_users",
        "db_pool_connections_max",
    }


def test_names_in_the_query_filter_in_multiprocess_mode(
    page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    answer = get(page, f"{PATH}?name[]=process_cpu_seconds_total")
    assert [family.name for family in plain(answer.body.decode())] == ["process_cpu_seconds"]


def test_head_has_no_body_and_other_methods_are_refused(page: Any) -> None:
    head = get(page, PATH, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(get(page, PATH).body)
    post = get(page, PATH, "POST")
    assert (post.status, post.headers["allow"]) == (405, "GET, HEAD")


def test_switched_off_it_answers_503(generated: Callable[[str], Any]) -> None:
    page = generated("api.v1.metrics").MetricsPage(settings(generated, PROMETHEUS_ENABLED="false"))
    answer = get(page, PATH)
    assert (answer.status, b"http_requests" in answer.body) == (503, False)


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("", 401),
        ("Bearer", 401),
        ("Bearer x", 401),
        ("Basic secret", 401),
        ("Bearer secret ", 200),
        ("bearer secret", 200),
        ("Bearer é", 401),
    ],
)
def test_only_those_with_the_token_see_the_page(
    generated: Callable[[str], Any], authorization: str, status: int
) -> None:
    page = generated("api.v1.metrics").MetricsPage(settings(generated, PROMETHEUS_TOKEN="secret"))
    answer = get(page, PATH, headers={"Authorization": authorization} if authorization else {})
    assert answer.status == status
    assert status == 200 or answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.slow  # serves a large page
def test_a_scrape_of_a_hundred_thousand_series_holds_up_no_request(
    generated: Callable[[str], Any],
) -> None:
    registry = CollectorRegistry()
    gauge = Gauge("many", "Many.", ["number"], registry=registry)
    for number in range(100_000):
        gauge.labels(str(number)).set(number)
    page = generated("api.v1.metrics").MetricsPage(settings(generated), registry)

    async def turns() -> tuple[float, list[float]]:
        started = time.perf_counter()
        scrape = asyncio.create_task(asked(page, scope_of("GET", PATH)))
        pauses = []
        while not scrape.done():
            before = time.perf_counter()
            await asyncio.sleep(0)
            pauses.append(time.perf_counter() - before)
        return time.perf_counter() - started, pauses

    took, pauses = asyncio.run(turns())
    assert max(pauses) < took / 2
    assert len(pauses) > 20
    assert median(pauses) < 0.02


def test_the_settings_have_defaults_and_read_every_variable(
    generated: Callable[[str], Any], tmp_path: Path
) -> None:
    assert vars(settings(generated)) == {
        "prometheus_enabled": True, "prometheus_port": 9090, "prometheus_path": "/metrics",
        "prometheus_token": "",
    }  # fmt: skip
    file = tmp_path / "token"
    file.write_text("secret\n")
    given = {"ENABLED": " Off ", "PORT": "1", "PATH": "/x", "TOKEN_FILE": str(file)}
    read = settings(generated, **{f"PROMETHEUS_{name}": value for name, value in given.items()})
    assert tuple(vars(read).values()) == (False, 1, "/x", "secret")
    assert "secret" not in repr(read)
    assert settings(
        generated, PROMETHEUS_ENABLED="", PROMETHEUS_PORT="", PROMETHEUS_PATH=""
    ) == settings(generated)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PROMETHEUS_ENABLED": "maybe"}, "PROMETHEUS_ENABLED is 'maybe', neither true nor false"),
        ({"PROMETHEUS_PORT": "70000"}, "PROMETHEUS_PORT is '70000', no port from 1 to 65535"),
        (
            {"PROMETHEUS_PATH": "metrics"},
            "PROMETHEUS_PATH is 'metrics', which does not begin with /",
        ),
        (
            {"PROMETHEUS_TOKEN": "a", "PROMETHEUS_TOKEN_FILE": "b"},
            "PROMETHEUS_TOKEN and PROMETHEUS_TOKEN_FILE are both set",
        ),
        ({"PROMETHEUS_TOKEN_FILE": os.devnull}, "PROMETHEUS_TOKEN_FILE .* is empty"),
    ],
)
def test_settings_that_are_none_are_refused(
    generated: Callable[[str], Any], given: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        settings(generated, **given)


def test_a_token_file_that_is_missing_opens_no_page(
    generated: Callable[[str], Any], tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        settings(generated, PROMETHEUS_TOKEN_FILE=str(tmp_path / "none"))


def test_the_page_shows_what_the_app_registers_itself(page: Any) -> None:
    Gauge("of_the_app", "The app's own.", registry=prometheus_client.REGISTRY).set(7)
    assert "of_the_app 7.0" in get(page, PATH).body.decode()
