"""Alerts whose expressions are easy to get wrong, tried on series with the real promtool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pbmon.checks.programs.binaries import run
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert, text

API = 'job="pybase-api",instance="api:8000",method="GET",endpoint="/records"'
REDIS = 'job="redis",instance="redis-exporter:9121"'
NODE = 'job="node",instance="node-exporter:9100",device="d",device_error=""'
OK, FAILED = (
    f'http_requests_total{{{API},status="200"}}',
    f'http_requests_total{{{API},status="500"}}',
)

# what happens, the series (a sample each 15 s), the alert, the minutes in which it fires
CASES = [
    (
        "errors jump from nothing to a half, in a series that did not exist before",
        {OK: "0+100x80 8050+50x80", FAILED: "_x80 50+50x80"},
        "ErrorRateSpike",
        {21: 0, 23: 1, 26: 1, 35: 0},
    ),
    (
        "errors jump to barely more than a tenth",
        {OK: "0+100x80 8088+88x80", FAILED: "_x80 12+12x80"},
        "ErrorRateSpike",
        {21: 0, 25: 1},
    ),
    (
        "the first traffic there is fails",
        {OK: "0x80 50+50x80", FAILED: "_x80 50+50x80"},
        "ErrorRateSpike",
        {24: 1},
    ),
    ("a half fails all the time", {OK: "0+50x160", FAILED: "0+50x160"}, "ErrorRateSpike", {30: 0}),
    (
        "a half fails all the time",
        {OK: "0+50x160", FAILED: "0+50x160"},
        "HighAPIErrorRate",
        {30: 1},
    ),
    ("nothing has ever failed", {OK: "0+50x160"}, "HighAPIErrorRate", {30: 0}),
    (
        "memory of a Redis without a limit",
        {
            f"redis_memory_used_bytes{{{REDIS}}}": "9e9x160",
            f"redis_memory_max_bytes{{{REDIS}}}": "0x160",
        },
        "RedisMemoryHigh",
        {30: 0},
    ),
    (
        "an image that is full by design, a full disk beside it",
        {
            f'node_filesystem_{what}{{{NODE},fstype="{kind}",mountpoint="{place}"}}': f"{value}x160"
            for place, kind, readonly in (
                ("/snap", "squashfs", 0),
                ("/cdrom", "ext4", 1),
                ("/", "ext4", 0),
            )
            for what, value in (("avail_bytes", 1), ("size_bytes", 100), ("readonly", readonly))
        },
        "HighDiskUsage",
        {30: 1},
    ),
    (
        "requests are no longer counted, though the API answers",
        {'up{job="pybase-api",instance="api:8000"}': "1x160", OK: "0+50x20 _x140"},
        "APIRequestsAbsent",
        {5: 0, 35: 1},
    ),
]


def rule(planned: Any) -> dict[str, Any]:
    """Without annotations, which promtool would want repeated."""
    if isinstance(planned, PlannedAlert):
        return {"alert": planned.name, "expr": text(planned), "for": planned.for_}
    return {"record": planned.name, "expr": text(planned)}


def rules_of(alert: str, plan: Plan) -> list[dict[str, Any]]:
    """The groups with the alert and the records below it, without other rules: promtool evaluates
    all that it gets at each step.
    """
    (planned,) = (each for each in plan.alerts if each.name == alert)
    wanted = {alert, *plan.lineage.records(planned.expr)}
    groups = [
        {"name": group.name, "rules": [rule(each) for each in group.rules if each.name in wanted]}
        for group in (*plan.recording, *plan.alerting)
    ]
    return [group for group in groups if group["rules"]]


@pytest.mark.parametrize(
    ("story", "series", "alert", "firing"), CASES, ids=[f"{case[2]}: {case[0]}" for case in CASES]
)
def test_alert_fires_when_and_only_when_it_should(
    pybase: Plan,
    promtool: Path,
    tmp_path: Path,
    story: str,
    series: dict[str, str],
    alert: str,
    firing: dict[int, int],
) -> None:
    expr = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)'
    test = {
        "interval": "15s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": expr,
                "eval_time": f"{minute}m",
                "exp_samples": [{"labels": "{}", "value": count}],
            }
            for minute, count in firing.items()
        ],
    }
    suite = {"rule_files": ["rules.yml"], "evaluation_interval": "15s", "tests": [test]}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": rules_of(alert, pybase)}))
    (tmp_path / "test.yml").write_text(yaml.safe_dump(suite))
    output = run(promtool, ["test", "rules", "test.yml"], folder=tmp_path)
    assert output.code == 0, f"{story}: {output.text}"
