"""Series beside others, which differ from them in one label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pbmon.examples import examples
from pbmon.expr.nodes import Selector
from pbmon.expr.shapes import fulfils
from pbmon.labels import Label, Matcher
from pbmon.plan.rules import ScrapeJob
from pbmon.proof.world.atoms import Atom
from pbmon.proof.world.jobs import job_of, labels_that_tell, set_by

_MOST = 60
"""Values made up for an open label."""


def beside(
    atom: Atom, name: str, selectors: Sequence[Selector], jobs: Sequence[ScrapeJob]
) -> Iterator[Atom]:
    """The atom with other values of a label that it has, which every selector treats as it treats
    the atom's. A closed set has only so many, and one that the job sets has no other.
    """
    pairs = dict(atom.labels)
    matchers = [
        matcher
        for selector in selectors
        for matcher in selector.matchers
        if matcher.label.name == name
    ]
    label, key = next(
        (
            (label, selector.series.key)
            for selector in selectors
            if selector.series.metric == atom.metric
            for label in selector.series.labels
            if label.name == name
        ),
        (None, None),
    )
    job = job_of(pairs, jobs)
    if label is None or (job and name in dict(job.labels)):
        return
    if key is not None and name not in key:
        yield from _following(atom, name, key, selectors, jobs)
        return
    passed = [fulfils(matcher, pairs[name]) for matcher in matchers]
    telling = labels_that_tell(selectors, jobs)
    targets = job.targets if job and name == "instance" else ()
    for value in dict.fromkeys((*targets, *_values(label, pairs[name], matchers, jobs))):
        if value != pairs[name] and [fulfils(matcher, value) for matcher in matchers] == passed:
            carried = {**pairs, name: value}
            if name == "job" and (other := job_of(carried, jobs)):
                kept = {each: text for each, text in carried.items() if each not in telling}
                carried = kept | set_by(other, carried, telling)
            yield replace(atom, labels=tuple(sorted(carried.items())))


def room(atom: Atom, name: str, selectors: Sequence[Selector], jobs: Sequence[ScrapeJob]) -> int:
    """How many series may differ in this label alone: a job has so many targets, and what an app
    counts has so many values before all others are one.
    """
    if name == "instance":
        job = job_of(dict(atom.labels), jobs)
        return len(job.targets) if job and job.targets else _MOST
    return next(
        (
            label.size or _MOST
            for selector in selectors
            if selector.series.metric == atom.metric
            for label in selector.series.labels
            if label.name == name and label.other is not None
        ),
        _MOST,
    )


def _following(
    atom: Atom,
    name: str,
    key: Sequence[str],
    selectors: Sequence[Selector],
    jobs: Sequence[ScrapeJob],
) -> Iterator[Atom]:
    """Where the label follows from others: those differ too."""
    first = next((other for other in key if other in dict(atom.labels)), None)
    if first is None:
        return
    for number, other in enumerate(beside(atom, first, selectors, jobs), start=2):
        pairs = dict(other.labels)
        pairs[name] = f"{pairs[name]}{number}"
        matchers = [each for each in selectors if each.series.metric == atom.metric]
        if all(
            fulfils(matcher, pairs[name]) == fulfils(matcher, dict(atom.labels)[name])
            for selector in matchers
            for matcher in selector.matchers
            if matcher.label.name == name
        ):
            yield replace(atom, labels=tuple(sorted(pairs.items())))


def _values(
    label: Label, value: str, matchers: Sequence[Matcher], jobs: Sequence[ScrapeJob]
) -> Iterator[str]:
    if label.name == "job":
        yield from (job.name for job in jobs)
        return
    if label.domain:
        yield from label.domain
        return
    # A port says what a target is; `another_host:80` would be as good an address.
    yield "another:80" if label.name == "instance" else f"another_{value}"
    for matcher in matchers:
        if matcher.op == "=~":
            yield from examples(matcher.value)
    yield from (f"{value}{number}" for number in range(2, _MOST))
