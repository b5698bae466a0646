"""What bounds exclude, no series can reach; what is said to fire always or never, does."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from math import isfinite, isnan, nan
from random import Random
from typing import Any

import pytest
from drawn import by_profile
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from made_series import store
from pbmon import Counter, Gauge, Histogram, Record, instance, job, ratio
from pbmon.expr.buckets import bucket_text
from pbmon.expr.nodes import Binary, Node, Number
from pbmon.expr.selection import AnyCounter
from pbmon.expr.text import promql
from pbmon.expr.vector import Vector
from pbmon.expr.walk import walk
from pbmon.model import builtin
from pbmon.plan.lineage import Lineage
from pbmon.proof.promql.engine import Engine, UnknownSemantics
from pbmon.proof.promql.samples import Clock, Labels, Line, Segment, Store
from pbmon.proof.values.bounds import Bounds
from pbmon.proof.values.contradictions import contradiction
from strategies import ROOM, expressions

pytestmark = pytest.mark.slow  # thousands of random expressions

SLACK = 1e-9
"""Rounding: a ratio of equal sums may come out as 1 + 2e-16."""

STEPS = 60
VISITS = Counter("visits_total", "Visits.", labels=[ROOM])
LAMPS = Gauge("lamps", "Lamps on, or missing where negative.", labels=[ROOM])
DOOR = Gauge("door", "Whether it is open.", labels=[ROOM], unit="bool")
STAY = Histogram("stay_seconds", "How long visits last.", labels=[ROOM], buckets=[0.5, 5, 60])
WARMTH = Histogram(
    "warmth_celsius", "How warm it is.", labels=[ROOM], buckets=[-10, 10], unit="celsius"
)
PER_ROOM = Record(
    "instance_job_room:visits:rate5m", VISITS.rate("5m").sum(by=[instance, job, ROOM])
)
PER_JOB = Record("job:visits:rate5m", VISITS.rate("5m").sum(by=[job]))
MANY = Record("instance_job_room:lamps:many", LAMPS > 1)
RECORDS = Lineage({record.name: record.expr.node for record in (PER_ROOM, PER_JOB, MANY)})
HOW = ("sum", "sum", "sum", "max", "count", "avg", "min")
MATCHERS = (
    ROOM.is_("hall"),
    ROOM.is_not("hall"),
    ROOM.is_in("hall", "kitchen"),
    instance.is_("a:80"),
)


@cache
def random_store(seed: int) -> Store:
    """Two targets, three rooms; counters that leap, rest and begin again, gauges of any sign or
    none, series that are missing.
    """
    random = Random(seed)
    filled = Store(Clock(60, 300), left_open=bool(seed % 2))
    for target, room in product(("a:80", "b:80"), ROOM.domain):
        labels = {"instance": target, "job": "house", "room": room}
        visits = list(grown(random, 1e6))
        if random.random() < 0.3:
            at = random.randrange(1, STEPS)
            visits[at:] = [value - visits[at] for value in visits[at:]]
        add(filled, "visits_total", labels, visits, random)
        centre = random.choice((-4, 0, 0, 4))
        lamps = [float(random.randint(centre - 3, centre + 3)) for _ in range(STEPS)]
        add(
            filled,
            "lamps",
            labels,
            [value if random.random() < 0.95 else nan for value in lamps],
            random,
        )
        add(
            filled,
            "door",
            labels,
            [float(random.random() < centre / 8 + 0.5) for _ in range(STEPS)],
            random,
        )
        for histogram, sign in ((STAY, 1), (WARMTH, -1)):
            parts = [list(grown(random, 0.0)) for _ in range(len(histogram.buckets) + 1)]
            counts = [
                [1e6 + sum(values[: place + 1]) for values in zip(*parts, strict=True)]
                for place in range(len(parts))
            ]
            for bound, count in zip((*histogram.buckets, float("inf")), counts, strict=True):
                add(filled, f"{histogram.name}_bucket", {**labels, "le": bucket_text(bound)}, count)
            add(filled, f"{histogram.name}_count", labels, counts[-1])
            add(filled, f"{histogram.name}_sum", labels, [sign * value for value in counts[0]])
    return filled


def grown(random: Random, first: float) -> Iterator[float]:
    """A counter's samples."""
    pace = random.choice((0, 1, 100))
    for _ in range(STEPS):
        yield first
        pace = random.choice((0, 1, 100)) if random.random() < 0.2 else pace
        first += pace * random.randint(0, 3)


