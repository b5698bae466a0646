"""The scraped series of every metric when all is well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product
from math import inf, pi, sin
from zlib import crc32

from pbmon.examples import examples
from pbmon.expr.buckets import bucket_text
from pbmon.expr.nodes import Selector
from pbmon.expr.shapes import fulfils
from pbmon.labels import TARGET_LABELS, Label, Matcher, names
from pbmon.model.builtin import ALERT_SERIES
from pbmon.model.distributions import Histogram, Summary
from pbmon.model.metrics import Metric
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob
from pbmon.preview import typical
from pbmon.preview.timeline import DAY, Timeline
from pbmon.proof.promql.samples import Labels, Line, Segment

_MOST_VALUES, _MOST_SERIES = 6, 120
_CALM = 420
"""Seconds in which a number of things stays as it is."""


@dataclass(frozen=True)
class Series:
    """One series of a metric, or a histogram's with these labels. share: of its metric's level, of
    all its series on one target. limit: from which a histogram's values are bad.
    """

    metric: Metric
    labels: Labels
    share: float
    bounds: tuple[float, ...] = ()
    limit: float = inf

    @property
    def identity(self) -> tuple[object, ...]:
        """All that its samples depend on."""
        metric = self.metric
        facts = metric.name, metric.kind, metric.unit
        return *facts, self.labels, self.share, self.bounds, self.limit

    @cached_property
    def _phase(self) -> float:
        """Sets its waves apart from those of others; the same in every run."""
        return crc32(repr((self.metric.name, self.labels)).encode()) / 2**32

    @cached_property
    def usual(self) -> tuple[float, ...]:
        """Its levels, as a proof's atom has them: a rate for a counter, one a bucket for a
        histogram, the value of a gauge.
        """
        if self.metric.kind == "gauge":
            steady = typical.is_steady(self.metric)
            own = 1.0 if steady else 0.9 + 0.2 * self._phase
            return (typical.level(self.metric, self.share) * own,)
        own = 1.0 if self._is_cpu else 0.9 + 0.2 * self._phase
        rate = typical.rate(self.metric, dict(self.labels)) * self.share * own
        shares = typical.spread(self.bounds, self.limit, self._phase)
        return tuple(rate * part for part in shares)

    @cached_property
    def _is_cpu(self) -> bool:
        return {"cpu", "mode"} <= dict(self.labels).keys()

    def _noise(self, time: int, about: object = "") -> float:
        """From -1 to 1; the same in every run."""
        return crc32(f"{time} {self._phase} {about}".encode()) / 2**31 - 1

    def _wave(self, time: int) -> float:
        """What its level is multiplied by: a day's rhythm, and small waves of its own."""
        day = 0.35 * sin(2 * pi * (time % DAY) / DAY - 0.7 * pi)
        quick = 0.06 * sin(2 * pi * (time / 1500 + self._phase))
        quick += 0.04 * sin(2 * pi * (time / 430 + 3 * self._phase))
        swing = 0.3 if "bytes" in self.metric.unit or self.metric.unit == "percentunit" else 1.0
        return 1 + swing * (day + quick)

    def levels(self, time: int) -> tuple[float, ...]:
        """Its levels from this time on, until the next moment."""
        if self.metric.kind == "gauge":
            (level,) = self.usual
            if typical.is_steady(self.metric):
                return self.usual
            if typical.is_whole(self.metric):
                # things come and go now and then, not back and forth at each look
                since = time - (time + int(self._phase * _CALM)) % _CALM
                return (float(round(level * self._wave(since))),)
            return (level * (self._wave(time) + self._noise(time) / 80),)
        if self._is_cpu:
            busy = 1 + 0.15 * sin(2 * pi * time / 2400) + 0.05 * self._noise(time // 300)
            (level,) = self.usual
            idle = dict(self.labels)["mode"] == "idle"
            return (1 - (1 - level) * busy if idle else level * busy,)
        rare = 0.35 if self.share < 0.01 else 0.03
        wave = self._wave(time)
        if not self.bounds:
            return (self.usual[0] * wave * (1 + rare * self._noise(time)),)
        slow = 0.25 * sin(2 * pi * (time / 2700 + self._phase))  # all values rise and fall together
        return tuple(
            level * wave * max(0.0, 1 + place * slow / 3 + 0.08 * self._noise(time, place))
            for place, level in enumerate(self.usual)
        )


Levels = Sequence[tuple[float, ...] | None]
"""Of one series at each moment of a timeline; None where it does not exist."""


def lines(series: Series, levels: Levels, timeline: Timeline) -> Iterator[tuple[str, Line]]:
    """(name, samples) of what is stored for a series with these levels."""
    name, labels = series.metric.name, series.labels
    if series.metric.kind == "gauge":
        yield name, Line(labels, _gauge(levels, timeline, series))
        return
    if not series.bounds:
        yield name, Line(labels, _counter([each[0] if each else None for each in levels], timeline))
        return
    for place, bound in enumerate(map(bucket_text, (*series.bounds, float("inf")))):
        rates = [None if each is None else sum(each[: place + 1]) for each in levels]
        with_bound = tuple(sorted((*labels, ("le", bound))))
        yield f"{name}_bucket", Line(with_bound, _counter(rates, timeline))
    whole = [None if each is None else sum(each) for each in levels]
    yield f"{name}_count", Line(labels, _counter(whole, timeline))
    low = (0.0, *series.bounds)
    middle = [(one + other) / 2 for one, other in pairwise(low)] + [series.bounds[-1] * 2]
    sums = [
        None if each is None else sum(a * b for a, b in zip(each, middle, strict=True))
        for each in levels
    ]
    yield f"{name}_sum", Line(labels, _counter(sums, timeline))


def _counter(rates: Sequence[float | None], timeline: Timeline) -> list[Segment]:
    segments, value = [Segment(None, 0.0, timeline.index(timeline.moments[0]))], 1e6
    for rate, count in zip(rates, _counts(timeline), strict=True):
        growth = (rate or 0.0) * timeline.clock.sample
        segments.append(Segment(None if rate is None else value + growth, growth, count))
        value += growth * count
    return segments


def _gauge(levels: Levels, timeline: Timeline, series: Series) -> list[Segment]:
    segments = [Segment(None, 0.0, timeline.index(timeline.moments[0]))]
    following = (*levels[1:], levels[-1])
    for level, after, count in zip(levels, following, _counts(timeline), strict=True):
        whole = typical.is_whole(series.metric) or typical.is_steady(series.metric)
        growth = 0.0 if level is None or after is None or whole else (after[0] - level[0]) / count
        segments.append(Segment(None if level is None else level[0], growth, count))
    return segments


def _counts(timeline: Timeline) -> list[int]:
    """Samples from each moment up to the next."""
    indexes = [timeline.index(moment) for moment in timeline.moments]
    return [after - before for before, after in pairwise((*indexes, indexes[-1] + 1))]


@dataclass
class Population:
    """Which series there are. selectors, texts: of all rules and panels, which say which labels
    matter. limits: by metric, the least value of an observation that is bad.
    """

    plan: Plan
    selectors: Mapping[str, Sequence[Selector]]
    texts: str
    limits: Mapping[str, float]
    of: dict[str, list[Series]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = frozenset(re.findall(r"\w+", self.texts))
        for metric in self.plan.catalog.metrics:
            if metric.name not in ALERT_SERIES and not isinstance(metric, Summary):
                self.of[metric.name] = list(self._series(metric, words))

    def _series(self, metric: Metric, words: frozenset[str]) -> Iterator[Series]:
        matchers = [
            matcher for each in self.selectors.get(metric.name, ()) for matcher in each.matchers
        ]
        key = metric.labels if metric.key is None else metric.key
        own = [label for label in metric.labels if label.name not in names(TARGET_LABELS)]
        sets = {label.name: _values(label, matchers) for label in own}
        for label in own:
            if label not in key or label.name not in words:
                sets[label.name] = sets[label.name][:1]
        while len(list(product(*sets.values()))) > _MOST_SERIES:
            longest = max(sets, key=lambda name: len(sets[name]))
            sets[longest] = sets[longest][:-1]
        bounds = tuple(metric.buckets) if isinstance(metric, Histogram) else ()
        of_open = {label.name for label in metric.labels if not label.values}
        combined = []
        for chosen in product(*sets.values()):
            labels = dict(zip(sets, chosen, strict=True))
            places = {name: sets[name].index(labels[name]) for name in labels if name in of_open}
            combined.append((labels, typical.share(labels, places)))
        whole = sum(part for _, part in combined) or 1.0
        per_cpu = "cpu" in sets and "mode" in sets
        for job, target in self._targets(metric):
            for labels, part in combined:
                every = {"job": job.name, "instance": target, **dict(job.labels), **labels}
                pairs = tuple(sorted((name, value) for name, value in every.items() if value))
                portion = part if per_cpu else part / whole
                yield Series(metric, pairs, portion, bounds, self.limits.get(metric.name, inf))

    def _targets(self, metric: Metric) -> Iterator[tuple[ScrapeJob, str]]:
        service = self.plan.catalog.owner(metric)
        for job in self.plan.jobs:
            if service is None or job.service == service.name:
                yield from ((job, target) for target in job.targets or (f"{job.name}:80",))


def _values(label: Label, matchers: Sequence[Matcher]) -> tuple[str, ...]:
    """Values that occur: those that rules and panels name, then typical ones."""
    about = [matcher for matcher in matchers if matcher.label.name == label.name]
    usual = typical.chosen(label.domain) if label.domain else typical.values(label.name)
    usual = usual[:_MOST_VALUES]
    named: dict[str, None] = {}
    for matcher in about:
        given = [matcher.value] if matcher.op == "=" else []
        if matcher.op == "=~" and not any(fulfils(matcher, value) for value in (*named, *usual)):
            given = list(examples(matcher.value))[:1]
        elif matcher.op == "=~":
            given = [value for value in matcher.value.split("|") if value.isidentifier()]
        for value in given:
            if value and "$" not in value and (value in label.domain or not label.domain):
                named[value] = None
    return tuple(dict.fromkeys((*named, *usual)))[: max(_MOST_VALUES, len(named))]
