"""Text given to `promql()` is read into the same expressions that the typed API makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from pbmon import (
    Counter,
    Exporter,
    Gauge,
    Histogram,
    Label,
    Record,
    Summary,
    instance,
    job,
    le,
    promql,
    ratio,
    time,
)
from pbmon.catalog.series_names import SeriesNames
from pbmon.errors import DefinitionError
from pbmon.expr.reading import names_from
from pbmon.expr.selection import AnyCounter
from pbmon.expr.syntax import same
from pbmon.expr.text import pretty
from pbmon.expr.text import promql as text_of
from pbmon.expr.vector import Vector
from pbmon.labels import names
from strategies import METRICS, expressions

room = Label("room", "Room.", values=("hall", "kitchen"))
floor = Label("floor", "Floor.", max_values=5, other="other")
lamps = Gauge("lamps", "Lamps on.", labels=[room])
power = Gauge("power_watts", "Power.", labels=[room, floor])
visits = Counter("visits_total", "Visits.", labels=[room])
stay = Histogram("stay_seconds", "Stay.", labels=[room], buckets=[1, 2.5, 60])
size = Summary(
    "size_bytes",
    "Sizes.",
    quantiles=["0.5"],
    observed=Exporter("shop", version="1", url="https://example.com"),
)
lit = Record("job:lamps:sum", lamps.sum(by=[job]))


def read(text: str, namespace: dict[str, object] | None = None, **options: object) -> Vector:
    names = SeriesNames()
    names.namespaces.append(globals() if namespace is None else namespace)
    with names_from(names):
        return promql(text, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("sum by (job) (rate(visits_total[5m]))", visits.rate("5m").sum(by=[job])),
        ("sum(rate(visits_total[5m])) by (job)", visits.rate("5m").sum(by=[job])),
        ("time() - lamps > 3600", time() - lamps > 3600),
        ("-lamps ^ 2", -(lamps**2)),
        ("abs(lamps % 2) >= bool 1", (abs(lamps % 2) >= 1).as_bool()),
        ("scalar(sum(lamps)) * power_watts", lamps.sum().scalar() * power),
        (
            "lamps * on (job, instance, room) group_right (floor) power_watts",
            lamps * power.on(job, instance, room).group_right(floor),
        ),
        ("stay_seconds_bucket{le='2.5'}", stay.at_most(2.5)),
        ("stay_seconds_bucket{le='1'}", stay.at_most(1)),
        ("stay_seconds_bucket{le='+Inf'}", stay.at_most(float("inf"))),
        ('stay_seconds_bucket{le="+Inf"}', stay.bucket_counts.where(le.is_("+Inf"))),
        (
            "histogram_quantile(0.9, sum by (le) (rate(stay_seconds_bucket[5m])))",
            stay.quantile(0.9, "5m"),
        ),
        ("stay_seconds_sum", stay.observed_sum),
        ("max_over_time(job:lamps:sum[1h])", lit.max_over_time("1h")),
        ("max_over_time(sum(lamps)[1h:5m])", lamps.sum().max_over_time("1h", "5m")),
        ("count without (room) (visits_total)", visits.count(without=[room])),
        ('count_values("floor", lamps)', lamps.count_values(floor)),
        ("quantile by (job) (0.9, lamps)", lamps.quantile(0.9, by=[job])),
        ("quantile_over_time(0.9, lamps[5m])", lamps.quantile_over_time(0.9, "5m")),
        ("lamps offset 5m", lamps.offset("5m")),
        ("lamps offset -5m", lamps.offset("-5m")),
        ("lamps @ end()", lamps.at("end")),
        ("rate(visits_total[5m] @ 1700000000)", visits.at(1700000000).rate("5m")),
        ('lamps{room!=""}', lamps.where(room.is_not(""))),
        ("rate(visits_total[$__rate_interval])", visits.rate("$__rate_interval")),
    ],
)
def test_text_and_the_typed_api_make_the_same_nodes(text: str, typed: Vector | AnyCounter) -> None:
    made = read(text)
    assert made.node == (typed.node if isinstance(typed, Vector) else typed.selector)
    assert names(made.shape.labels) == names(typed.shape.labels)
    assert made.shape.key == typed.shape.key


@given(expressions())
def test_what_is_written_reads_back_as_what_it_was_written_from(vector: Vector) -> None:
    for text in (text_of(vector.node), *(pretty(vector.node, width) for width in (20, 60))):
        assert same(text, vector.node), text


@given(expressions())
def test_text_knows_the_labels_that_the_typed_api_knows(vector: Vector) -> None:
    made = read(text_of(vector.node), {"metrics": METRICS})
    assert [label.name for label in made.label_set] == [label.name for label in vector.label_set]
    assert made.shape.key == vector.shape.key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(lamps + lamps) / 2", "lamps + (lamps / 2)"),
        ("2 ^ lamps ^ 2", "(2 ^ lamps) ^ 2"),
        ("-(lamps ^ 2)", "(-lamps) ^ 2"),
        ("lamps - (lamps - 1)", "(lamps - lamps) - 1"),
        ("lamps > 1", "lamps > bool 1"),
        ("lamps offset 5m", "lamps"),
        ("lamps[5m:1m]", "lamps[5m:]"),
        ("sum by (room) (lamps)", "sum without (room) (lamps)"),
    ],
)
def test_two_texts_that_mean_something_else_are_not_the_same(left: str, right: str) -> None:
    wrap = "max_over_time({})" if "[" in left else "({})"
    assert same(wrap.format(right), read(wrap.format(right)).node)
    assert not same(wrap.format(left), read(wrap.format(right)).node)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("lamp", "promql() reads 'lamp', which no definition so far has"),
        ('lamps{colour="red"}', "lamps has no label 'colour'"),
        ('lamps{room="attic"}', "label 'room' has no value 'attic'"),
        ('lamps{room=~"at.*"}', "no value of label 'room' matches 'at.*'"),
        ("sum by (colour) (lamps)", "lamps has no label 'colour'"),
        ("rate(lamps[5m])", "takes rate() of lamps, which is a gauge"),
        ("lamps[5m]", "gives samples over time"),
        ('"lamps"', "gives a text"),
        ("sum(rate(visits_total[5m])", "unclosed left parenthesis, column 27"),
        ("lamps +\n+ * power_watts", "line 2, column 3"),
        ("lamps > bool", "column 13: it ends too early"),
        ('{__name__=~"lights.*"}', "reads \"__name__=~'lights.*'\""),
        ("histogram_quantile(0.9, sum(rate(stay_seconds_bucket[5m])))", "needs the label 'le'"),
        ("info(lamps)", "calls info(), whose labels pbmon cannot know"),
        ("lamps / power_watts", "the sides of `/` have different labels"),
        ("{room='hall'}", "a selector without a name"),
        ('lamps{room="hall" or room="kitchen"}', "`or` between matchers"),
        ("lamps" + " + lamps" * 600, "are read at most"),
        ("(" * 10_000 + "lamps" + ")" * 10_000, "are read at most"),
        ("lamps + " * 20_000 + "lamps", "characters"),
    ],
)
def test_text_that_says_something_wrong_is_a_mistake_at_its_line(text: str, problem: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        read(text)
    assert problem in raised.value.problem


def test_labels_and_uses_are_checked_where_they_are_given() -> None:
    text = "sum by (room) (lamps)"
    assert read(text, labels=[room], uses=[lamps]).label_set == (room,)
    with pytest.raises(DefinitionError, match="keeps room, but `labels` says job"):
        read(text, labels=[job])
    with pytest.raises(DefinitionError, match="which `uses` does not name"):
        read(text, uses=[power])
    with pytest.raises(DefinitionError, match="which its text does not read"):
        read(text, uses=[lamps, power])


@pytest.mark.parametrize("of", [stay, size], ids=["histogram", "summary"])
def test_a_metric_of_several_series_is_used_where_one_of_them_is_read(
    of: Histogram | Summary,
) -> None:
    mean = f"rate({of.name}_sum[5m]) / rate({of.name}_count[5m])"
    assert text_of(read(mean, uses=[of]).node) == mean
    assert [read(series.name, uses=[of]).node for series in of.series]
    with pytest.raises(DefinitionError, match="which its text does not read"):
        read("lamps", uses=[lamps, of])


def test_a_pattern_of_names_reads_every_series_that_fits() -> None:
    made = read('count by (room) ({__name__=~"lamps|visits.*"})')
    assert text_of(made.node) == 'count by (room) ({__name__=~"lamps|visits.*"})'
    assert made.label_set == (room,)


def test_a_number_is_a_number_beside_an_operator_and_a_vector_elsewhere() -> None:
    assert text_of((time() - lamps).node) == "time() - lamps"
    assert text_of((time() > 5).node) == "vector(time()) > 5"
    assert text_of((time() - 5).max().node) == "max(vector(time() - 5))"
    awake = lamps.and_((time().hour() > 8).on())
    assert text_of(awake.node) == "lamps and on () (hour(vector(time())) > 8)"


def test_a_ratio_keeps_its_unit_and_its_meaning_as_text() -> None:
    typed = ratio(visits.where(room.is_("hall")), visits, "5m")
    assert read(text_of(typed.node)).node == typed.node