def add(
    filled: Store,
    name: str,
    labels: dict[str, str],
    values: list[float],
    random: Random | None = None,
) -> None:
    """A series, which is missing for a while in one of five times where `random` is given."""
    if random and random.random() < 0.15:
        return
    gone = range(random.randrange(STEPS), STEPS) if random and random.random() < 0.1 else range(0)
    segments = [Segment(None if at in gone else value, 0.0, 1) for at, value in enumerate(values)]
    filled.add(name, [Line(tuple(sorted(labels.items())), segments)])


SEEDS, TIMES = range(12), (900, 1260, 1500, 2160, 3540)


def one_of(draw: st.DrawFn, *choices: Callable[[], Vector]) -> Vector:
    """What one of the functions makes; only that one is called."""
    return draw(st.sampled_from(choices))()


def narrowed(draw: st.DrawFn, metric: Any) -> Any:
    """The metric, some of its series, or either as they were ten minutes ago."""
    metric = metric.where(draw(st.sampled_from(MATCHERS))) if draw(st.booleans()) else metric
    return metric if draw(st.integers(0, 4)) else metric.offset("10m")


def read(draw: st.DrawFn) -> Vector:
    """A vector straight from series."""
    window, histogram = draw(st.sampled_from(("5m", "10m"))), draw(st.sampled_from((STAY, WARMTH)))
    counts = (
        histogram.at_most(histogram.buckets[0]),
        histogram.observations,
        histogram.bucket_counts,
        histogram.observed_sum,
    )
    counter = narrowed(draw, draw(st.sampled_from((VISITS, VISITS, *counts))))
    gauge = narrowed(draw, draw(st.sampled_from((LAMPS, LAMPS, DOOR, PER_ROOM, MANY))))
    over = draw(
        st.sampled_from(
            ("delta", "deriv", "changes", "avg_over_time", "sum_over_time", "max_over_time")
        )
    )
    return one_of(
        draw,
        lambda: counter.rate(window),
        lambda: counter.increase(window),
        lambda: gauge,
        lambda: getattr(gauge, over)(window),
        lambda: draw(st.sampled_from((gauge, VISITS, DOOR.where(ROOM.is_("hall"))))).absent(),
        lambda: STAY.quantile(0.9, window, by=[job, instance]),
        lambda: histogram.mean(window, by=[job]),
    )


def quotient(draw: st.DrawFn) -> Vector:
    """One thing divided by another that is read in nearly the same way: what may be taken for a
    part of its whole.
    """
    metric = draw(st.sampled_from((VISITS, LAMPS, DOOR, PER_ROOM, STAY)))
    by = draw(st.sampled_from(((job,), (job, instance), (job, ROOM))))
    window, how = draw(st.sampled_from(("5m", "10m"))), draw(st.sampled_from(HOW))
    over = draw(st.sampled_from(("", "delta", "deriv", "sum_over_time", "avg_over_time")))

    def side(metric: Any, likely: int) -> Vector:
        other = draw(st.integers(0, 8))  # in which way it differs from what it would be
        metric = (
            metric.where(draw(st.sampled_from(MATCHERS)))
            if draw(st.integers(0, 4)) < likely
            else metric
        )
        metric = metric.offset("10m") if other == 0 else metric
        if isinstance(metric, AnyCounter):
            found: Vector = metric.rate("15m" if other == 1 else window)
        else:
            found = getattr(metric, over)(window) if over else metric
        found = draw(st.sampled_from((found > 2, found < 2))) if other == 2 else found
        if metric is PER_ROOM and by == (job,) and other == 3:
            return VISITS.rate("5m").sum(by=by)
        return getattr(found, draw(st.sampled_from(HOW)) if other == 4 else how)(by=by)

    counted = (STAY.at_most(0.5), STAY.at_most(5), STAY.bucket_counts)
    part = side(draw(st.sampled_from(counted)) if metric is STAY else metric, 4)
    whole = side(
        draw(st.sampled_from((STAY.observations, counted[1]))) if metric is STAY else metric, 1
    )
    if metric is VISITS and by == (job,) and draw(st.integers(0, 2)) == 0:
        whole = PER_JOB
    either = part.or_(draw(st.sampled_from((whole, 2 * whole))))
    return one_of(
        draw,
        lambda: ratio(part, whole),
        lambda: draw(st.sampled_from((part, either))) / whole,
        lambda: part / (whole > 1),
        lambda: part / whole.on(job),
        lambda: part / draw(st.sampled_from((part + whole, whole + part, part + 1, part - 1))),
        lambda: part / (part + whole).clamp_min(draw(st.sampled_from((-1, 0, 1)))),
        lambda: part / whole.clamp_max(1),
        lambda: 100 / narrowed(draw, LAMPS) * narrowed(draw, LAMPS),
    )


