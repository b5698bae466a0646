"""Worlds that no proof has thought of: any level after any other, resets, and series that vanish.

They keep to what is declared: labels have values of their sets, counts are never negative, what is
observed falls into buckets, `up` is 0 or 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, product
from random import Random

from oracle.traces import Exposed, Labels, Trace
from pbmon.expr.buckets import bucket_text
from pbmon.expr.nodes import Selector
from pbmon.model.distributions import Histogram
from pbmon.plan.plan import Plan
from pbmon.plan.rules import PlannedAlert

RATES = (0, 0, 0.01, 1, 3, 40, 1000, 1e6)
LEVELS = (-1e9, -40, -5, -1, 0, 0, 0.5, 1, 2, 3, 4, 5, 5.01, 7, 10, 60, 1e3, 1e9)


def world(
    plan: Plan, alert: PlannedAlert, space: str, seconds: int, seed: int, *, lasting: bool = False
) -> tuple[Exposed, ...]:
    """Every series that the definitions allow, for so long. lasting: none of them vanishes, and no
    counter rests or is reset.
    """
    random = Random(f"{space} {seed}")
    shown: list[Exposed] = []
    metrics: dict[str, Selector] = {}
    buckets = {
        metric.name: metric.buckets
        for metric in plan.catalog.metrics
        if isinstance(metric, Histogram)
    }
    for selector in plan.lineage.raw(alert.expr):
        metrics.setdefault(selector.series.metric, selector)
    for metric, selector in metrics.items():
        for labels in _label_sets(plan, selector):
            bounds = buckets.get(metric, ())
            shown += _series(selector, bounds, labels, space, random, seconds, lasting)
    return tuple(shown)


def _label_sets(plan: Plan, selector: Selector) -> Iterator[Labels]:
    """Of every series: each value of the labels that tell them apart, one of those that follow."""
    key = selector.series.key
    values = {
        label.name: label.domain or ("a", "b", label.other or "c")
        for label in selector.series.labels
        if label.name not in {"job", "instance", "le"}
    }
    apart = [of if key is None or name in key else of[:1] for name, of in values.items()]
    for job in plan.jobs:
        for target, *chosen in product(job.targets, *apart):
            pairs = dict(zip(values, chosen, strict=True))
            yield tuple(sorted({**pairs, "job": job.name, "instance": target}.items()))


def _series(
    selector: Selector,
    bounds: tuple[float, ...],
    labels: Labels,
    space: str,
    random: Random,
    seconds: int,
    lasting: bool,
) -> Iterator[Exposed]:
    gone = frozenset() if lasting else frozenset(_spells(random, seconds, 0.2))
    resets = frozenset() if lasting else frozenset(_moments(random, seconds, 0.06))
    metric = selector.series.metric
    name = space + metric
    if selector.series.type == "gauge":
        levels = (0, 1) if metric == "up" else _levels(selector)
        trace = _trace(list(_held(random, levels, seconds)), gone, smooth=False)
        yield Exposed(name, labels, (name, "gauge"), trace)
        return
    rates = tuple(rate for rate in RATES if rate) if lasting else RATES
    if not bounds:
        total = _counted(list(_held(random, rates, seconds)), resets)
        yield Exposed(name, labels, (name, "counter"), _trace(total, gone, smooth=True))
        return
    cells = [
        _counted(list(_held(random, (*rates, 0, 0) if number else rates, seconds)), resets)
        for number in range(len(bounds) + 1)
    ]
    family = (name, "histogram")
    cumulated: Sequence[float] = [0.0] * seconds
    for bound, cell in zip((*bounds, float("inf")), cells, strict=True):
        cumulated = [below + more for below, more in zip(cumulated, cell, strict=True)]
        pairs = tuple(sorted((*labels, ("le", bucket_text(bound)))))
        yield Exposed(f"{name}_bucket", pairs, family, _trace(cumulated, gone, smooth=True))
    yield Exposed(f"{name}_count", labels, family, _trace(cumulated, gone, smooth=True))
    uppers = (*bounds, 2 * bounds[-1])
    sums = [
        sum(value * upper for value, upper in zip(row, uppers, strict=True))
        for row in zip(*cells, strict=True)
    ]
    yield Exposed(f"{name}_sum", labels, family, _trace(sums, gone, smooth=True))


def _levels(selector: Selector) -> Sequence[float]:
    least = 0 if selector.series.unit.startswith(("bytes", "bool")) else float("-inf")
    return [level for level in LEVELS if level >= least]


def _held(random: Random, levels: Sequence[float], seconds: int) -> Iterator[float]:
    """Levels that each last for some seconds."""
    left = seconds
    while left:
        length = min(left, random.choice((1, 2, 3, 5, 8, 25)))
        level = random.choice(levels)
        yield from [float(level)] * length
        left -= length


def _counted(rates: Sequence[float], resets: frozenset[int]) -> list[float]:
    def step(total: float, second: tuple[int, float]) -> float:
        return second[1] if second[0] in resets else total + second[1]

    return list(accumulate(enumerate(rates), step, initial=1e6))[1:]


def _trace(values: Sequence[float], gone: frozenset[int], *, smooth: bool) -> Trace:
    shown = [None if second in gone else value for second, value in enumerate(values)]
    rises = [
        smooth and before is not None and after is not None and after >= before
        for before, after in zip(shown, [*shown[1:], None], strict=True)
    ]
    return Trace(shown, rises)


def _moments(random: Random, seconds: int, share: float) -> Iterator[int]:
    return (second for second in range(seconds) if random.random() < share)


def _spells(random: Random, seconds: int, share: float) -> Iterator[int]:
    """Seconds that make up about so large a share, several in a row."""
    for begin in _moments(random, seconds, share / 10):
        yield from range(begin, begin + random.randrange(1, 20))
