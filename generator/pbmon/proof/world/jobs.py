"""The scrape jobs that a proof needs (of a thousand, those that its rule can tell apart), and what
they set on the series of their targets.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from pbmon.expr.nodes import Selector
from pbmon.expr.shapes import fulfils
from pbmon.plan.plan import Plan
from pbmon.plan.rules import ScrapeJob

_MOST_OTHERS = 60
"""More than a world has copies of a series."""


def told_apart(selectors: Iterable[Selector], plan: Plan) -> Sequence[ScrapeJob]:
    """The jobs that the selectors name and some others, which they treat alike, in the order of the
    plan; every job where a selector names none.
    """
    named: set[str] = set()
    for selector in selectors:
        exact = {
            matcher.value
            for matcher in selector.matchers
            if matcher.label.name == "job" and matcher.op == "="
        }
        if not exact:
            return plan.jobs
        named |= exact
    others = range(min(len(plan.jobs), _MOST_OTHERS + len(named)))
    places = {plan.place_of_job[name] for name in named if name in plan.place_of_job}
    return [plan.jobs[place] for place in sorted(places.union(others))]


def job_of(labels: Mapping[str, str], jobs: Iterable[ScrapeJob]) -> ScrapeJob | None:
    """The job of a series with these labels; None where it is not known."""
    return next((job for job in jobs if job.name == labels.get("job")), None)


def labels_that_tell(selectors: Iterable[Selector], jobs: Sequence[ScrapeJob]) -> frozenset[str]:
    """Labels that jobs set on their targets and in which those that the rule reads differ: series
    of two such jobs are no partners, unless a rule drops or leaves out the label.
    """
    matchers = [
        [matcher for matcher in selector.matchers if matcher.label.name == "job"]
        for selector in selectors
    ]
    read = [
        dict(job.labels)
        for job in jobs
        if any(all(fulfils(matcher, job.name) for matcher in of_one) for of_one in matchers)
    ]
    every = {name for labels in read for name in labels}
    return frozenset(name for name in every if len({labels.get(name) for labels in read}) > 1)


def set_by(job: ScrapeJob, declared: Container[str], telling: Container[str]) -> dict[str, str]:
    """Labels that the job sets on a series: those that its metric declares, and those that tell
    jobs apart.
    """
    return {name: value for name, value in job.labels if name in declared or name in telling}


def may_scrape(job: ScrapeJob, address: str) -> bool:
    """Whether a target of the job may be there: one of its addresses, or a URL that relabelling
    puts in place of a prober's address.
    """
    return not job.targets or not address or address in job.targets or "://" in address
