"""What brings the series that expressions read: scrape jobs and their targets, groups of rules, and
how often.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

from pbmon import durations
from pbmon.expr.nodes import Selector, Subquery
from pbmon.expr.shapes import fulfils
from pbmon.labels import Matcher, re2_quote
from pbmon.plan.rules import ScrapeJob

OF_SCRAPES = frozenset(
    {
        "up",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling",
        "scrape_series_added",
    }
)
"""What Prometheus itself writes for each target, also for one that is down."""

_MOST_NAMED = 4
"""Jobs, and targets of one, that a reason names."""

LabelSet = tuple[tuple[str, str], ...]
"""Pairs of name and value, sorted by name."""


@dataclass(frozen=True)
class Supply:
    """jobs: by name; of jobs of others none is known. groups: seconds between two evaluations of a
    record, by its name. evaluation: of rules whose group does not say, and the step of subqueries
    that have none; 0 where it is not known.
    """

    jobs: Mapping[str, ScrapeJob] = field(default_factory=dict)
    groups: Mapping[str, float] = field(default_factory=dict)
    evaluation: float = 0.0

    def named(self, selector: Selector) -> list[ScrapeJob]:
        """The jobs that the selector's matchers allow."""
        matchers = _of_label(selector, "job")
        return [
            job
            for name, job in self.jobs.items()
            if all(fulfils(matcher, name) for matcher in matchers)
        ]

    def only(self, selector: Selector) -> list[ScrapeJob]:
        """The jobs whose series the selector means; none where it may mean those of others too."""
        names = {re2_quote(name) for name in self.jobs}
        closed = any(
            matcher.value in self.jobs
            if matcher.op == "="
            else matcher.op == "=~" and names.issuperset(matcher.value.split("|"))
            for matcher in _of_label(selector, "job")
        )
        return self.named(selector) if closed else []

    def samples(self, node: Selector | Subquery) -> float:
        """How many samples of one series the range holds at most."""
        if not node.window or durations.is_variable(node.window):
            return inf
        every = self._every(node)
        # one more where samples lie on both ends
        return durations.seconds(node.window) // every + 1 if every else inf

    def _every(self, node: Selector | Subquery) -> float:
        """Seconds between two samples; 0 where that is not known."""
        if isinstance(node, Subquery):
            return durations.seconds(node.step) if node.step else self.evaluation
        if node.series.name in self.groups:
            return self.groups[node.series.name]
        return min((durations.seconds(job.interval) for job in self.only(node)), default=0.0)

    def none_of(self, selector: Selector) -> str:
        """The jobs of whose targets none fulfils the selector, though their lists are static; empty
        where one does, or where that is not known: probers have addresses of others.
        """
        jobs = self.only(selector)
        matchers = _of_label(selector, "instance")
        if any(job.is_discovered or job.params for job in jobs) or any(
            "://" in matcher.value for matcher in matchers
        ):
            return ""
        addresses = [address for job in jobs for address in job.targets]
        if not addresses or any(
            all(fulfils(matcher, address) for matcher in matchers) for address in addresses
        ):
            return ""
        return _described(jobs)

    def described(self, selector: Selector) -> str:
        """The jobs whose series the selector means, with their targets."""
        return _described(self.only(selector))

    def lasts(self, metric: str, labels: Mapping[str, str]) -> bool:
        """Whether Prometheus itself writes the series for a target in a static list, so that it is
        there as long as Prometheus runs.
        """
        job = self.jobs.get(labels.get("job", ""))
        return (
            metric in OF_SCRAPES
            and job is not None
            and not job.is_discovered
            and labels.get("instance") in job.targets
        )

    def targets(self, selector: Selector) -> tuple[LabelSet, ...] | None:
        """Labels of the series of a metric of Prometheus's own that are there as long as it runs,
        one for each target in a static list. None where that is not known.
        """
        jobs = self.only(selector)
        if (
            selector.series.name not in OF_SCRAPES
            or not jobs
            or any(job.is_discovered for job in jobs)
        ):
            return None
        if any("://" in each.value for each in _of_label(selector, "instance")):
            return None  # a prober's address, which relabelling puts in place
        return tuple(
            tuple(sorted(labels.items()))
            for labels in _targets(jobs)
            if all(fulfils(each, labels.get(each.label.name, "")) for each in selector.matchers)
        )


def _targets(jobs: list[ScrapeJob]) -> Iterator[dict[str, str]]:
    for job in jobs:
        for target in job.targets:
            yield {**dict(job.labels), "job": job.name, "instance": target}


def _described(jobs: list[ScrapeJob]) -> str:
    return "; ".join(f"{job.name} ({_listed(job.targets)})" for job in jobs[:_MOST_NAMED])


def _listed(targets: tuple[str, ...]) -> str:
    return ", ".join(targets[:_MOST_NAMED]) + ", …" * (len(targets) > _MOST_NAMED)


def _of_label(selector: Selector, name: str) -> list[Matcher]:
    return [matcher for matcher in selector.matchers if matcher.label.name == name]