def changed(draw: st.DrawFn, vector: Vector) -> Vector:
    """An operation on one vector."""
    by = [
        label
        for label in draw(st.sampled_from(((), (job,), (job, ROOM))))
        if label in vector.label_set
    ]
    return one_of(
        draw,
        lambda: getattr(vector, draw(st.sampled_from(HOW)))(by=by),
        lambda: draw(st.sampled_from((-1, 0, 0.5, 2))) * vector,
        lambda: draw(
            st.sampled_from(
                (1 - vector, vector - 1, vector / -2, vector.clamp(0, 3), vector.clamp(-1, 1))
            )
        ),
        lambda: draw(
            st.sampled_from(
                (vector > 0, vector < 1, vector.equals(0), vector.differs(1), vector <= -1)
            )
        ),
        lambda: vector.max_over_time("10m", "1m"),
        lambda: vector.sum(by=[]).default(draw(st.sampled_from((0, 1)))),
    )


def joined(draw: st.DrawFn, left: Vector, right: Vector) -> Vector:
    """An operation on two vectors."""
    by = [label for label in (job, ROOM) if label in left.label_set and label in right.label_set]
    left, right = (
        getattr(left, draw(st.sampled_from(HOW)))(by=by),
        getattr(right, draw(st.sampled_from(HOW)))(by=by),
    )
    return one_of(
        draw,
        lambda: draw(
            st.sampled_from(
                (left + right, left - right, left * right, left / right, left / (right > 1))
            )
        ),
        lambda: draw(
            st.sampled_from(
                (
                    left.or_(right),
                    left.and_(right),
                    left.unless(right),
                    left > right,
                    left.equals(right),
                )
            )
        ),
    )


@st.composite
def vectors(draw: st.DrawFn) -> Vector:
    """A vector of up to three operations."""
    vector = quotient(draw) if draw(st.booleans()) else read(draw)
    for _ in range(draw(st.integers(0, 2))):
        vector = (
            joined(draw, vector, read(draw))
            if draw(st.integers(0, 2)) == 0
            else changed(draw, vector)
        )
    return vector


@st.composite
def conditions(draw: st.DrawFn) -> Vector:
    """Limits on, within and beyond the bounds, of one expression or of several."""
    vector = draw(st.one_of(vectors(), st.sampled_from((LAMPS, PER_ROOM))))
    other = DOOR if isinstance(vector, Gauge) else vector + 1
    limits = [*(end for end in Bounds(RECORDS).of(vector.node) if abs(end) < 1e9), 0, 1, 3]

    def side() -> Vector:
        compared = vector if draw(st.integers(0, 5)) else other
        compare = (
            compared.__gt__,
            compared.__lt__,
            compared.__ge__,
            compared.__le__,
            compared.equals,
            compared.differs,
        )
        return draw(st.sampled_from(compare))(draw(st.sampled_from(limits)))

    condition = side()
    for _ in range(draw(st.integers(0, 2))):
        labels = [label for label in (job, instance) if label in vector.label_set]
        second = side().on(*labels) if labels and draw(st.integers(0, 2)) == 0 else side()
        condition = draw(st.sampled_from((condition.and_, condition.unless, condition.or_)))(second)
    return condition if draw(st.integers(0, 5)) else condition.count(by=[]) > 0


def worth(node: Node, filled: Store, time: int) -> dict[Labels, float]:
    """Its values. What the engine does not compute, or Prometheus refuses, is not drawn."""
    try:
        return Engine(filled, RECORDS).vector(node, time)
    except UnknownSemantics:
        reject()


