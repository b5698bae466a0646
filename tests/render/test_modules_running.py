"""Generated metrics modules at work: limits, zeros, registries, several imports,
several processes.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
from pbmon import Counter, Label
from pbmon.plan.modules import INITIAL_SERIES_LIMIT
from prometheus_client import CollectorRegistry, generate_latest
from render.app_modules import (
    API,
    ENDPOINT,
    QUEUE,
    STATUS,
    loaded,
    module_of,
    output_of,
    samples,
    text_of,
    write,
)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[CollectorRegistry]:
    """A default registry for this test alone."""
    fresh = CollectorRegistry()
    monkeypatch.setattr(prometheus_client, "REGISTRY", fresh)
    yield fresh
    prometheus_client.enable_created_metrics()  # type: ignore[no-untyped-call]


@pytest.fixture
def api(tmp_path: Path) -> Any:
    """The module api.py."""
    write(API, tmp_path)
    return loaded(tmp_path / "api.py")


def test_series_of_small_closed_sets_are_there_at_zero_and_others_are_not(
    api: Any, registry: CollectorRegistry
) -> None:
    assert samples(registry, "jobs_total") == {("success",): 0, ("failure",): 0}
    assert samples(registry, "http_request_duration_seconds_count") == {
        ("GET",): 0,
        ("POST",): 0,
        ("OTHER",): 0,
    }
    assert samples(registry, "jobs_running") == {("fast",): 0, ("slow",): 0}
    assert samples(registry, "queue_size") == {}
    assert samples(registry, "http_requests_total") == {}


@pytest.mark.parametrize(
    ("size", "begun"), [(INITIAL_SERIES_LIMIT, INITIAL_SERIES_LIMIT), (INITIAL_SERIES_LIMIT + 1, 0)]
)
def test_a_metric_of_too_many_series_begins_with_none(
    size: int, begun: int, tmp_path: Path, registry: CollectorRegistry
) -> None:
    number = Label("number", "A number.", values=tuple(map(str, range(size))))
    write(module_of(Counter("a_total", "A.", labels=[number])), tmp_path)
    loaded(tmp_path / "app.py")
    assert len(samples(registry, "a_total")) == begun


def test_ten_thousand_random_values_from_eight_threads_add_no_more_series_than_max_values(
    api: Any, registry: CollectorRegistry
) -> None:
    def count(number: int) -> None:
        api.api_request_counter.labels("GET", f"/{number * 7919 % 10_007}", str(number % 700)).inc()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(10_000)))
    counted = samples(registry, "http_requests_total")
    endpoints = {endpoint for endpoint, _, _ in counted}
    assert ENDPOINT.max_values is not None
    assert len(endpoints) == ENDPOINT.max_values + 1
    assert "<unmatched>" in endpoints
    assert {status for _, _, status in counted} == {"200", "404", "500", "more"}
    assert sum(counted.values()) == 10_000


def test_threads_that_bring_new_values_at_once_do_not_pass_the_limit(
    api: Any, registry: CollectorRegistry
) -> None:
    class Slow(set[str]):
        """Leaves other threads time between the look at its size and the value that is added."""

        def add(self, value: str) -> None:
            time.sleep(0.001)
            super().add(value)

    api.api_request_counter._seen[1] = Slow()
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda number: api.api_request_counter.labels("GET", f"/{number}", "200").inc(),
                range(8),
            )
        )
    assert ENDPOINT.max_values == len(samples(registry, "http_requests_total")) - 1


def test_values_seen_before_the_limit_keep_their_series_after_it(
    api: Any, registry: CollectorRegistry
) -> None:
    for number in range(20):
        api.api_request_counter.labels("GET", f"/{number}", "200").inc()
    api.api_request_counter.labels("GET", "/0", "200").inc()
    assert samples(registry, "http_requests_total")["/0", "GET", "200"] == 2
    assert samples(registry, "http_requests_total")["<unmatched>", "GET", "200"] == 15


def test_the_value_that_stands_for_others_takes_no_room(
    api: Any, registry: CollectorRegistry
) -> None:
    for endpoint in ("<unmatched>", "/1", "/2", "/3", "/4", "/5"):
        api.api_request_counter.labels("GET", endpoint, "200").inc()
    assert samples(registry, "http_requests_total")["/5", "GET", "200"] == 1


def test_a_value_outside_a_closed_set_counts_as_other(
    api: Any, registry: CollectorRegistry
) -> None:
    api.http_request_duration_seconds.labels("BREW").observe(1)
    assert samples(registry, "http_request_duration_seconds_count")["OTHER",] == 1
    assert api.as_method("POST") == "POST"
    assert api.as_method("BREW") == "OTHER"


def test_a_value_that_no_other_stands_for_is_logged_once_and_not_counted(
    api: Any, registry: CollectorRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    for value in ("error", "failed", "error"):
        api.jobs_total.labels(value).inc()
    api.jobs_running.labels("lost").set(3)
    with api.jobs_running.labels("lost").track_inprogress():
        api.jobs_running.labels("lost").dec()
    assert samples(registry, "jobs_total") == {("success",): 0, ("failure",): 0}
    assert samples(registry, "jobs_running") == {("fast",): 0, ("slow",): 0}
    assert [record.getMessage() for record in caplog.records] == [
        "label status of jobs_total has no value 'error', so it is not counted; it has"
        " 'success', 'failure'",
        "label queue of jobs_running has no value 'lost', so it is not counted; it has"
        " 'fast', 'slow'",
    ]


def test_strict_metrics_raise_for_a_value_that_no_other_stands_for(
    api: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "label status of jobs_total has no value 'error'; it has 'success', 'failure'"
    with pytest.raises(ValueError, match=said):
        api.Metrics(CollectorRegistry(), strict=True).jobs_total.labels("error")
    monkeypatch.setenv("PROMETHEUS_STRICT_LABELS", "true")
    with pytest.raises(ValueError, match=said):
        api.Metrics(CollectorRegistry()).jobs_total.labels("error")
    api.Metrics(CollectorRegistry(), strict=False).jobs_total.labels("error").inc()
    monkeypatch.setenv("PROMETHEUS_STRICT_LABELS", "maybe")
    with pytest.raises(ValueError, match="PROMETHEUS_STRICT_LABELS is 'maybe'"):
        api.Metrics(CollectorRegistry())


def test_a_closed_set_keeps_all_its_values_however_few_are_expected(
    api: Any, registry: CollectorRegistry
) -> None:
    assert STATUS.max_values == 2
    for status in (*STATUS.values, "418"):
        api.api_request_counter.labels("GET", "/", status).inc()
    assert {key[2] for key in samples(registry, "http_requests_total")} == {
        "200",
        "404",
        "500",
        "more",
    }


@pytest.mark.parametrize("label", ["\ud800", "a\udcffb"])
def test_a_value_that_utf_8_cannot_hold_is_written_out(
    label: str, api: Any, registry: CollectorRegistry
) -> None:
    api.api_request_counter.labels("GET", label, "200").inc()
    escaped = label.encode("utf-8", "backslashreplace").decode()
    assert samples(registry, "http_requests_total") == {(escaped, "GET", "200"): 1}
    generate_latest(registry)


def test_values_that_are_no_plain_text_count_as_what_they_say(
    api: Any, registry: CollectorRegistry
) -> None:
    class Verb(str, Enum):  # noqa: UP042 - as code of today still has it; its str() is 'Verb.GET'
        GET = "GET"

    api.api_request_counter.labels(Verb.GET, "/", 200).inc()
    api.api_request_counter.labels("GET", "/", "200").inc()
    assert samples(registry, "http_requests_total") == {("/", "GET", "200"): 2}


def test_a_registry_of_ones_own_shares_nothing_with_the_default_one(
    api: Any, registry: CollectorRegistry
) -> None:
    own = CollectorRegistry()
    mine = api.Metrics(own)
    for number in range(9):
        mine.api_request_counter.labels("GET", f"/{number}", "200").inc()
    mine.connections.set(4)
    api.api_request_counter.labels("GET", "/8", "200").inc()
    assert samples(own, "connections") == {(): 4}
    assert samples(registry, "connections") == {(): 0}
    assert samples(registry, "http_requests_total") == {("/8", "GET", "200"): 1}


def test_importing_the_file_twice_and_reloading_it_gives_the_same_metrics(
    api: Any, registry: CollectorRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = loaded(tmp_path / "api.py", "another_name")
    (tmp_path / "reloaded_api.py").write_text(text_of(API), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    again = importlib.reload(importlib.import_module("reloaded_api"))
    del sys.modules["reloaded_api"]
    for number, module in enumerate((api, other, again)):
        for endpoint in range(3):
            module.api_request_counter.labels("GET", f"/{number}{endpoint}", "200").inc()
    assert len(samples(registry, "http_requests_total")) == 6
    assert again.connections is api.connections


def test_two_definitions_of_one_name_are_refused_as_prometheus_client_does(
    api: Any, tmp_path: Path
) -> None:
    changed = replace(
        module_of(Counter("jobs_total", "Jobs done.", labels=[QUEUE])), path="changed.py"
    )
    write(changed, tmp_path)
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        loaded(tmp_path / "changed.py")


@pytest.mark.parametrize(("variable", "created"), [(None, False), ("False", True), ("true", False)])
def test_created_series_are_left_out_unless_the_environment_decides(
    variable: str | None, created: bool, tmp_path: Path
) -> None:
    write(API, tmp_path)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != "PROMETHEUS_DISABLE_CREATED_SERIES"
    }
    environment |= {"PROMETHEUS_DISABLE_CREATED_SERIES": variable} if variable else {}
    script = "import api, prometheus_client; print(prometheus_client.generate_latest().decode())"
    assert ("_created" in output_of(script, tmp_path, environment)) is created
