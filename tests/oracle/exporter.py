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

AHEAD = 3
"""Seconds; see Exporter."""


class Exporter:
    """begin: of the trials, seconds since 1970; nothing is shown before. stalls: by path, whether a
    target that shows nothing answers.

    Samples are a second apart, carry their time, and come three seconds early. So every evaluation
    finds all that were due, though a scrape is late: with everything fifteen times faster, a
    machine that is busy for 100 ms would else look like one that is busy for more than a second.
    Series that come and go carry no time, for Prometheus would not notice that they are gone.
    """

    def __init__(self, stalls: Mapping[str, Trace]) -> None:
        self.begin = float("inf")
        self._stalls = stalls
        self._families: list[tuple[str, list[tuple[str, Trace]], list[tuple[str, Trace]]]] = []
        self._shown: dict[str, int] = {}

    def show(self, series: Iterable[Exposed], begin: float) -> None:
        """From that moment on."""
        for (name, kind), members in groupby(series, key=lambda one: one.family):
            of_name = [(one.trace.lasts, _head(one), one.trace) for one in members]
            lasting = [(head, trace) for lasts, head, trace in of_name if lasts]
            others = [(head, trace) for lasts, head, trace in of_name if not lasts]
            self._families.append((f"# TYPE {name} {kind}\n", lasting, others))
        self.begin = begin

    @contextmanager
    def serving(self) -> Iterator[str]:
        """`http://host:port`; each server has to ask for a path of its own."""
        with http(self._reply) as url:
            yield url

    def _reply(self, request: BaseHTTPRequestHandler) -> None:
        passed, stall = time.time() - self.begin, self._stalls.get(request.path)
        page = "" if stall else self._page(request.path, passed)
        up = stall is None or stall.at(passed)
        answer(request, page, 200 if up else 503, kind="text/plain; version=0.0.4")

    def _page(self, path: str, passed: float) -> str:
        if passed < -AHEAD:
            return ""
        first, end = self._shown.get(path, 0), int(passed + AHEAD) + 1
        self._shown[path] = max(first, end - 1)  # the newest again, lest a page be lost
        lines = []
        for head, lasting, others in self._families:
            lines.append(head)
            for second in range(first, end):
                stamp = round((self.begin + second) * 1000)
                lines += [f"{name} {trace.at(second)!r} {stamp}\n" for name, trace in lasting]
            if passed >= 0:
                now = [(name, trace.at(passed)) for name, trace in others]
                lines += [f"{name} {value!r}\n" for name, value in now if value is not None]
        return "".join(lines)


def _head(series: Exposed) -> str:
    return f"{series.name}{{{','.join(f'{name}={quoted(text)}' for name, text in series.labels)}}}"
