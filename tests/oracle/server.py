"""A real Prometheus that scrapes every second and forgets after 20, and what it says of alerts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from live.servers import eventually, free_port, running
from oracle.traces import Labels

LOOKBACK = "20s"
"""A fifteenth of the usual 5m."""

CONFIG = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [rules/*.yml]
scrape_configs:
  - job_name: trials
    honor_labels: true
    metrics_path: {path}
    static_configs: [targets: ['{exporter}']]
  - job_name: stalls
    static_configs:
"""
TARGET = """\
      - targets: ['{exporter}']
        labels: {{instance: 's{number}:80', __metrics_path__: /stalls/{number}}}
"""
"""One of three that can be down, all at the same address."""

STALLS = 3


@dataclass(frozen=True)
class Server:
    """A running one. version: as it names itself. folder: its rules are in folder/rules."""

    version: str
    url: str
    folder: Path

    def asked(self, path: str, **form: object) -> Any:
        """What it answers. Raises OSError where it does not."""
        question = f"{self.url}{path}" + (f"?{urlencode(form)}" if form else "")
        with urlopen(question, timeout=20) as reply:
            return json.load(reply)["data"]

    def load(self, rules: Mapping[str, str]) -> None:
        """Evaluate these rule files from now on, text by name."""
        (self.folder / "rules").mkdir()
        for name, text in rules.items():
            (self.folder / "rules" / f"{name}.yml").write_text(text, "utf-8")
        with urlopen(Request(f"{self.url}/-/reload", method="POST"), timeout=60):
            pass

    def firing(self, begin: float, end: float) -> dict[str, dict[Labels, list[float]]]:
        """Seconds since `begin` at which an alert fires, by its name and by its labels."""
        data = self.asked(
            "/api/v1/query_range",
            query='ALERTS{alertstate="firing"}',
            start=f"{begin:.3f}",
            end=f"{end:.3f}",
            step=1,
        )
        fired: dict[str, dict[Labels, list[float]]] = defaultdict(dict)
        for series in data["result"]:
            labels = dict(series["metric"])
            name = labels.pop("alertname")
            rest = {key: labels[key] for key in labels if key not in {"__name__", "alertstate"}}
            moments = [float(time) - begin for time, _ in series["values"]]
            fired[name][tuple(sorted(rest.items()))] = moments
        return fired

    def errors(self) -> dict[str, str]:
        """What it says of rules that it cannot evaluate, by the alert's or record's name."""
        groups = self.asked("/api/v1/rules")["groups"]
        return {
            rule["name"]: rule["lastError"]
            for group in groups
            for rule in group["rules"]
            if rule.get("lastError")
        }

    def course(self, query: str, begin: float, end: float) -> list[tuple[str, str]]:
        """Labels and values of an expression, every three seconds; for somebody to read."""
        times = {"start": f"{begin:.3f}", "end": f"{end:.3f}", "step": 3}
        data = self.asked("/api/v1/query_range", query=query, **times)
        return [
            (str(series["metric"]), _brief(series["values"], begin)) for series in data["result"]
        ]


def _brief(values: Sequence[tuple[float, str]], begin: float) -> str:
    return " ".join(f"{time - begin:.0f}s:{float(value):.6g}" for time, value in values)


@contextmanager
def server(program: Path, folder: Path, exporter: str) -> Iterator[Server]:
    """One without rules, ready."""
    folder.mkdir()
    port = free_port()
    address = f"127.0.0.1:{port}"
    config = folder / "prometheus.yml"
    host = exporter.removeprefix("http://")
    stalls = [TARGET.format(exporter=host, number=number) for number in range(STALLS)]
    text = CONFIG.format(exporter=host, path=f"/{folder.name}") + "".join(stalls)
    config.write_text(text, "utf-8")
    command = [
        str(program),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        f"--query.lookback-delta={LOOKBACK}",
        "--web.enable-lifecycle",
        "--log.level=warn",
    ]
    log = folder / "log.txt"
    with running(command, log):
        unnamed = Server("", f"http://{address}", folder)
        build = eventually(lambda: unnamed.asked("/api/v1/status/buildinfo"), bool, 60)
        yield Server(build["version"], unnamed.url, folder)
