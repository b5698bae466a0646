"""What `pbmon audit` takes for 1,000 dashboards of 20 panels and 5,000 rules, on one core.

usage: python benchmarks/audit.py [--services 1000]

Exits 1 where it takes a minute or more. Runs on Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PANELS = 20
MOST_SECONDS = 60.0
"""Of the processor."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--services", type=int, default=1_000)
    services = parser.parse_args().services
    with tempfile.TemporaryDirectory() as folder:
        for number in range(services):
            name = f"service{number}"
            Path(folder, f"{name}.json").write_text(json.dumps(dashboard(name), indent=2), "utf-8")
            Path(folder, f"{name}.yml").write_text(json.dumps(rules(name), indent=2), "utf-8")
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        command = [
            sys.executable,
            "-c",
            "from pbmon.cli import main; main()",
            "audit",
            "--no-cache",
        ]
        run = subprocess.run([*command, folder], capture_output=True, text=True, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    print(run.stdout.splitlines()[-1] if run.stdout else run.stderr)
    print(f"{seconds:.1f} s of the processor, {used.ru_maxrss // 1024} MiB at most")
    return run.returncode or int(seconds >= MOST_SECONDS)


def rules(name: str) -> dict[str, Any]:
    """A record and four alerts of different kinds."""
    errors, latency = f"job:{name}_errors:ratio_rate5m", f"{name}_latency_seconds_bucket"
    share = f"sum by (job) (rate({name}_errors_total[5m]))"
    alerts = {
        "ErrorRate": f"{errors} > 0.05",
        "Slow": f"histogram_quantile(0.95, sum by (le, job) (rate({latency}[5m]))) > 0.5",
        "Down": f'up{{job="{name}"}} == 0',
        "Queue": f"max by (job) ({name}_queue_size) / max by (job) ({name}_queue_limit) > 0.9",
    }
    written = [
        {
            "alert": f"{name}{kind}",
            "expr": expr,
            "for": "5m",
            "labels": {"severity": "warning"},
            "annotations": {"summary": f"{name}: {{{{ $labels.job }}}} at {{{{ $value }}}}"},
        }
        for kind, expr in alerts.items()
    ]
    record = {"record": errors, "expr": f"{share} / sum by (job) (rate({name}_requests_total[5m]))"}
    return {"groups": [{"name": name, "rules": [record, *written]}]}


def dashboard(name: str) -> dict[str, Any]:
    """Panels of five kinds of queries."""
    queries = [
        'sum by (status) (rate({name}_requests_total{{job="$job"}}[$__rate_interval]))',
        "histogram_quantile(0.9, sum by (le) (rate({name}_latency{at}_seconds_bucket[5m])))",
        "sum(rate({name}_errors{at}_total[5m])) / sum(rate({name}_requests_total[5m]))",
        '{name}_queue{at}_size{{job="$job"}}',
        "max by (instance) ({name}_memory{at}_bytes) / 1024",
    ]
    panels = [
        {
            "title": f"Panel {at}",
            "type": "timeseries",
            "datasource": {"type": "prometheus", "uid": "${source}"},
            "fieldConfig": {"defaults": {"unit": "short"}},
            "targets": [{"refId": "A", "expr": queries[at % 5].format(name=name, at=at)}],
        }
        for at in range(PANELS)
    ]
    variables = [
        {"name": "source", "type": "datasource", "query": "prometheus"},
        {"name": "job", "type": "query", "query": f"label_values({name}_requests_total, job)"},
    ]
    return {
        "title": name,
        "schemaVersion": 39,
        "templating": {"list": variables},
        "panels": panels,
    }


if __name__ == "__main__":
    sys.exit(main())
