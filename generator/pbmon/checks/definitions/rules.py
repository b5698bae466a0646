"""Checks that rules compute what they say."""

from __future__ import annotations

from collections.abc import Iterator

from pbmon import durations
from pbmon.checks.case import Case
from pbmon.expr.nodes import Selector
from pbmon.expr.walk import selectors, windows
from pbmon.finding import Finding
from pbmon.plan.rules import PlannedRecord
from pbmon.plan.scope import Scope

SCRAPES = 4
"""Scrape intervals that a window must span: a rate needs two samples, and one scrape may fail at
either end.

https://www.robustperception.io/what-range-should-i-use-with-rate/
"""


def window_spans_four_scrapes(case: Case) -> Iterator[Finding]:
    """A rate's window spans at least four scrape intervals.

    `rate()` needs two samples. In a window of two intervals one late or failed scrape leaves a gap
    in the graph and resets the `for` of an alert. Recorded series arrive once an interval of the
    group that records them, so that counts for them.
    """
    scope = Scope(case.plan.catalog)
    interval_of = {job.name: durations.seconds(job.interval) for job in case.plan.jobs}
    evaluation = durations.seconds(case.plan.settings.evaluation_interval)
    recorded_every = {
        record.name: durations.seconds(group.interval)
        for group in case.plan.recording
        if group.interval
        for record in group.rules
    }
    for group in (*case.plan.recording, *case.plan.alerting):
        for rule in group.rules:
            for ranged, window in windows(rule.expr):
                if not isinstance(ranged, Selector):
                    continue
                if ranged.series.type == "recorded":
                    slowest = recorded_every.get(ranged.series.metric, evaluation)
                else:
                    slowest = max((interval_of[name] for name in scope.jobs(ranged)), default=0.0)
                if durations.seconds(window) < SCRAPES * slowest:
                    yield Finding(
                        "window-spans-four-scrapes",
                        rule.source,
                        f"{rule.name} looks at {window} of {ranged.series.name}, which arrives"
                        f" every {durations.text(slowest)}: one failed scrape leaves it without a"
                        " value",
                        f"at least {durations.text(SCRAPES * slowest)}",
                    )


def record_precedes_its_readers(case: Case) -> Iterator[Finding]:
    """Within a group a recorded series is evaluated before the rules that read it.

    Prometheus evaluates a group from top to bottom; a rule above the record it reads sees values
    one interval old.
    """
    for group in (*case.plan.recording, *case.plan.alerting):
        later = {rule.name for rule in group.rules if isinstance(rule, PlannedRecord)}
        for rule in group.rules:
            for selector in selectors(rule.expr):
                if selector.series.metric in later and selector.series.metric != rule.name:
                    yield Finding(
                        "record-precedes-its-readers",
                        rule.source,
                        f"{rule.name} reads {selector.series.metric} before {group.file}"
                        " evaluates it",
                        "move the record above its reader",
                    )
            later.discard(rule.name)
