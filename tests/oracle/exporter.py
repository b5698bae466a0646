"""A fake exporter: shows the series of all trials, as they are at the moment of the scrape."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import groupby

from live.servers import answer, http
from oracle.traces import Exposed, Trace
from pbmon.expr.text import quoted

INTERVAL = 1.0
"""Seconds between two scrapes; see Exporter."""


class Exporter:
    """begin: of the trials, seconds since 1970; nothing is shown before. stalls: by path, whether a
    target that shows nothing answers.

    A scrape that comes late by less than half an interval counts as punctual, and samples carry
    that moment: with everything fifteen times faster, a machine that is busy for 100 ms would else
    look like one that is busy for more than a second. Series that come and go carry no moment, for
    Prometheus would not notice that they are gone.
    """

    def __init__(self, stalls: Mapping[str, Trace]) -> None:
        self.begin = float("inf")
        self._stalls = stalls
        self._families: list[tuple[str, list[tuple[str, Trace, bool]]]] = []
        self._phases: dict[str, float] = {}

    def show(self, series: Iterable[Exposed], begin: float) -> None:
        """From that moment on."""
        for (name, kind), members in groupby(series, key=lambda one: one.family):
            lines = [(_head(one), one.trace, one.trace.lasts) for one in members]
            self._families.append((f"# TYPE {name} {kind}\n", lines))
        self.begin = begin

    @contextmanager
    def serving(self) -> Iterator[str]:
        """`http://host:port`; each server has to ask for a path of its own."""
        with http(self._reply) as url:
            yield url

    def _reply(self, request: BaseHTTPRequestHandler) -> None:
        if stall := self._stalls.get(request.path):
            up = stall.at(time.time() - self.begin)
            answer(request, "", 200 if up else 503, kind="text/plain; version=0.0.4")
            return
        answer(request, self._page(self._moment(request.path)), kind="text/plain; version=0.0.4")

    def _moment(self, path: str) -> float:
        """The scrape's moment, to a millisecond."""
        now = time.time()
        phase = self._phases.setdefault(path, now % INTERVAL)
        return round(phase + round((now - phase) / INTERVAL) * INTERVAL, 3)

    def _page(self, now: float) -> str:
        if now < self.begin:
            return ""
        seconds, stamp = now - self.begin, f" {round(now * 1000)}\n"
        lines = []
        for head, members in self._families:
            lines.append(head)
            for name, trace, lasts in members:
                value = trace.at(seconds)
                if value is not None:
                    lines.append(f"{name} {value!r}{stamp if lasts else chr(10)}")
        return "".join(lines)


def _head(series: Exposed) -> str:
    return f"{series.name}{{{','.join(f'{name}={quoted(text)}' for name, text in series.labels)}}}"
