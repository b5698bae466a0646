"""Checks that windows hold enough samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pbmon import durations
from pbmon.audit.case import Case, Use
from pbmon.audit.checks.grouping import findings
from pbmon.audit.configuration import Job
from pbmon.audit.expressions import UNKNOWN
from pbmon.audit.lacks import Lack
from pbmon.checks.definitions.rules import SCRAPES
from pbmon.expr.nodes import Aggregate, Binary, Call, Node, Number, Selector
from pbmon.expr.shapes import fulfils
from pbmon.expr.text import promql
from pbmon.expr.walk import rewrite, walk
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


def spike_can_be_seen(case: Case) -> Iterator[Finding]:
    """A share or rate that has to be high in a short window and low in a longer one around it can
    be both.

    What the short window holds is in the longer one, too. `share[2m] > 0.1 and share[10m] < 0.02`
    asks for a tenth in a fifth of the time, which alone is 0.02 of the whole: while traffic is
    steady it is never true.

    To fix it: raise the limit of the longer window, or compare with the time before:
    `share[10m] offset 2m`.
    """
    for use, node in case.read:
        for inner in walk(node):
            if isinstance(inner, Binary) and inner.operator == "and":
                spikes = (_spike(inner.left, inner.right), _spike(inner.right, inner.left))
                for short, long, least in filter(None, spikes):
                    yield Finding(
                        "spike-can-be-seen",
                        use.source,
                        f"{use.what} waits for a spike in {short} that {long} must not show: while"
                        f" traffic is steady {long} shows at least {least:g} of it, so it is never"
                        " true",
                        f"a higher limit for {long}, or `offset {short}` there",
                        "warning",
                    )


def _spike(high: Node, low: Node) -> tuple[str, str, float] | None:
    """The two windows, and what the longer one shows at least of a value that is high in the
    shorter one; None where it may show little enough.
    """
    if not (_is_limit(high, {">", ">="}) and _is_limit(low, {"<", "<="})):
        return None
    assert isinstance(high, Binary) and isinstance(low, Binary)
    assert isinstance(high.right, Number) and isinstance(low.right, Number)
    short, long = _only_window(high.left), _only_window(low.left)
    alike = promql(_without_windows(high.left)) == promql(_without_windows(low.left))
    if not short or not long or not alike:
        return None
    part = durations.seconds(short) / durations.seconds(long)
    least = float(high.right.value) * part
    return (short, long, least) if part < 1 and least >= float(low.right.value) > 0 else None


def _is_limit(node: Node, operators: set[str]) -> bool:
    return (
        isinstance(node, Binary) and node.operator in operators and isinstance(node.right, Number)
    )


def _only_window(node: Node) -> str:
    """The window that all rates in a sum, or in a share of two, have; empty for anything else."""
    sides = (
        (node.left, node.right) if isinstance(node, Binary) and node.operator == "/" else (node,)
    )
    windows: set[str] = set()
    for side in sides:
        rate = side.operand if isinstance(side, Aggregate) and side.operator == "sum" else side
        selector = rate.arguments[0] if isinstance(rate, Call) and rate.function == "rate" else None
        if not isinstance(selector, Selector) or selector.offset:
            return ""
        windows.add(selector.window)
    (window, *others) = windows
    return "" if others or durations.is_variable(window) else window


def _without_windows(node: Node) -> Node:
    return rewrite(
        node, lambda inner: replace(inner, window="1m") if isinstance(inner, Selector) else inner
    )


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
