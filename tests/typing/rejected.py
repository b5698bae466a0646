"""Mistakes of kind: a type checker refuses every line that ends in `# E:` with those codes, and no other line."""

from __future__ import annotations

from pbmon import Alert, Counter, Dashboard, Exporter, Gauge, Heatmap, Histogram, Job, Label, Panel, Project, Query, Receiver, Record, Row
from pbmon import BarChart, BarGauge, GaugePanel, HistogramPanel, PieChart, StateTimeline, StatusHistory, Text
from pbmon import Service, Slo, Stat, Summary, Table, histogram_quantile, job, promql, ratio, up

room = Label("room", "Room.", values=("hall",))
visits = Counter("visits_total", "Visits.", labels=[room])
lamps = Gauge("lamps", "Lamps.", labels=[room])
stay = Histogram("stay_seconds", "Stay.", buckets=[1])
visited = Record("job:visits:rate5m", visits.rate("5m").sum(by=[job]))
few = Alert("Few", lamps < 1, severity="info", summary="s", impact="i", action="a")

# A gauge is no counter.
lamps.rate("5m")  # E: attr-defined
lamps.increase("5m")  # E: attr-defined
lamps.quantile(0.9, "5m")  # E: arg-type
visited.rate("5m")  # E: attr-defined
lamps.where(room.is_("hall")).irate("5m")  # E: attr-defined

# A counter is no number before it is rated.
visits > 5  # E: operator
visits < visits  # E: operator
5 >= visits  # E: operator
visits + 1  # E: operator
1 - visits  # E: operator
visits / visits  # E: operator
visits.sum()  # E: attr-defined
visits.delta("5m")  # E: attr-defined
visits.where(room.is_("hall")) * 2  # E: operator
visits.rate()  # E: call-arg
visits.rate(5)  # E: arg-type

# A histogram is no number at all.
stay > 5  # E: operator
stay + stay  # E: operator
stay / 2  # E: operator
stay.rate("5m")  # E: attr-defined
stay.sum()  # E: attr-defined
stay.quantile(0.9)  # E: call-arg
stay.quantile("0.9", "5m")  # E: arg-type
histogram_quantile(0.9, stay)  # E: arg-type
histogram_quantile(0.9, stay.bucket_counts)  # E: arg-type

# Labels are objects, matchers come from them.
lamps.sum(by=["room"])  # E: list-item
lamps.sum(by="room")  # E: arg-type
lamps.sum(by=room)  # E: arg-type
lamps.sum(without=["room"])  # E: list-item
lamps.topk("3")  # E: arg-type
lamps.on("job")  # E: arg-type
lamps.where("room='hall'")  # E: arg-type
lamps.where(room)  # E: arg-type
lamps.where(room == "hall")  # E: arg-type, comparison-overlap
lamps.where(room="hall")  # E: call-arg
room.is_(5)  # E: arg-type
room.is_in(["hall"])  # E: arg-type
Gauge("doors", "D.", labels=["room"])  # E: list-item
Gauge("doors", "D.", labels=room)  # E: arg-type

# Operands are vectors and numbers.
lamps > "5"  # E: operator
lamps + "1"  # E: operator
lamps.and_(5)  # E: arg-type
lamps.or_(visits)  # E: arg-type
lamps / visits  # E: operator
lamps.clamp("0", 1)  # E: arg-type
lamps.default("0")  # E: arg-type
ratio(visits, visits)  # E: call-overload
ratio(visits, lamps, "5m")  # E: call-overload
ratio(lamps, lamps, "5m")  # E: call-overload
promql(lamps)  # E: arg-type
lamps % "2"  # E: operator
lamps.group_left()  # E: attr-defined
lamps.offset("5m").rate("5m")  # E: attr-defined
visits.avg_over_time("5m")  # E: attr-defined
abs(visits)  # E: arg-type
-visits  # E: operator
(lamps + 1).as_bool()  # E: attr-defined
lamps.at("now")  # E: arg-type
promql("lamps", labels=["room"], uses=[lamps])  # E: list-item
promql("lamps", labels=[], uses=["lamps"])  # E: list-item

