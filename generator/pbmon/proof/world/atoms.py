"""The smallest set of scraped series that a rule can tell apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from pbmon.expr.buckets import bucket_text
from pbmon.expr.nodes import Selector
from pbmon.labels import Label, Matcher
from pbmon.plan.rules import ScrapeJob
from pbmon.proof.promql.samples import Labels
from pbmon.proof.promql.vectors import fulfils

SPARE = ("other", "a", "b", "1", "/data", "ext4", "1.0")
"""Values tried for an open label when no matcher names one."""

_OBSERVED = (0.001, 1000.0)
"""Sizes of the observations of a histogram whose buckets no rule reads: a mean can have any value
between them.
"""

_ALTERNATIVES = re.compile(r"(?:\\.|[^|\\])+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Atom:
    """Series with these labels that every selector of the alert treats alike.

    kind: `counter` and `gauge` have one level; a histogram has one per bucket, from the lowest to
    +Inf. A level is a growth per second for counters and buckets, and the value itself for gauges.
    read: of a histogram, the series that the selectors mean: `_count`, `_sum` and the `le` of
    buckets. No others are made.
    usual: the level while nothing is wrong; not 1 where it can be another number, so that a sum
    differs from a count.
    """

    metric: str
    kind: str
    labels: Labels
    bounds: tuple[float, ...] = ()
    read: frozenset[str] = frozenset()
    usual: float = 1.0

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its levels."""
        return tuple(
            (self, position)
            for position in range(len(self.bounds) + 1 if self.kind == "histogram" else 1)
        )


Key = tuple[Atom, int]


def atoms(
    selectors: Iterable[Selector],
    jobs: Sequence[ScrapeJob],
    variant: Mapping[str, str] | None = None,
) -> list[Atom]:
    """One atom for every way in which the selectors can tell series of a metric apart. variant:
    labels set to another value.
    """
    selectors = list(selectors)
    by_metric: dict[str, list[Selector]] = {}
    for selector in selectors:
        by_metric.setdefault(selector.series.metric, []).append(selector)
    return [
        atom
        for metric, of_metric in sorted(by_metric.items())
        for atom in _of_metric(metric, of_metric, selectors, jobs, variant or {})
    ]


def _of_metric(
    metric: str,
    selectors: list[Selector],
    asked: list[Selector],
    jobs: Sequence[ScrapeJob],
    variant: Mapping[str, str],
) -> Iterator[Atom]:
    """asked: every selector of the rule. Jobs that one of them distinguishes are distinguished for
    all metrics, so that joins find partners.
    """
    bounds = next((selector.series.bounds for selector in selectors if selector.series.bounds), ())
    histogram = any(
        selector.series.name != metric or selector.series.bounds for selector in selectors
    )
    bounds = bounds or (_OBSERVED if histogram else ())
    kind = "histogram" if histogram else selectors[0].series.type
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
    usual = 3.0 if kind == "gauge" and not selectors[0].series.unit.startswith("bool") else 1.0
    choices = [
        _values(label, asked if label.name == "job" else selectors, jobs, variant)
        for label in labels
    ]
    for values in product(*choices):
        pairs = dict(zip([label.name for label in labels], values, strict=True))
        if "instance" in pairs and "instance" not in variant:
            pairs["instance"] = _target(pairs.get("job", ""), jobs)
        pairs |= _fixed(pairs, selectors, jobs)
        if any(selects(selector, pairs) for selector in selectors):
            # an empty label is none
            carried = ((name, value) for name, value in pairs.items() if value)
            yield Atom(metric, kind, tuple(sorted(carried)), bounds, read, usual)


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


def _values(
    label: Label, selectors: list[Selector], jobs: Sequence[ScrapeJob], variant: Mapping[str, str]
) -> list[str]:
    """One value of the label for each set of matchers that it passes."""
    matchers = [
        matcher
        for selector in selectors
        for matcher in selector.matchers
        if matcher.label.name == label.name
    ]
    if label.name in variant:
        return [variant[label.name]]
    if label.name == "instance" and not matchers:
        return [""]  # filled in from the job
    pool = (
        [job.name for job in jobs]
        if label.name == "job"
        else list(label.domain) or [*_named(matchers), *SPARE]
    )
    classes: dict[tuple[bool, ...], str] = {}
    for value in pool:
        classes.setdefault(tuple(fulfils(matcher, value) for matcher in matchers), value)
    return list(classes.values())


def _named(matchers: Iterable[Matcher]) -> Iterator[str]:
    """Values that the matchers themselves name."""
    for matcher in matchers:
        if matcher.op in {"=", "!="}:
            yield matcher.value
        else:
            for part in _ALTERNATIVES.findall(matcher.value.strip("()")):
                if not set(_ESCAPED.sub("", part)) & set(".*+?[{(^$"):
                    yield _ESCAPED.sub(r"\1", part)


def _fixed(
    pairs: Mapping[str, str], selectors: Iterable[Selector], jobs: Sequence[ScrapeJob]
) -> dict[str, str]:
    """Labels that the job sets on its targets, those that no selector asks for."""
    asked = {matcher.label.name for selector in selectors for matcher in selector.matchers}
    return {
        name: value
        for job in jobs
        if job.name == pairs.get("job")
        for name, value in job.labels
        if name in pairs and name not in asked
    }


def _target(job: str, jobs: Sequence[ScrapeJob]) -> str:
    return next(
        (
            scrape_job.targets[0]
            for scrape_job in jobs
            if scrape_job.name == job and scrape_job.targets
        ),
        "localhost:80",
    )


def renamed(atom: Atom, name: str) -> Atom:
    """The atom with another value of one label: series beside it."""
    pairs = dict(atom.labels)
    pairs[name] = "another:80" if name == "instance" else f"another_{pairs[name]}"
    return replace(atom, labels=tuple(sorted(pairs.items())))


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
