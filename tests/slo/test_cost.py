"""What the windows of an objective cost a real Prometheus, and what they read there, over 30 days
of samples.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pbmon.expr.text import promql
from slo.documented import row
from slo.shop import RATIO, plan

END = 1_760_400_000
DAYS = 30
BUSY = (END - 10 * 3600, END - 9 * 3600)
READ = {"5m": 2, "30m": 60, "1h": 120, "2h": 240, "6h": 144, "1d": 576, "3d": 1728, "30d": 17_280}
"""Samples that each window reads, errors and total together."""
MEANS = {window: READ[window] // 2 for window in ("1h", "6h", "1d", "3d")}
"""Samples that the mean traffic of each alert's long window reads."""


def samples() -> Iterator[str]:
    """The recorded events: 0.1 a second, and 100 with 1 % errors in the one busy hour, ten hours
    before the end.
    """
    for suffix, step, days in (("_every5m", 300, DAYS), ("", 60, 1)):
        times = range(END - days * 86_400 + step, END + step, step)
        busy = {at for at in times if BUSY[0] < at <= BUSY[1]}
        for what, often, seldom in (("total", 100, 0.1), ("errors", 1, 0)):
            name = f"job:slo_sales_{what}:rate5m{suffix}"
            yield f"# TYPE {name} unknown\n"
            yield from (
                f'{name}{{job="web"}} {often if at in busy else seldom} {at}\n' for at in times
            )
    yield "# EOF\n"


@pytest.fixture(scope="module")
def ask(
    prometheus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Asks a Prometheus with those samples for an expression at their end."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "samples.txt").write_text("".join(samples()), "utf-8")
    (folder / "prometheus.yml").write_text("", "utf-8")
    # one block: without that there are 360, which Prometheus would merge for half a minute
    create = ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h"]
    create += [folder / "samples.txt", folder / "data"]
    subprocess.run([prometheus.with_name("promtool"), *create], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
    ]
    options += [f"--web.listen-address={address}", "--storage.tsdb.retention.time=100y"]
    server = subprocess.Popen(
        [prometheus, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def answer(expr: str) -> dict[str, Any]:
        asked = urllib.parse.urlencode({"query": expr, "time": END, "stats": "all"})
        with urllib.request.urlopen(
            f"http://{address}/api/v1/query?{asked}", timeout=60
        ) as response:
            return json.load(response)["data"]  # type: ignore[no-any-return]

    try:
        _await(f"http://{address}/-/ready", server)
        yield answer
    finally:
        server.terminate()
        server.wait(30)


def _await(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            assert server.poll() is None, "Prometheus ended while it started"
            time.sleep(0.1)
    pytest.fail("Prometheus is not ready after 30 seconds")


@pytest.fixture(scope="module")
def exprs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The expressions over time of an objective with a minimum of traffic: `errors:ratio_1h`,
    `total:mean_1h` …
    """
    made = plan(tmp_path_factory.mktemp("shop"), RATIO.format(', minimum_traffic="0.5"'))
    found = {
        record.name.removeprefix("job:slo_sales_"): promql(record.expr) for record in made.records
    }
    return {
        name: expr
        for name, expr in found.items()
        if name.startswith(("errors:ratio_", "total:mean_"))
    }


WINDOWS = {f"errors:ratio_{window}": cost for window, cost in READ.items()} | {
    f"total:mean_{w}": cost for w, cost in MEANS.items()
}


def test_there_is_a_measured_cost_for_every_window(exprs: dict[str, str]) -> None:
    assert exprs.keys() == WINDOWS.keys()


def test_the_documented_costs_are_the_measured_ones() -> None:
    costs = [f"{cost:,}" for cost in (*READ.values(), sum(READ.values()))]
    assert [*READ, "all"] == ["5m", *row("5m")]
    assert costs == ["2", *row("2")]


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_reads_no_more_samples_than_documented(
    ask: Callable[[str], dict[str, Any]], exprs: dict[str, str], window: str
) -> None:
    assert ask(exprs[window])["stats"]["samples"]["totalQueryableSamples"] == WINDOWS[window]


def test_thirty_days_weigh_their_busy_hour(
    ask: Callable[[str], dict[str, Any]], exprs: dict[str, str]
) -> None:
    """3,600 of 360,000 + a tenth of 719 hours in seconds events are bad."""
    ((_, value),) = (series["value"] for series in ask(exprs["errors:ratio_30d"])["result"])
    assert float(value) == pytest.approx(3600 / (360_000 + 0.1 * 719 * 3600))
