"""The smallest set of scraped series that a rule can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import inf

from pbmon.examples import examples
from pbmon.expr.buckets import bucket_text
from pbmon.expr.nodes import Selector
from pbmon.expr.shapes import fulfils
from pbmon.labels import Label, Matcher
from pbmon.plan.rules import ScrapeJob
from pbmon.plan.supply import OF_SCRAPES
from pbmon.proof.promql.samples import Labels
from pbmon.proof.world.jobs import job_of, labels_that_tell, may_scrape, set_by

SPARE = ("other", "a", "b", "1", "/data", "ext4", "1.0")
"""Values tried for an open label when no matcher names one."""

_OBSERVED = (0.001, 1000.0)
"""Sizes of the observations of a histogram whose buckets no rule reads: a mean can have any value
between them.
"""

_TARGET = "localhost:80"
"""Stands for the first target of a series' job."""


@dataclass(frozen=True)
class Atom:
    """Series with these labels that every selector of the alert treats alike.

    kind: `counter` and `gauge` have one level; a histogram has one per bucket, from the lowest to
    +Inf. A level is a growth per second for counters and buckets, and the value itself for gauges.
    Gauges that never rest: the level of an `age` is for how many seconds the time stamp in it has
    passed; a `slope` has the value at which a phase begins, and its growth per second; `turns`
    falls by 1 at a share of its samples, its second level, until it has the first.
    read: of a histogram, the series that the selectors mean: `_count`, `_sum` and the `le` of
    buckets. No others are made.
    usual: the level while nothing is wrong; not 1 where it can be another number, so that a sum
    differs from a count.
    binary: whether it is 0 or 1. lowest: no value is lower.
    """

    metric: str
    kind: str
    labels: Labels
    bounds: tuple[float, ...] = ()
    read: frozenset[str] = frozenset()
    usual: float = 1.0
    binary: bool = False
    lowest: float = -inf

    def __hash__(self) -> int:
        return self._hash

    def __getstate__(self) -> dict[str, object]:
        """Without the hash: that of a text is another one in another process."""
        return {name: value for name, value in vars(self).items() if name != "_hash"}

    @cached_property
    def _hash(self) -> int:
        """Worked out once: points are looked up by atom."""
        return hash((self.metric, self.kind, self.labels, self.bounds, self.read, self.usual))

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its levels."""
        if self.kind == "histogram":
            return tuple([(self, position) for position in range(len(self.bounds) + 1)])
        return ((self, 0), (self, 1)) if self.kind in {"slope", "turns"} else ((self, 0),)

    def possible(self, level: float, position: int = 0) -> float:
        """The level, or the one that it can have instead."""
        if position:
            return level
        return float(level >= 0.5) if self.binary else max(level, self.lowest)


Key = tuple[Atom, int]


@dataclass(frozen=True)
class Shape:
    """How the series of a world differ from those of the plainest one.

    ages, slopes, turns: metrics whose gauges are of this kind. joined: whether values that one
    metric's matchers name are tried for those of others too. usual: of gauges, 0 for Atom's.
    copied: a label by which each series has others beside it, `copies` in all. late: seconds that
    pass before anything changes, so that what is so old has a time that is positive.
    """

    ages: frozenset[str] = frozenset()
    slopes: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()
    joined: bool = False
    usual: float = 0.0
    copied: str = ""
    copies: int = 1
    late: float = 0.0

    @property
    def is_restless(self) -> bool:
        """Whether some gauge never rests, or the time itself matters."""
        return bool(self.ages or self.slopes or self.turns or self.late)

    def kind(self, metric: str, plain: str) -> str:
        """The kind of a metric's atoms. plain: in the plainest world."""
        if metric in self.turns:
            return "turns"
        if plain == "gauge" and metric in self.ages:
            return "age"
        return "slope" if plain == "gauge" and metric in self.slopes else plain


PLAIN = Shape()


def atoms(
    selectors: Iterable[Selector], jobs: Sequence[ScrapeJob], shape: Shape = PLAIN
) -> list[Atom]:
    """One atom for every way in which the selectors can tell series of a metric apart."""
    selectors = list(selectors)
    by_metric: dict[str, list[Selector]] = {}
    for selector in selectors:
        by_metric.setdefault(selector.series.metric, []).append(selector)
    return [
        atom
        for metric, of_metric in sorted(by_metric.items())
        for atom in dict.fromkeys(_of_metric(metric, of_metric, selectors, jobs, shape))
    ]


