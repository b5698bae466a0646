"""The smallest set of scraped series that an alert can tell apart, and what they do over time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from pbmon.expr.nodes import Node, Selector
from pbmon.expr.selection import bucket_text
from pbmon.expr.walk import selectors
from pbmon.labels import Label, Matcher, names
from pbmon.plan.rules import ScrapeJob
from pbmon.proof.addition import total
from pbmon.proof.series import Clock, Labels, Line, Segment, Store
from pbmon.proof.vectors import fulfils

BASE = 1_000_000.0
"""Where counters begin: so high that Prometheus's correction of rates near zero never applies."""

SPARE = ("other", "a", "b", "1", "/data", "ext4", "1.0")
"""Values tried for an open label when no matcher names one."""

_OBSERVED = (0.001, 1000.0)
"""Sizes of the observations of a histogram whose buckets nobody reads: a mean can be anything
between.
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
Point = Mapping[Key, float | None]
"""A level for every key; None for series that do not exist."""


@dataclass(frozen=True)
class Phase:
    """A point that holds for some evaluations. reset: counters begin again from zero with it."""

    point: Point
    steps: int
    reset: bool = False


def raw_selectors(node: Node, records: Mapping[str, Node]) -> Iterator[Selector]:
    """Selectors of scraped series below the expression, recorded ones followed down to what they
    are made of.

    What a matcher on a recorded series lets through is asked of the series below, where they carry
    the label.
    """
    for selector in selectors(node):
        record = records.get(selector.series.name)
        if record is None:
            yield selector
            continue
        for inner in raw_selectors(record, records):
            carried = names(inner.series.labels)
            passed = tuple(
                matcher for matcher in selector.matchers if matcher.label.name in carried
            )
            yield replace(inner, matchers=(*inner.matchers, *passed))


def atoms(
    found: Iterable[Selector], jobs: Sequence[ScrapeJob], variant: Mapping[str, str] | None = None
) -> list[Atom]:
    """One atom for every way in which the selectors can tell series of a metric apart. variant:
    labels set to another value.
    """
    found = list(found)
    by_metric: dict[str, list[Selector]] = {}
    for selector in found:
        by_metric.setdefault(selector.series.metric, []).append(selector)
    return [
        atom
        for metric, own in sorted(by_metric.items())
        for atom in _of_metric(metric, own, found, jobs, variant or {})
    ]


def _of_metric(
    metric: str,
    found: list[Selector],
    asked: list[Selector],
    jobs: Sequence[ScrapeJob],
    variant: Mapping[str, str],
) -> Iterator[Atom]:
    """asked: every selector of the rule. The jobs that any of them tells apart are told apart in
    all, for they have to meet.
    """
    bounds = next((selector.series.bounds for selector in found if selector.series.bounds), ())
    histogram = any(selector.series.name != metric or selector.series.bounds for selector in found)
    bounds = bounds or (_OBSERVED if histogram else ())
    kind = "histogram" if histogram else found[0].series.type
    labels = [label for label in found[0].series.labels if label.name != "le"]
    if not all(selector.series.type == found[0].series.type for selector in found if not histogram):
        kind = "gauge"
    read = (
        frozenset(part for selector in found for part in parts(selector, bounds))
        if histogram
        else frozenset()
    )
    usual = 3.0 if kind == "gauge" and not found[0].series.unit.startswith("bool") else 1.0
    choices = [
        _values(label, asked if label.name == "job" else found, jobs, variant) for label in labels
    ]
    for values in product(*choices):
        pairs = dict(zip([label.name for label in labels], values, strict=True))
        if "instance" in pairs and "instance" not in variant:
            pairs["instance"] = _target(pairs.get("job", ""), jobs)
        if any(selects(selector, pairs) for selector in found):
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
    label: Label, found: list[Selector], jobs: Sequence[ScrapeJob], variant: Mapping[str, str]
) -> list[str]:
    """One value of the label for each set of matchers that it passes."""
    matchers = [
        matcher
        for selector in found
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


def _target(job: str, jobs: Sequence[ScrapeJob]) -> str:
    return next(
        (found.targets[0] for found in jobs if found.name == job and found.targets), "localhost:80"
    )


def between(before: Point, after: Point, share: float) -> Point:
    """The point that far on the way from one to the other, 1 being all of it."""
    found: dict[Key, float | None] = {}
    for key, level in after.items():
        start = before[key]
        found[key] = level if level is None or start is None else start + (level - start) * share
    return found


def unique(points: Iterable[Point]) -> list[Point]:
    """Each point once, in order."""
    found: list[Point] = []
    for point in points:
        if point not in found:
            found.append(point)
    return found


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


def series(
    atom_list: Sequence[Atom], phases: Sequence[Phase], clock: Clock
) -> Iterator[tuple[str, Labels, list[Segment]]]:
    """(name, labels, segments) of every series of the atoms through the phases."""
    for atom in atom_list:
        if atom.kind != "histogram":
            levels = [phase.point.get(atom.keys[0]) for phase in phases]
            yield (
                atom.metric,
                atom.labels,
                _segments(levels, phases, clock, grows=atom.kind == "counter"),
            )
            continue
        rates = [[phase.point.get(key) for key in atom.keys] for phase in phases]
        sums = [None if any(level is None for level in row) else row for row in rates]
        for position, bound in enumerate(map(bucket_text, (*atom.bounds, float("inf")))):
            if bound in atom.read:
                cumulated = [
                    None if row is None else total([level or 0.0 for level in row[: position + 1]])
                    for row in sums
                ]
                labels = tuple(sorted((*atom.labels, ("le", bound))))
                yield (
                    f"{atom.metric}_bucket",
                    labels,
                    _segments(cumulated, phases, clock, grows=True),
                )
        if "_count" in atom.read:
            totals = [
                None if row is None else total([level or 0.0 for level in row]) for row in sums
            ]
            yield f"{atom.metric}_count", atom.labels, _segments(totals, phases, clock, grows=True)
        if "_sum" in atom.read:
            uppers = [*atom.bounds, atom.bounds[-1] * 2]
            seconds = [
                (
                    None
                    if row is None
                    else total(
                        [(level or 0.0) * upper for level, upper in zip(row, uppers, strict=True)]
                    )
                )
                for row in sums
            ]
            yield f"{atom.metric}_sum", atom.labels, _segments(seconds, phases, clock, grows=True)


def _segments(
    levels: Sequence[float | None], phases: Sequence[Phase], clock: Clock, *, grows: bool
) -> list[Segment]:
    made: list[Segment] = []
    value = BASE
    for level, phase in zip(levels, phases, strict=True):
        count = phase.steps * (clock.evaluation // clock.sample)
        if level is None:
            made.append(Segment(None, 0.0, count))
        elif grows:
            growth = rounded(level * clock.sample)
            first = growth if phase.reset else value + growth
            made.append(Segment(first, growth, count))
            value = first + growth * (count - 1)
        else:
            made.append(Segment(level, 0.0, count))
    return made


def rounded(value: float) -> float:
    """Nine significant digits: what is written into the test is what the engine computes with."""
    return float(f"{value:.9g}")


def store(found: Iterable[tuple[str, Labels, list[Segment]]], clock: Clock) -> Store:
    """The series as the engine reads them."""
    filled = Store(clock)
    for name, labels, segments in found:
        filled.add(name, [Line(labels, segments)])
    return filled


def notation(segments: Sequence[Segment]) -> str:
    """The segments in promtool's notation for values.

    https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
    """
    parts = []
    for segment in segments:
        if segment.first is None:
            parts.append(f"_x{segment.count}" if segment.count > 1 else "_")
        elif segment.count == 1:
            parts.append(_plain(segment.first))
        elif not segment.growth:
            parts.append(f"{_plain(segment.first)}x{segment.count - 1}")
        else:
            sign = "-" if segment.growth < 0 else "+"
            parts.append(
                f"{_plain(segment.first)}{sign}{_plain(abs(segment.growth))}x{segment.count - 1}"
            )
    return " ".join(parts)


def _plain(value: float) -> str:
    """Shortest text without an exponent; promtool reads no other."""
    return format(Decimal(repr(value)), "f").removesuffix(".0")