RANDOM = settings(
    max_examples=by_profile(1500),
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@settings(RANDOM, max_examples=by_profile(300))
@given(expressions(), st.sampled_from((60, 15 * 60, 110 * 60)))
def test_no_value_lies_outside_its_bounds(vector: Vector, time: int) -> None:
    hold_within(vector.node, store(60, left_open=False), time)


@RANDOM
@given(vectors(), st.sampled_from(SEEDS), st.sampled_from(TIMES))
def test_no_value_of_series_that_leap_lies_outside_its_bounds(
    vector: Vector, seed: int, time: int
) -> None:
    hold_within(vector.node, random_store(seed), time)


def hold_within(node: Node, filled: Store, time: int) -> None:
    low, high = Bounds(RECORDS).of(node)
    for value in worth(node, filled, time).values():
        slack = SLACK * max(1.0, abs(value)) if isfinite(value) else 0
        assert isnan(value) or low - slack <= value <= high + slack, (
            promql(node),
            value,
            low,
            high,
        )


def test_no_drawn_alert_fires_that_never_can_and_none_is_silent_that_always_does() -> None:
    told: Tally[str] = Tally()

    @RANDOM
    @given(
        conditions(),
        st.lists(st.tuples(st.sampled_from(SEEDS), st.sampled_from(TIMES)), min_size=3, max_size=3),
    )
    def check(condition: Vector, situations: list[tuple[int, int]]) -> None:
        against = contradiction(condition.node, Bounds(RECORDS))
        reason = against.reason if against else ""
        told[reason.partition(":")[0]] += 1
        for seed, time in situations if reason else ():
            filled = random_store(seed)
            fires = worth(condition.node, filled, time)
            if reason.startswith("it can never fire"):
                assert not fires, (promql(condition.node), reason, fires)
            else:
                compared = [
                    node.left
                    for node in walk(condition.node)
                    if isinstance(node, Binary) and isinstance(node.right, Number)
                ]
                data = [worth(left, filled, time).items() for left in compared]
                have = [{labels for labels, value in pairs if not isnan(value)} for pairs in data]
                assert any(labels <= fires.keys() for labels in have), (
                    promql(condition.node),
                    reason,
                )

    check()
    least = min(told[kind] for kind in ("it can never fire", "it always fires", ""))
    assert least > by_profile(25), told


HALL = ROOM.is_("hall")
EARLIER = VISITS.offset("10m").rate("5m").sum(by=[job])
NOW, EACH = VISITS.rate("5m").sum(by=[job]), VISITS.rate("5m").sum(by=[instance])
SOUND: dict[str, Vector] = {
    "compared with an earlier time": NOW / EARLIER > 2,
    "a gauge's earlier value": LAMPS / LAMPS.offset("10m") > 1,
    "windows of different lengths": NOW / VISITS.rate("10m").sum(by=[job]) > 1.5,
    "a part of what goes up and down": LAMPS.where(HALL).sum(by=[job]) / LAMPS.sum(by=[job]) > 1,
    "a part of a change": (
        PER_ROOM.where(HALL).delta("10m").sum(by=[job]) / PER_ROOM.delta("10m").sum(by=[job]) > 1
    ),
    "the mean of a part": (
        VISITS.where(HALL).rate("5m").avg(by=[job]) / VISITS.rate("5m").avg(by=[job]) > 1
    ),
    "a whole that leaves some out": NOW / (VISITS.rate("5m") > 2).sum(by=[job]) > 1,
    "a count that leaves some out": DOOR.count(by=[job]) / (DOOR > 0).count(by=[job]) > 1,
    "every bucket": (
        STAY.bucket_counts.rate("5m").sum(by=[job]) / STAY.observations.rate("5m").sum(by=[job])
        > 2.5
    ),
    "a record beside its raw series": NOW / PER_JOB > 1,
    "another value in place of a part": (
        VISITS.where(HALL).rate("5m").sum(by=[instance]).or_(2 * EACH) / EACH > 1
    ),
    "a sum of values below zero": WARMTH.mean("5m", by=[job]) < -5000,
    "absence": VISITS.where(HALL, instance.is_("a:80")).absent() > 0,
    "how many are beyond a limit": (LAMPS > 3).count(by=[job]) > 0,
    "whether there are any": LAMPS.where(HALL, instance.is_("a:80")).count() > 0,
    "a partner with other labels": (LAMPS > 2).and_((LAMPS < 0).on(job)),
    "a partner that may be missing": (LAMPS > 1).unless(DOOR.differs(2)),
    "neither larger, nor smaller, nor equal": LAMPS.differs(3).unless(LAMPS > 3).unless(LAMPS < 3),
    "no number": (0 * LAMPS).differs(0),
}


@pytest.mark.parametrize("condition", SOUND.values(), ids=SOUND)
def test_an_alert_that_some_series_make_fire_and_some_do_not_is_not_refused(
    condition: Vector,
) -> None:
    situations = product(map(random_store, SEEDS), TIMES)
    fires = {bool(worth(condition.node, filled, time)) for filled, time in situations}
    assert fires == {True, False}
    assert contradiction(condition.node, Bounds(RECORDS)) is None


def test_whether_any_alert_fires_is_a_question() -> None:
    """Prometheus has the series only while one does."""
    assert contradiction((builtin.alerts.count() > 0).node, Bounds(Lineage({}))) is None