def _of_metric(
    metric: str,
    selectors: list[Selector],
    asked: list[Selector],
    jobs: Sequence[ScrapeJob],
    shape: Shape,
) -> Iterator[Atom]:
    """asked: every selector of the rule. Jobs that one of them distinguishes are distinguished for
    all metrics, so that joins find partners.
    """
    unit = selectors[0].series.unit
    bounds = next((selector.series.bounds for selector in selectors if selector.series.bounds), ())
    histogram = any(
        selector.series.name != metric or selector.series.bounds for selector in selectors
    )
    bounds = bounds or (_OBSERVED if histogram else ())
    kind: str = "histogram" if histogram else selectors[0].series.type
    labels = [label for label in selectors[0].series.labels if label.name != "le"]
    if not all(
        selector.series.type == selectors[0].series.type for selector in selectors if not histogram
    ):
        kind = "gauge"
    read = (
        frozenset(part for selector in selectors for part in parts(selector, bounds))
        if histogram
        else frozenset()
    )
    binary = kind == "gauge" and unit.startswith("bool")
    usual = (shape.usual or 3.0) if kind == "gauge" and not binary else 1.0
    lowest = 0.0 if kind == "gauge" and (binary or "bytes" in unit) else -inf
    kind = kind if histogram else shape.kind(metric, kind)
    choices = [
        _values(label, asked if shape.joined or label.name == "job" else selectors, jobs)
        for label in labels
    ]
    telling = labels_that_tell(asked, jobs)
    for values in product(*choices):
        pairs = dict(zip([label.name for label in labels], values, strict=True))
        job = job_of(pairs, jobs)
        if pairs.get("instance") == _TARGET and job and job.targets:
            pairs["instance"] = job.targets[0]
        if job:
            pairs |= set_by(job, pairs, telling)
            if metric in OF_SCRAPES and not may_scrape(job, pairs.get("instance", "")):
                continue
        if any(selects(selector, pairs) for selector in selectors):
            # an empty label is none
            carried = ((name, value) for name, value in pairs.items() if value)
            pairs_carried = tuple(sorted(carried))
            yield Atom(metric, kind, pairs_carried, bounds, read, usual, binary, lowest)


def parts(selector: Selector, bounds: Sequence[float]) -> Iterator[str]:
    """The series of a histogram that the selector means, as Atom.read has them."""
    part = selector.series.name.removeprefix(selector.series.metric)
    if part != "_bucket":
        yield part
        return
    asked = [matcher for matcher in selector.matchers if matcher.label.name == "le"]
    for bound in map(bucket_text, (*bounds, float("inf"))):
        if all(fulfils(matcher, bound) for matcher in asked):
            yield bound


def _values(label: Label, selectors: list[Selector], jobs: Sequence[ScrapeJob]) -> list[str]:
    """One value of the label for each set of matchers that it passes."""
    matchers = [
        matcher
        for selector in selectors
        for matcher in selector.matchers
        if matcher.label.name == label.name
    ]
    pool = _pool(label, matchers, jobs)
    classes: dict[tuple[bool, ...], str] = {}
    for value in pool:
        classes.setdefault(tuple(fulfils(matcher, value) for matcher in matchers), value)
    return list(classes.values())


def _pool(label: Label, matchers: Sequence[Matcher], jobs: Sequence[ScrapeJob]) -> list[str]:
    """Values that the label may have."""
    if label.name == "job" and jobs:
        return [job.name for job in jobs]
    if label.domain:
        return list(label.domain)
    spare = [_TARGET] if label.name == "instance" else []
    return [*_named(matchers), *spare, *SPARE]


def _named(matchers: Iterable[Matcher]) -> Iterator[str]:
    """Values that the matchers themselves name, or describe."""
    for matcher in matchers:
        yield from [matcher.value] if matcher.op in {"=", "!="} else examples(matcher.value)


def selects(selector: Selector, pairs: Mapping[str, str]) -> bool:
    """Whether a selector means series with these labels, `le` left out."""
    return all(
        fulfils(matcher, pairs.get(matcher.label.name, ""))
        for matcher in selector.matchers
        if matcher.label.name != "le"
    )


def means(selector: Selector, atom: Atom) -> bool:
    """Whether a selector of scraped series means those of the atom."""
    return atom.metric == selector.series.metric and selects(selector, dict(atom.labels))
