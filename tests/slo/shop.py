"""A small project with one service, and what its rules say when the real promtool runs them on
made-up series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pbmon.catalog.catalog import load
from pbmon.checks.programs.binaries import run
from pbmon.plan.plan import Plan, resolve
from pbmon.render.artifacts import render
from promtool_output import as_go_quotes, results

PROJECT = """\
from pbmon import (
    Alert, Counter, Dashboard, Gauge, Histogram, Job, Label, Panel, Project, Record, Row, RuleGroup,
    Service, Slo, instance, job, up
)

project = Project(name="shop", title="Shop", runbook_url="https://example.com/runbooks")
service = Service("web", owner="sales", jobs=[Job("web", ["web:80"])], module="src/shop/metrics.py")
status = Label("status", "HTTP status.", values=("200", "500"))
path = Label("path", "Route.", values=("/a", "/b"))
requests = Counter("requests_total", "Requests answered.", labels=[status, path])
latency = Histogram("answer_seconds", "Time to answer.", labels=[path], buckets=[0.1, 0.3, 1])
healthy = Gauge("healthy", "1 while the shop sells.")
failed = requests.where(status.is_("500"))
"""
RATIO = (
    'slo = Slo("sales", "Customers get an answer.", bad=failed, total=requests,'
    ' objective="99.9"{})\n'
)
OK, FAILED = (
    f'requests_total{{job="web",instance="web:80",path="/a",status="{status}"}}'
    for status in (200, 500)
)
BUCKET = 'answer_seconds_{}{{job="web",instance="web:80",path="/a"{}}}'
HEALTHY = 'healthy{job="web",instance="web:80"}'
BUSY_THEN_QUIET = {OK: "0+5940x60 356406+6x540", FAILED: "0+60x60 3600x540"}
"""An hour at 6,000 requests a minute with 1 % errors, then nine at 6 a minute without."""
SPENT, LEFT = "job:slo_sales_errors:ratio_30d", "job:slo_sales_error_budget:remaining_30d"


def plan(folder: Path, text: str) -> Plan:
    """The plan of the project with these lines at its end."""
    definitions = folder / "definitions"
    definitions.mkdir(exist_ok=True)
    (definitions / "shop.py").write_text(PROJECT + text, "utf-8")
    return resolve(load(definitions))


def rule_files(made: Plan, folder: Path) -> list[str]:
    """Names of the rule files of the plan, written into the folder; records before alerts."""
    names = []
    for artifact in sorted(render(made, "rules"), key=lambda artifact: "alerts" in artifact.path):
        if artifact.path.endswith(".yml"):
            names.append(artifact.path.removeprefix("monitoring/").replace("/", "-"))
            (folder / names[-1]).write_text(artifact.text, "utf-8")
    return names


def values(
    promtool: Path,
    made: Plan,
    folder: Path,
    series: Mapping[str, str],
    asked: Sequence[tuple[str, int]],
    every: str = "1m",
    others: Mapping[str, str] | None = None,
) -> list[list[float]]:
    """What each (expression, minute) is worth, one value a series.

    series: a value each minute. every: evaluation interval. others: recording rules of other tools,
    evaluated beside the plan's.
    """
    # promtool shows them as written
    distinct = [(expr + " " * position, minute) for position, (expr, minute) in enumerate(asked)]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": numbers} for name, numbers in series.items()],
        "promql_expr_test": [
            {
                "expr": expr,
                "eval_time": f"{minute}m",
                "exp_samples": [{"labels": "never", "value": 0}],
            }
            for expr, minute in distinct
        ],
    }
    order = [group.name for group in (*made.recording, *made.alerting)]
    files = rule_files(made, folder)
    if others:
        rules = [{"record": name, "expr": expr} for name, expr in others.items()]
        (folder / "others.yml").write_text(
            yaml.safe_dump({"groups": [{"name": "others", "rules": rules}]}), "utf-8"
        )
        order, files = [*order, "others"], [*files, "others.yml"]
    suite = {
        "rule_files": files,
        "evaluation_interval": every,
        "group_eval_order": order,
        "tests": [test],
    }
    (folder / "test.yml").write_text(yaml.safe_dump(suite, width=10_000), "utf-8")
    output = run(promtool, ["test", "rules", "test.yml"], folder=folder)
    found = results(output.text)
    return [[value for _, value in found[as_go_quotes(expr)]] for expr, _ in distinct]


def firing(
    promtool: Path, made: Plan, folder: Path, series: Mapping[str, str], minutes: Sequence[int]
) -> list[set[str]]:
    """Names of the alerts that fire at each of the minutes."""
    names = [alert.name for alert in made.alerts]
    asked = [
        (f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) or vector(0)', minute)
        for minute in minutes
        for name in names
    ]
    counts = iter(values(promtool, made, folder, series, asked))
    return [{name for name in names if next(counts) != [0.0]} for _ in minutes]