# Rules.
Record("job:visits:x", visits)  # E: arg-type
Record("job:visits:x")  # E: call-arg
Alert("A", visits, severity="info", summary="s", impact="i", action="a")  # E: arg-type
Alert("A", stay, severity="info", summary="s", impact="i", action="a")  # E: arg-type
Alert("A", "lamps > 1", severity="info", summary="s", impact="i", action="a")  # E: arg-type
Alert("A", lamps > 1, severity=1, summary="s", impact="i", action="a")  # E: arg-type
Alert("A", lamps > 1, summary="s", impact="i", action="a")  # E: call-arg
Alert("A", lamps > 1, severity="info", summary="s", action="a")  # E: call-arg
Alert("A", lamps > 1, severity="info", summary="s", impact="i")  # E: call-arg
Alert("A", lamps > 1, for_=300, severity="info", summary="s", impact="i", action="a")  # E: arg-type
Alert("A", lamps > 1, severity="info", summary="s", impact="i", action="a", silences=["Few"])  # E: list-item
Alert("A", lamps > 1, severity="info", summary="s", impact="i", action="a", group="g")  # E: arg-type
Receiver(name="pager", severities=[1])  # E: list-item

# Dashboards.
Panel("P", visits)  # E: arg-type
Panel("P", stay)  # E: arg-type
Panel("P", "lamps")  # E: arg-type
Panel("P", lamps, alerts=few)  # E: arg-type
Panel("P", lamps, alerts=["Few"])  # E: list-item
Panel("P", lamps, reducer="mean")  # E: call-arg
Panel("P", lamps, columns={room: "Room"})  # E: call-arg
Panel("P", lamps, unit=5)  # E: arg-type
Panel("P", lamps, stacked="yes")  # E: arg-type
Panel("P", lamps, limits=(0, 1, 2))  # E: arg-type
Panel("P", lamps, colour="red")  # E: call-arg
Stat("P", lamps, lines=[])  # E: call-arg
Stat("P", lamps, mappings={"up": "green"})  # E: dict-item
Table("P", lamps, columns=["room"])  # E: arg-type
Heatmap("P", stay)  # E: arg-type
Heatmap("P", lamps, stacked=True)  # E: call-arg
Heatmap("P", lamps, columns={room: "Room"})  # E: call-arg
Heatmap("P", lamps, mappings={0: ("off", "red")})  # E: call-arg
Heatmap("P", lamps, legend="{{room}}")  # E: call-arg
Stat("P", lamps, reducer="last")  # E: arg-type
Stat("P", lamps, stacked=True)  # E: call-arg
GaugePanel("P", lamps, columns={room: "Room"})  # E: call-arg
BarGauge("P", lamps, donut=True)  # E: call-arg
Table("P", lamps, reducer="max")  # E: call-arg
Table("P", lamps, limits=(0, 1))  # E: call-arg
StateTimeline("P", lamps, limits=(0, 1))  # E: call-arg
StatusHistory("P", lamps, reducer="max")  # E: call-arg
PieChart("P", lamps, limits=(0, 1))  # E: call-arg
PieChart("P", lamps, donut="yes")  # E: arg-type
BarChart("P", lamps)  # E: call-arg
BarChart("P", lamps, by=3)  # E: arg-type
BarChart("P", lamps, by=room, legend="{{room}}")  # E: call-arg
HistogramPanel("P", stay)  # E: arg-type
HistogramPanel("P", lamps, bars="ten")  # E: arg-type
HistogramPanel("P", lamps, stacked=True)  # E: call-arg
Text("P", "words", unit="s")  # E: call-arg
Query(visits)  # E: arg-type
Row("R", lamps)  # E: arg-type
Dashboard("D", uid="d", file="d", rows=[Panel("P", lamps)])  # E: list-item
Dashboard("D", file="d", rows=[])  # E: call-arg

# Metrics and services.
Gauge("doors")  # E: call-arg
Gauge("doors", "D.", buckets=[1])  # E: call-arg
Gauge("doors", "D.", multiprocess_mode="average")  # E: arg-type
Counter("doors_total", "D.", multiprocess_mode="sum")  # E: call-arg
Histogram("doors_seconds", "D.", buckets=["1"])  # E: list-item
Summary("doors", "D.", observed="node_exporter")  # E: arg-type
Service("shop", jobs=["shop:80"])  # E: list-item
Service("shop", jobs=[], module="shop.py", exporter=Exporter("node", "1"))  # E: call-overload
Job("shop", targets=[80])  # E: list-item
Project(name="shop", title="Shop")  # E: call-arg
up.name = "down"  # E: misc

# Objectives: one kind of event each.
Slo("s", objective="99", bad=visits, good=visits, total=visits)  # E: call-overload
Slo("s", objective="99", bad=visits)  # E: call-overload
Slo("s", objective="99", total=visits)  # E: call-overload
Slo("s", objective="99", good=stay)  # E: call-overload
Slo("s", objective="99", good=lamps, total=visits)  # E: call-overload
Slo("s", objective="99", good=lamps, minimum_traffic="1")  # E: call-overload
Slo("s", good=lamps)  # E: call-overload
