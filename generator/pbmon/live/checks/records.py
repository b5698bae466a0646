"""Whether what rules read is there: all of the time, and far enough back."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon import durations
from pbmon.finding import Finding
from pbmon.live.checks.case import Case
from pbmon.live.checks.supply import Supply
from pbmon.plan.closed_world import expressions
from pbmon.plan.intervals import reach

FEW = 2
"""Evaluations without a value that may be a scrape that failed."""


def record_has_no_gaps(case: Case) -> Iterator[Finding]:
    """A record without a condition has had a value at every one of its last evaluations.

    One that comes and goes, because a window holds too few samples or a series that it joins is
    there only now and then, resets the `for` of every alert that reads it: none of them ever fires.
    Of the last 20 evaluations those between the first and the last value count; a failed scrape
    may have cost two of them.
    """
    supply = Supply(case.plan, case.prometheus)
    for record in case.plan.records:
        missing, evaluations = case.prometheus.gaps.get(record.name, (0, 0))
        if missing > FEW and not supply.may_be_empty(record.expr):
            yield Finding(
                "record-has-no-gaps",
                record.source,
                f"{record.name} had no value at {missing} of its last {evaluations} evaluations,"
                " so the `for` of what reads it begins anew each time",
                "a longer window, or see when the series that it reads arrive",
            )


def window_is_retained(case: Case) -> Iterator[Finding]:
    """No rule and no panel looks further back than Prometheus keeps its samples.

    What is older than `--storage.tsdb.retention.time` (15d unless it is set) is deleted, and a
    window that reaches beyond it is computed from the rest, without a warning: a budget of 30 days
    then is one of 15.
    """
    retention = case.prometheus.retention
    if not retention:
        return
    for what, source, node in expressions(case.plan.catalog):
        longest = reach(node)
        if longest > retention:
            yield Finding(
                "window-is-retained",
                source,
                f"{what} looks back {durations.text(longest)}, but Prometheus keeps its samples for"
                f" {durations.text(retention)}, so the rest is missing without a warning",
                f"--storage.tsdb.retention.time={durations.text(longest)} or longer",
            )
