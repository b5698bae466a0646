"""How often series are scraped and rules evaluated in a proof, and how far back they look."""

from __future__ import annotations

from math import ceil, inf

from pbmon import durations
from pbmon.expr.nodes import Binary, Call, Node, Selector, Subquery
from pbmon.expr.walk import children
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.samples import LOOKBACK, Clock

SAMPLES = (11, 13, 7, 17, 19)
"""Seconds; every step is a multiple of the first of them that divides no range of the rule. So no
sample lies at the end of a range, which belongs to it for Prometheus 2 and not for Prometheus 3.
"""

LARGEST_SAMPLE = 55
"""Seconds; five samples within the lookback of an instant selector."""

LONG_WINDOW = 100
"""Samples in a window of hours or days, where every selector is a range."""

LONGEST_WINDOW = 400
"""Samples in such a window at most, even where a short `for` would ask for more: the work grows
with their square.
"""


COARSEST_SAMPLE = 299.0
"""Seconds; within the lookback, for what is scraped every five minutes."""


_COUNTING = frozenset({"count_over_time", "sum_over_time"})


def clock_for(
    node: Node,
    lineage: Lineage,
    wait: str = "0s",
    scraped: float = 0.0,
    run: float = 0.0,
    *,
    counted: bool = False,
) -> Clock:
    """The coarsest clock that puts at least four samples into every window of scraped series, and
    four evaluations into every window of recorded ones. A range without recorded series in it is
    evaluated with every sample.

    wait: the alert's `for`, which takes at least two evaluations, so that half of it is another
    number of them. scraped, run: seconds between two scrapes of the slowest job that is read, and
    between two runs of the slowest group; no step is finer than these. counted: whether a rule
    about the number of samples is scraped just so often, as the limit of an alert asks for.
    """
    if counted and scraped and counts_samples(node):
        return Clock(round(scraped), max(round(scraped), _covering(run, round(scraped))))
    ranges, recorded = _windows(node, lineage)
    unit = next((unit for unit in SAMPLES if not _meets(node, lineage, unit)), SAMPLES[0])
    shortest = min(ranges, default=300.0)
    waits = durations.seconds(wait) / 2 or inf
    most = float(LARGEST_SAMPLE)
    if not any(not selector.window for selector in lineage.raw(node)):
        most = max(
            most,
            min(shortest / LONG_WINDOW, max(waits, max(ranges, default=0.0) / LONGEST_WINDOW)),
        )
    sample = _multiple(min(most, shortest / 4), unit)
    sample = max(sample, min(_covering(scraped, unit), _multiple(COARSEST_SAMPLE, unit)))
    evaluation = _multiple(min(min(recorded) / 4, waits), sample) if recorded else sample
    return Clock(sample, max(evaluation, _covering(run, sample)))


def counts_samples(node: Node) -> bool:
    """Whether what the rule compares grows with the number of samples in a range; a ratio of two
    such does not.
    """
    match node:
        case Binary() if node.operator == "/":
            return False
        case Call() if node.function in _COUNTING:
            return any(isinstance(argument, Selector) for argument in node.arguments)
        case _:
            return any(map(counts_samples, children(node)))


def _meets(node: Node, lineage: Lineage, unit: int) -> bool:
    """Whether a multiple of the unit may lie at the end of a range of the rule."""
    return any(
        ((_seconds(inner.window) or LOOKBACK) + _seconds(inner.offset)) % unit == 0
        for inner in lineage.nodes(node)
        if isinstance(inner, Selector)
    )


def _seconds(text: str) -> float:
    return durations.seconds(text.removeprefix("-")) if text else 0.0


def _multiple(length: float, of: int) -> int:
    """The largest multiple that is not longer; at least one."""
    return max(1, int(length) // of) * of


def _covering(length: float, of: int) -> int:
    """The smallest multiple that is not shorter."""
    return ceil(length / of) * of


def _windows(node: Node, lineage: Lineage) -> tuple[list[float], list[float]]:
    """Lengths in seconds of the ranges of scraped and of recorded series in the expression and the
    records below it.

    A subquery evaluates at steps of its own; an offset reads the past as finely as a window of its
    length would.
    """
    scraped: list[float] = []
    recorded: list[float] = []
    for inner in lineage.nodes(node):
        if isinstance(inner, Subquery):
            scraped.append(
                durations.seconds(inner.step) * 4 if inner.step else durations.seconds(inner.window)
            )
        if isinstance(inner, Selector):
            lengths = [_seconds(text) for text in (inner.window, inner.offset) if text]
            of_records = inner.series.name in lineage.recorded
            (recorded if of_records else scraped).extend(lengths)
    if {name for _, name in lineage.late} & set(lineage.records(node)):
        recorded.append(LOOKBACK)  # what the evaluation before recorded must still be valid
    return scraped, recorded


def lengths(node: Node, lineage: Lineage) -> list[float]:
    """Lengths in seconds of every range in the expression and the records below it."""
    scraped, recorded = _windows(node, lineage)
    return [*scraped, *recorded]


def reads(node: Node, lineage: Lineage, clock: Clock) -> float:
    """Samples of one series that are read to evaluate the expression and the records below it."""
    count = 1.0
    for inner in lineage.nodes(node):
        if isinstance(inner, Subquery):
            step = durations.seconds(inner.step) if inner.step else clock.evaluation
            count += durations.seconds(inner.window) / step
        if isinstance(inner, Selector) and inner.window:
            recorded = inner.series.name in lineage.recorded
            step = clock.evaluation if recorded else clock.sample
            count += durations.seconds(inner.window) / step
    return count
