"""Reads expositions directly, without Prometheus.

Formats: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from io import StringIO
from typing import TextIO, cast

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

from pbmon.live.seen import Exposure, Family, Labels
from pbmon.live.servers.client import Client, Unreachable
from pbmon.live.servers.limits import EXPOSITION, Budget

OPENMETRICS = "application/openmetrics-text"
ACCEPT = f"text/plain;version=0.0.4,{OPENMETRICS};version=1.0.0;q=0.1"
"""The text format first: the parser of OpenMetrics refuses names that Prometheus takes, such as
a gauge `x_total` beside a counter `x`.
"""
_COUNTER = re.compile(r"#[ \t]+TYPE[ \t]+(\S+)[ \t]+counter\s")
LONGEST = 2**16
"""Characters of a line. The time that the parsers take for one grows with the square."""


def scrape(client: Client, budget: Budget) -> Exposure:
    """What the address exposes now. Raises Unreachable where that is no exposition, and what
    Client.ask raises.
    """
    answer = client.ask("", accept=ACCEPT)
    if answer.status != 200:
        raise Unreachable(
            f"{client} answers with status {answer.status}",
            "name the whole address of the metrics, as /metrics",
        )
    budget.charge(client, answer.body, EXPOSITION)
    try:
        return parse(answer.body.decode("utf-8"), answer.type)
    except ValueError as error:
        raise client.nonsense(str(error)) from None


def parse(text: str, type: str = "text/plain") -> Exposure:
    """An exposition in the text format, or in OpenMetrics where its media type says so. Raises
    ValueError naming the line that is neither.
    """
    lines = _Lines(text, type != OPENMETRICS)
    read = (
        openmetrics_parser.text_fd_to_metric_families
        if type == OPENMETRICS
        else parser.text_fd_to_metric_families
    )
    families: dict[str, Family] = {}
    series: dict[str, list[Labels]] = defaultdict(list)
    try:
        for family in read(cast(TextIO, lines)):
            if family.type != "unknown" or family.documentation:
                families[family.name] = Family(family.type, family.documentation, family.unit)
            for sample in family.samples:
                series[lines.names.get(sample.name, sample.name)].append(sample.labels)
    # the parsers raise any of these for text that they do not expect
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ValueError(f"text that is no exposition (line {lines.number})") from None
    return Exposure("the exposition", families, dict(series))


class _Lines:
    """The lines of a text, as a file gives them; number: of the last one.

    names: of counters without `_total`, by the name that the parser of the text format gives their
    samples.
    """

    def __init__(self, text: str, is_text_format: bool) -> None:
        self._text = StringIO(text)
        self._counter = _COUNTER if is_text_format else None
        self.number = 0
        self.names: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.number += 1
            if len(line) > LONGEST:
                raise ValueError("a line that is too long")
            if self._counter and (counter := self._counter.match(line)):
                self._note(counter[1])
            yield line

    def _note(self, name: str) -> None:
        if name.endswith("_total"):
            self.names[name] = name
        else:
            self.names.setdefault(f"{name}_total", name)
