"""Random definitions that pbmon accepts: labels, metrics, expressions, whole projects as source
text.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from pbmon import (
    Counter,
    Gauge,
    Histogram,
    Job,
    Label,
    Service,
    histogram_quantile,
    instance,
    job,
    le,
    ratio,
)
from pbmon.expr.vector import Vector

ROOM = Label("room", "Room.", values=("kitchen", "hall"), other="elsewhere")
KIND = Label("kind", "Kind.", max_values=5, other="other")
SERVICE = Service("house", jobs=[Job("house", ["house:80"])], module="house.py")

METRICS = (
    Counter("visits_total", "Visits.", labels=[ROOM, KIND]),
    Counter("alarms_total", "Alarms.", labels=[ROOM]),
    Counter("heat_joules_total", "Heat.", labels=[]),
    Gauge("lamps", "Lamps on.", labels=[ROOM]),
    Gauge("doors", "Doors open.", labels=[KIND]),
    Gauge("windows", "Windows open."),
    Histogram("stay_seconds", "How long visits last.", labels=[ROOM], buckets=[1, 5, 60]),
    Histogram("load_ratio", "Load.", buckets=[0.1, 0.5, 1]),
)
WINDOWS = st.sampled_from(("1m", "5m", "1h30m"))
NUMBERS = st.one_of(
    st.integers(-1000, 1000),
    st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: abs(x) > 1e-6 or x == 0),
)
MATCHERS = {
    "room": st.sampled_from(
        (
            ROOM.is_("hall"),
            ROOM.is_not("elsewhere"),
            ROOM.matches("k.*|hall"),
            ROOM.is_in("hall", "kitchen"),
        )
    ),
    "kind": (
        st.text(max_size=5).flatmap(
            lambda text: st.sampled_from((KIND.is_not(text + "!"), KIND.not_matches("zz.*")))
        )
    ),
}


@st.composite
def raw(draw: st.DrawFn) -> Vector:
    """A vector straight from a metric."""
    metric = draw(st.sampled_from(METRICS))
    matchers = [draw(MATCHERS[label.name]) for label in metric.labels if draw(st.booleans())]
    window = draw(WINDOWS)
    if isinstance(metric, Counter):
        return draw(
            st.sampled_from((metric.where(*matchers).rate, metric.where(*matchers).increase))
        )(window)
    if isinstance(metric, Histogram):
        selected = metric.where(*matchers)
        by = draw(st.lists(st.sampled_from((*metric.labels, job, instance)), unique=True))
        return draw(
            st.sampled_from(
                (
                    selected.quantile(0.95, window, by=by),
                    selected.mean(window, by=by),
                    selected.at_most(metric.buckets[0]).rate(window),
                    histogram_quantile(0.5, selected.bucket_counts.rate(window).sum(by=[*by, le])),
                    ratio(
                        selected.at_most(metric.buckets[1]), selected.observations, window, by=by
                    ),
                )
            )
        )
    assert isinstance(metric, Gauge)
    gauge = metric.where(*matchers)
    return draw(
        st.sampled_from(
            (
                gauge,
                gauge.delta(window),
                gauge.avg_over_time(window),
                gauge.predict_linear(window, 60),
            )
        )
    )


def _unary(draw: st.DrawFn, vector: Vector) -> Vector:
    labels = (
        draw(st.lists(st.sampled_from(vector.label_set), unique=True)) if vector.label_set else []
    )
    choices: list[Callable[[], Vector]] = [
        lambda: vector.sum(by=labels),
        lambda: vector.avg(without=labels),
        lambda: vector.max(by=labels),
        lambda: vector.count(by=labels),
        lambda: vector.topk(2, by=labels),
        lambda: vector.clamp(0, 1),
        lambda: vector + draw(NUMBERS),
        lambda: draw(NUMBERS) * vector,
        lambda: 1 - vector,
        lambda: vector / draw(NUMBERS.filter(bool)),
        lambda: vector > draw(NUMBERS),
        lambda: vector.max_over_time("5m", "1m"),
        lambda: vector.sum(by=[]).default(0),
    ]
    if any(label.name == "job" for label in vector.label_set):
        choices.append(
            lambda: vector.label_replace(Label("team", "Team.", max_values=5), "$1", job, "(.).*")
        )
    return draw(st.sampled_from(choices))()


def _binary(draw: st.DrawFn, left: Vector, right: Vector) -> Vector:
    shared = [label for label in left.label_set if label in right.label_set]
    left, right = left.sum(by=shared), right.sum(by=shared)
    choices: list[Callable[[], Vector]] = [
        lambda: left + right,
        lambda: left / (right > 0),
        lambda: left > right,
        lambda: left.and_(right),
        lambda: left.or_(right),
        lambda: left.unless(right),
    ]
    if shared:
        one = draw(st.sampled_from(shared))
        choices += [
            lambda: left * right.sum(by=[one]).on(one).group_left(),
            lambda: left.and_(right.on(one)),
            lambda: left.sum(by=[one]) - right.sum(by=[one]).on(one),
        ]
    return draw(st.sampled_from(choices))()


@st.composite
def expressions(draw: st.DrawFn) -> Vector:
    """A vector of up to four operations."""
    vector = draw(raw())
    for _ in range(draw(st.integers(0, 4))):
        vector = _binary(draw, vector, draw(raw())) if draw(st.booleans()) else _unary(draw, vector)
    return vector
