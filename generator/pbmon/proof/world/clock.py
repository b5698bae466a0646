"""How often series are scraped and rules evaluated in a proof, and how far back they look."""

from __future__ import annotations

from math import ceil, inf

from pbmon import durations
from pbmon.expr.nodes import Binary, Call, Node, Number, Selector, Subquery
from pbmon.expr.walk import children, walk
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
STRAIGHT = frozenset({"predict_linear", "deriv"})
"""Functions that lay a line through the values of a range."""
_CHANGING = frozenset({"changes", "resets"})


def clock_for(
    node: Node,
    lineage: Lineage,
    wait: str = "0s",
    scraped: float = 0.0,
    run: float = 0.0,
    *,
    counted: float = 0.0,
) -> Clock:
    """The coarsest clock that puts at least four samples into every window of scraped series, and
    four evaluations into every window of recorded ones. A range without recorded series in it is
    evaluated with every sample.

    wait: the alert's `for`, which takes at least two evaluations, so that half of it is another
    number of them. scraped, run: seconds between two scrapes of the slowest job that is read, and
    between two runs of the slowest group; no step is finer than these. counted: seconds between two
    runs of the rule itself, where a rule about the number of samples is to be scraped and run just
    so often, as the limit of an alert asks for; else 0.
    """
    if counted and scraped and counts_samples(node, lineage):
        return _as_declared(node, lineage, scraped, max(run, counted))
    ranges, recorded = _windows(node, lineage)
    unit = next((unit for unit in SAMPLES if not meets(node, lineage, unit)), SAMPLES[0])
    shortest = min(ranges, default=300.0)
    waits = durations.seconds(wait) / 2 or inf
    most = float(LARGEST_SAMPLE)
    if not any(not selector.window for selector in lineage.raw(node)):
        most = max(
            most,
            min(shortest / LONG_WINDOW, max(waits, max(ranges, default=0.0) / LONGEST_WINDOW)),
        )
    if lines := _lines(node, lineage):  # a line is as straight with fewer samples
        most = max(most, min(COARSEST_SAMPLE, min(lines) / LONG_WINDOW))
    sample = _multiple(min(most, shortest / 4), unit)
    sample = max(sample, min(_covering(scraped, unit), _multiple(COARSEST_SAMPLE, unit)))
    if counted and scraped and _asks_for_more(node, scraped, sample):
        return _as_declared(node, lineage, scraped, max(run, counted))
    evaluation = _multiple(min(min(recorded) / 4, waits), sample) if recorded else sample
    return Clock(sample, max(evaluation, _covering(run, sample)))


def counts_samples(node: Node, lineage: Lineage) -> bool:
    """Whether what the rule compares grows with the number of samples in a range, through records
    too; a ratio of two such does not.
    """
    pending, records = [node], set[str]()
    while pending:
        match pending.pop():
            case Binary("/"):
                continue
            case Call() as call if call.function in _COUNTING and any(
                map(_is_counted, call.arguments)
            ):
                return True
            case Selector() as selector if selector.series.name in lineage.recorded:
                if selector.series.name not in records:
                    records.add(selector.series.name)
                    pending.append(lineage.recorded[selector.series.name])
            case inner:
                pending.extend(children(inner))
    return False


def _lines(node: Node, lineage: Lineage) -> list[float]:
    """Lengths in seconds of the ranges through which a line is laid."""
    return [
        _seconds(argument.window)
        for inner in lineage.nodes(node)
        if isinstance(inner, Call) and inner.function in STRAIGHT
        for argument in inner.arguments
        if isinstance(argument, Selector | Subquery)
    ]


def _as_declared(node: Node, lineage: Lineage, scraped: float, run: float) -> Clock:
    """Scraped and run so often as declared, as the limit of an alert asks for."""
    sample, every = round(scraped), run
    if any(isinstance(inner, Subquery) and not inner.step for inner in lineage.nodes(node)):
        every = max(every, lineage.supply.evaluation)  # the step of these
    return Clock(sample, max(sample, _covering(every, sample)))


def _asks_for_more(node: Node, scraped: float, sample: float) -> bool:
    """Whether a value changes more often, by the numbers of the rule, than it is sampled in a
    range; so often as it is scraped, it may.
    """
    numbers = [float(inner.value) for inner in walk(node) if isinstance(inner, Number)]
    windows = [
        _seconds(argument.window)
        for inner in walk(node)
        if isinstance(inner, Call) and inner.function in _CHANGING
        for argument in inner.arguments
        if isinstance(argument, Selector)
    ]
    return any(
        window / sample - 1 <= number <= window / scraped
        for window in windows
        for number in numbers
    )


def _is_counted(node: Node) -> bool:
    """Whether declared intervals say how many samples the range has."""
    return isinstance(node, Selector) or (isinstance(node, Subquery) and not node.step)


def meets(node: Node, lineage: Lineage, unit: int) -> bool:
    """Whether a multiple of the unit may lie at the end of a range of the rule."""
    return any(
        ((_seconds(inner.window) or LOOKBACK) + durations.shift(inner.offset)) % unit == 0
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
