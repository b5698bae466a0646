"""Definitions that a type checker accepts: each kind of object as it is meant to be used."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from pbmon import (
    AUTO,
    Alert,
    BarChart,
    BarGauge,
    Counter,
    Dashboard,
    Exporter,
    Slo,
    Gauge,
    GaugePanel,
    Heatmap,
    Histogram,
    HistogramPanel,
    Job,
    Label,
    Line,
    Override,
    Panel,
    PieChart,
    Project,
    Query,
    Receiver,
    Record,
    Row,
    RuleGroup,
    Service,
    Stat,
    StateTimeline,
    StatusHistory,
    Summary,
    Table,
    Text,
    Vector,
    constant,
    either,
    histogram_quantile,
    instance,
    job,
    join_info,
    le,
    promql,
    ratio,
    severity,
    time,
    up,
)
from pbmon.expr.histograms import HistogramSelection
from pbmon.expr.selection import CounterSelection, GaugeSelection
from pbmon.expr.vector import Condition, Expression
from pbmon.labels import Matcher

project = Project(
    name="shop",
    title="Shop",
    runbook_url="https://example.com",
    external_labels={"cluster": "a"},
    receivers=[Receiver(name="pager", severities=["critical", "warning"])],
)
service = Service("shop", owner="front", jobs=[Job("shop", ["shop:80"], labels={"team": "a"})], module="shop.py")
exporter = Exporter("lamp_exporter", "1.2", flags=["--all"])

room = Label("room", "Room.", values=("hall", "kitchen"), other="else")
status = Label("status", "Status.", max_values=30, other="other")

visits = Counter("visits_total", "Visits.", labels=[room, status], symbol="visit_counter")
lamps = Gauge("lamps", "Lamps.", labels=(room,), multiprocess_mode="max")
stay = Histogram("stay_seconds", "Stay.", unit="s", buckets=[0.1, 1, 5])
size = Summary("size", "Size.", quantiles=("50", "99"), observed=exporter)

assert_type(room.is_("hall"), Matcher)
assert_type(visits.where(room.is_not("hall"), status.matches("5..")), CounterSelection)
assert_type(lamps.where(room.is_in("hall", "kitchen")), GaugeSelection)
assert_type(stay.where(job.is_("shop")), HistogramSelection)
assert_type(visits.rate(AUTO), Expression)
assert_type(visits.offset("1h").increase("5m").sum(by=[room]), Expression)
assert_type(lamps > 1, Condition)
assert_type(1 < lamps, Condition)
assert_type(lamps >= Decimal("0.5"), Condition)
assert_type(lamps.equals(1), Condition)
assert_type((lamps > 1).and_(up.on(job)), Condition)
assert_type(lamps / 2 + 1, Expression)
assert_type(1 - lamps, Expression)
assert_type(lamps / up.on(job, instance).group_left(), Expression)
assert_type(lamps.topk(3, by=[job]), Expression)
assert_type(lamps.avg_over_time("5m", "1m"), Expression)
assert_type(lamps.predict_linear("1h", 3600), Expression)
assert_type(lamps.sum().default(0), Expression)
assert_type(stay.quantile(0.95, "5m", by=[job]), Expression)
assert_type(stay.mean("5m"), Expression)
assert_type(stay.at_most(1), CounterSelection)
assert_type(size.values, GaugeSelection)
assert_type(size.observed_sum, CounterSelection)
assert_type(histogram_quantile(0.5, stay.bucket_counts.rate("5m").sum(by=[le])), Expression)
assert_type(ratio(visits.where(status.is_("500")), visits, "5m", by=[room]), Expression)
assert_type(ratio(lamps.sum(), up.sum()), Expression)
assert_type(promql("lamps", labels=[room], uses=[lamps, visits]), Expression)
assert_type(promql("lamps"), Expression)
assert_type(time() - lamps > 3600, Condition)
assert_type((lamps > 5).as_bool(), Expression)
assert_type(abs(-lamps % 2) ** 0.5, Expression)
assert_type(lamps.sum().scalar() * lamps, Expression)
assert_type(lamps / up.on(job, instance).group_right(room), Expression)
assert_type(visits.count(by=[room]), Expression)
assert_type(visits.absent_over_time("5m"), Expression)
assert_type(lamps.at("end"), GaugeSelection)
assert_type(lamps.quantile(0.9, by=[job]), Expression)
assert_type(lamps.stddev_over_time("5m"), Expression)
assert_type(lamps.atan2(lamps).deg().round(5).clamp_max(9), Expression)
assert_type(lamps.label_join(room, "-", job, instance), Expression)
assert_type(either(lamps, lamps.max()), Expression)
assert_type(join_info(lamps, up, on=[job], include=[instance]), Expression)
assert_type(constant(1) + time(), Expression)
assert_type(lamps.absent(), Expression)
assert_type(visits.absent(), Expression)

vector: Vector = lamps
visited = Record("job:visits:rate5m", visits.rate("5m").sum(by=[job]), unit="ops")
recorded: Vector = visited
group = RuleGroup("shop", "Of the shop.", interval="1m")
few = Alert("Few", visited < 1, for_="5m", severity="info", summary="s", impact="i", action="a", group=group)
many = Alert("Many", visited.max() > 9, severity="critical", summary="s", impact="i", action="a", silences=[few], labels={"x": "y"})

panels = (
    Panel("A", visited, lamps, unit="ops", alerts=[few, many], limits=(0, None), link=("More", "https://example.com")),
    Panel("B", Query(lamps, "{{room}}"), stacked=True, decimals=1),
    Panel("A2", visited, lines=[Line("/./", mirrored=True)], overrides=[Override("/./", unit="s")], links=[("A", "/a")], raw={"transparent": True}),
    Stat("C", lamps.sum(), reducer="max", mappings={0: ("dark", "red"), (1, None): ("lit", "green"), None: ("?", "blue"), "/x/": ("x", "red")}),
    GaugePanel("D", lamps.sum(), limits=(0, 1.5), thresholds={None: "blue", 1: "red", 1.2: "dark-red"}),
    BarGauge("E", lamps),
    Table("F", lamps, columns={room: "Room", "Value": "Lamps"}),
    Heatmap("G", stay.bucket_counts.rate(AUTO).sum(by=[le])),
    StateTimeline("H", up, mappings={1: ("up", "green")}),
    StatusHistory("J", up, mappings={0.5: ("half", "orange")}, legend="{{job}}"),
    PieChart("K", lamps.sum(by=[room]), reducer="mean", donut=True),
    BarChart("L", lamps.sum(by=[room]), by=room, stacked=True, limits=(0, None), unit="short"),
    BarChart("M", Query(lamps.sum(by=[room]), "lamps"), by="room"),
    HistogramPanel("N", lamps, bars=20, combined=True, alerts=[few]),
    Text("I", "**hello**", width=24),
)
dashboard = Dashboard("Shop", uid="shop", file="shop", rows=[Row("All", *panels, collapsed=True)], refresh="1m")
matched = severity.is_("critical")

counted = Slo("counted", "Visits end well.", bad=visits, total=visits, objective="99.9", minimum_traffic="1")
fast = Slo("fast", good=stay.at_most(1), objective=Decimal("99"), window="7d", by=[job])
lit = Slo("lit", good=lamps, objective="99", alerts=False)
