"""Expositions read directly, without Prometheus between.

Formats: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
"""

from __future__ import annotations

import re
from collections import defaultdict

from pbmon.live.seen import Exposure, Family, Labels
from pbmon.live.servers.client import Client, Unreachable
from pbmon.live.servers.limits import EXPOSITION, Budget

ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"

_ABOUT = re.compile(r"#\s+(TYPE|HELP|UNIT)\s+([a-zA-Z_:][\w:]*)[ \t]?(.*)")
_SAMPLE = re.compile(
    r'([a-zA-Z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s*[-+.\w]+(?:\s.*)?'
)
_LABEL = re.compile(r'([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")


def scrape(client: Client, kept: Budget) -> Exposure:
    """What the address exposes now. Raises Unreachable where that is no exposition, and what
    Client.ask raises.
    """
    answer = client.ask("", accept=ACCEPT)
    if answer.status != 200:
        raise Unreachable(
            f"{client} answers with status {answer.status}",
            "name the whole address of the metrics, as /metrics",
        )
    kept.charge(client, answer.body, EXPOSITION)
    try:
        return parse(answer.body.decode("utf-8"))
    except ValueError as error:
        raise client.nonsense(str(error)) from None


def parse(text: str) -> Exposure:
    """An exposition in the text format or OpenMetrics. Raises ValueError naming the line that is
    neither.
    """
    about: dict[str, dict[str, str]] = defaultdict(dict)
    series: dict[str, list[Labels]] = defaultdict(list)
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        if found := _ABOUT.match(line):
            about[found[2]][found[1]] = _unescaped(found[3])
        elif line and not line.startswith("#"):
            sample = _SAMPLE.fullmatch(line)
            if sample is None:
                raise ValueError(f"text that is no exposition (line {number})")
            series[sample[1]].append(
                {name: _unescaped(value) for name, value in _LABEL.findall(sample[2] or "")}
            )
    families = {
        name: Family(
            facts.get("TYPE", "unknown").replace("untyped", "unknown"),
            facts.get("HELP", ""),
            facts.get("UNIT", ""),
        )
        for name, facts in about.items()
    }
    return Exposure("the exposition", families, dict(series))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
