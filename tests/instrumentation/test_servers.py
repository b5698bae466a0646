"""The generated middleware and page behind a real server."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from instrumentation.servers import Client, abandoned, fetched, shown, uvicorn, wait

pytestmark = pytest.mark.slow  # starts servers

PAGE = "/api/v1/metrics"
REQUESTS = 2_000
KILLS = 5
LATER = 20
"""Seconds in which a server has surely noticed."""


@pytest.mark.parametrize(
    ("request_text", "endpoint", "method"),
    [
        ("GET /endless HTTP/1.1\nHost: x\n\n", "/endless", "GET"),
        ("GET /slow?pause=1 HTTP/1.1\nHost: x\n\n", "/slow", "GET"),
        ("POST /read HTTP/1.1\nHost: x\nContent-Length: 9\n\nhalf", "/read", "POST"),
    ],
)
@pytest.mark.parametrize("protocol", ["h11", "httptools"])
def test_a_client_that_hangs_up_counts_as_499(
    sources: Path, protocol: str, request_text: str, endpoint: str, method: str
) -> None:
    series = f'http_requests_total{{endpoint="{endpoint}",method="{method}",status="499"}}'
    with uvicorn(sources, "--http", protocol) as port:
        abandoned(port, request_text, 0.3)
        wait(lambda: shown(fetched(port, PAGE)[1], "http_requests_total").get(series) == 1, LATER)
        assert set(shown(fetched(port, PAGE)[1], "http_requests_total")) == {series}


def test_thousands_of_requests_to_four_workers_that_are_killed_add_up_in_every_scrape(
    sources: Path, tmp_path: Path
) -> None:
    sure = 0
    lost = 0
    lock = threading.Lock()
    own = threading.local()

    def ask(port: int, number: int) -> None:
        nonlocal sure, lost
        try:
            own.client = getattr(own, "client", None) or Client(port)
            status = own.client.get(f"/quick/{number}")
        except OSError:
            own.client = None
            with lock:
                lost += 1
            return
        with lock:
            sure += status == 200

    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    (tmp_path / "x").touch()  # a file of somebody else
    name, series = (
        "http_requests_total",
        'http_requests_total{endpoint="/quick/{number}",method="GET",status="200"}',
    )
    with (
        uvicorn(sources, "--workers", "4", environment=environment) as port,
        ThreadPoolExecutor(8) as clients,
    ):
        requests = [clients.submit(ask, port, number) for number in range(REQUESTS)]
        last: dict[str, float] = {}
        kills = 0
        while kills < KILLS or not all(request.done() for request in requests):
            time.sleep(0.05)
            with lock:
                least = sure
            try:
                status, page = fetched(port, PAGE)
                if sure > kills * REQUESTS // KILLS:
                    kills += 1
                    fetched(port, "/kill")
            except OSError:
                continue
            assert status == 200, page
            now = {
                series: value
                for family in (
                    name,
                    *(
                        f"http_request_duration_seconds_{suffix}"
                        for suffix in ("sum", "count", "bucket")
                    ),
                )
                for series, value in shown(page, family).items()
            }
            assert {
                series: (value, now.get(series))
                for series, value in last.items()
                if now.get(series, 0) < value
            } == {}
            assert now.get(series, 0) >= least
            last = now
        total = shown(fetched(port, PAGE)[1], name)[series]
        assert sure <= total <= sure + lost
        assert lost <= kills * 9
        files = [file.name for file in tmp_path.glob("counter_*.db")]
        assert len(files) <= 1 + 4, files


def test_gauges_of_ended_workers_are_gone_and_process_metrics_are_there(
    sources: Path, tmp_path: Path
) -> None:
    with uvicorn(
        sources, "--workers", "2", environment={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    ) as port:
        wait(
            lambda: (
                sum(shown(fetched(port, PAGE)[1], "websocket_connections_active").values())
                in {1, 2}
            ),
            LATER,
        )
        for _ in range(3):
            with pytest.raises(OSError):
                fetched(port, "/kill")
        wait(
            lambda: not any(shown(fetched(port, PAGE)[1], "websocket_connections_active").values()),
            LATER,
        )
        page = fetched(port, PAGE)[1]
    for name in (
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        "process_open_fds",
    ):
        assert list(shown(page, name)) == [name]
    assert "python_info" in page
    assert (
        shown(page, "process_resident_memory_bytes")["process_resident_memory_bytes"]
        > 2 * 10_000_000
    )
    assert "_created" not in page
