"""Checks that windows hold enough samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pbmon import durations
from pbmon.audit.case import Case, Use
from pbmon.audit.checks.grouping import findings
from pbmon.audit.configuration import Job
from pbmon.audit.expressions import UNKNOWN
from pbmon.audit.lacks import Lack
from pbmon.checks.definitions.rules import SCRAPES
from pbmon.expr.nodes import Call, Node, Selector
from pbmon.expr.shapes import fulfils
from pbmon.expr.walk import walk
from pbmon.finding import Finding

_OF_TWO_SAMPLES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})


def window_spans_four_scrapes(case: Case) -> Iterator[Finding]:
    """A rate's window spans at least four scrape intervals.

    `rate()` needs two samples. In a window of two intervals one late or failed scrape leaves a gap
    in the graph and resets the `for` of an alert. The intervals are those of the prometheus.yml
    that was given; where several jobs may bring a series, the shortest counts.
    """
    jobs = [job for each in case.prometheus for job in each.jobs or ()]
    if not jobs or case.jobs is None:
        return
    faults: list[tuple[Use, Lack]] = []
    for use, node in case.read:
        for selector in _ranged(node):
            interval = _shortest(selector, jobs)
            length = durations.seconds(selector.window)
            if interval and length < SCRAPES * interval:
                name, every = selector.series.name, durations.text(interval)
                needs_two = length < 2 * interval
                consequence = (
                    "so it never has a value"
                    if needs_two
                    else "so one failed scrape leaves it without a value"
                )
                faults.append(
                    (
                        use,
                        Lack(
                            "window-spans-four-scrapes",
                            f"it looks at {selector.window} of {name}, which arrives every {every},"
                            f" {consequence}",
                            f"at least {durations.text(SCRAPES * interval)}",
                            "error" if needs_two else "warning",
                        ),
                    )
                )
    yield from findings(faults, lambda _: "")


def _ranged(node: Node) -> Iterator[Selector]:
    """Selectors of scraped series whose window is read by a function that needs two samples."""
    for inner in walk(node):
        if isinstance(inner, Call) and inner.function in _OF_TWO_SAMPLES:
            for argument in inner.arguments:
                if (
                    isinstance(argument, Selector)
                    and ":" not in argument.series.name
                    and not durations.is_variable(argument.window)
                ):
                    yield argument


def _shortest(selector: Selector, jobs: Sequence[Job]) -> float:
    """Seconds between scrapes of the fastest job that may bring the series; 0 for none."""
    asked = [
        matcher
        for matcher in selector.matchers
        if matcher.label.name == "job" and UNKNOWN not in matcher.value
    ]
    return min(
        (job.interval for job in jobs if all(fulfils(each, job.name) for each in asked)),
        default=0.0,
    )
