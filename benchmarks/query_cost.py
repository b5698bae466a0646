"""What one refresh of the API dashboard costs Prometheus, as samples it has to read.

usage: python benchmarks/query_cost.py DASHBOARD.json [--prometheus PROGRAM] [--promtool PROGRAM]

Fills a Prometheus with one hour of every series the dashboard's queries can select, for 200
endpoints, 5 methods, 6 statuses and 14 buckets on one instance, asks every query over that hour at
a step of 15 s as Grafana would, and adds up `totalQueryableSamples`. Any dashboard with the same
metrics can be measured: hand-written ones too.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from itertools import product
from pathlib import Path
from typing import Any

import promql_parser

STEP, MINUTES = 15, 75
END = 1_760_000_000
BOUNDS = (
    "0.005",
    "0.01",
    "0.025",
    "0.05",
    "0.075",
    "0.1",
    "0.25",
    "0.5",
    "0.75",
    "1.0",
    "2.5",
    "5.0",
    "7.5",
    "10.0",
    "+Inf",
)
VALUES = {
    "method": ("GET", "POST", "PUT", "PATCH", "DELETE"),
    "endpoint": tuple(f"/api/v1/endpoint/{number}" for number in range(200)),
    "status": ("200", "201", "204", "404", "422", "500"),
    "le": BOUNDS,
}
RAW = {
    "http_requests_total": ("method", "endpoint", "status"),
    "http_request_duration_seconds_bucket": ("method", "endpoint", "le"),
    "http_request_duration_seconds_count": ("method", "endpoint"),
    "http_request_duration_seconds_sum": ("method", "endpoint"),
}


def queries(dashboard: dict[str, Any]) -> list[str]:
    """Every query of the dashboard, variables filled in for one job and one instance."""
    panels = [
        inner for panel in dashboard["panels"] for inner in (panel, *(panel.get("panels") or ()))
    ]
    found = [target["expr"] for panel in panels for target in panel.get("targets") or ()]
    filled = {
        "$job": "pybase-api",
        "$instance": "api:8000",
        "$__rate_interval": "1m",
        "$__interval": "15s",
        "$__range": "1h",
    }
    for variable, value in filled.items():
        found = [expr.replace(variable, value) for expr in found]
    return found


def series(exprs: list[str]) -> dict[str, tuple[str, ...]]:
    """Names that the queries select, each with the labels its series carry besides job and
    instance.
    """
    found: dict[str, tuple[str, ...]] = {}

    def visit(node: Any) -> bool:
        if isinstance(node, promql_parser.VectorSelector) and node.name:
            level = node.name.partition(":")[0]
            recorded = (
                tuple(label for label in VALUES if re.search(rf"(^|_){label}(_|$)", level))
                if ":" in node.name
                else ()
            )
            found[node.name] = RAW.get(node.name, recorded)
        return True

    for expr in exprs:
        promql_parser.walk(promql_parser.parse(expr), visit)
    return found


def openmetrics(selected: dict[str, tuple[str, ...]], file: Path) -> int:
    """Write the samples of all series; returns how many series there are."""
    times = range(END - MINUTES * 60, END + STEP, STEP)
    count = 0
    with file.open("w", encoding="utf-8") as out:
        for name, labels in sorted(selected.items()):
            out.write(f"# TYPE {name} unknown\n")
            for values in product(*(VALUES[label] for label in labels)):
                pairs = [f'{label}="{value}"' for label, value in zip(labels, values, strict=True)]
                target = (
                    ['job="pybase-api"']
                    if ":" in name
                    else ['job="pybase-api"', 'instance="api:8000"']
                )
                text = f"{name}{{{','.join([*pairs, *target])}}}"
                out.writelines(f"{text} {number} {at}\n" for number, at in enumerate(times))
                count += 1
        out.write("# EOF\n")
    return count


def ask(port: int, expr: str) -> int:
    """Samples that one query over the hour reads."""
    asked = {"query": expr, "start": END - 3600, "end": END, "step": STEP, "stats": "all"}
    with urllib.request.urlopen(
        f"http://127.0.0.1:{port}/api/v1/query_range?{urllib.parse.urlencode(asked)}", timeout=300
    ) as answer:
        stats = json.load(answer)["data"]["stats"]
    return int(stats["samples"]["totalQueryableSamples"])


def main() -> None:
    """Measure one dashboard and print its queries, most expensive first."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("dashboard", type=Path)
    arguments.add_argument("--prometheus", default="prometheus")
    arguments.add_argument("--promtool", default="promtool")
    given = arguments.parse_args()
    exprs = queries(json.loads(given.dashboard.read_text("utf-8")))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = openmetrics(series(exprs), folder / "samples.txt")
        create = [
            given.promtool,
            "tsdb",
            "create-blocks-from",
            "openmetrics",
            folder / "samples.txt",
            folder / "data",
        ]
        subprocess.run(create, check=True, capture_output=True)
        (folder / "prometheus.yml").write_text("")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = [
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--storage.tsdb.retention.time=100y",
            "--query.max-samples=2000000000",
            "--query.timeout=10m",
        ]
        server = subprocess.Popen(
            [given.prometheus, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1)
                    break
                except OSError:
                    time.sleep(0.1)
            began = time.monotonic()
            costs = [(ask(port, expr), expr) for expr in exprs]
            took = time.monotonic() - began
        finally:
            server.terminate()
            server.wait(30)
    for samples, expr in sorted(costs, reverse=True):
        print(f"{samples:>15,}  {expr}")
    print(
        f"{sum(samples for samples, _ in costs):>15,}  samples in {len(costs)} queries over"
        f" {count:,} series, {took:.2f} s"
    )


if __name__ == "__main__":
    main()
